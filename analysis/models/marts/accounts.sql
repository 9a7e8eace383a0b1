-- Accounts that any source names. A living platform knows its own accounts best.
--
-- grain:   one row per (platform, account_no)
-- reads:   staging.stg_history__accounts, staging.stg_live__accounts
-- columns:
--   platform      varchar  short name of the platform: key of marts.platforms
--   account_no    bigint   dense number of the account within its platform, given once and for ever
--   account_id    varchar  the platform's own id of the account, or its handle where no source gives better
--   handle        varchar  name in the address of the account
--   display_name  varchar  name as shown; written by strangers
--   category      varchar  field of the account, such as music; null where no source says
-- checks:  unique(platform, account_no); unique(platform, account_id);
--          not null(platform, account_no, account_id, display_name)
with named as (
    select
        coalesce(v.platform, h.platform) as platform,
        coalesce(v.account_no, h.account_no) as account_no,
        coalesce(v.account_id, h.account_id) as account_id,
        coalesce(v.handle, h.handle) as handle,
        coalesce(v.display_name, h.display_name) as display_name,
        coalesce(h.category, v.category) as category
    from staging.stg_history__accounts h
    full outer join staging.stg_live__accounts v on v.platform = h.platform and v.account_no = h.account_no
)
select
    platform,
    account_no,
    account_id,
    handle,
    coalesce(display_name, handle, account_id) as display_name,
    category
from named
