-- Accounts that any source names.
--
-- grain:   one row per (platform, account_no)
-- reads:   staging.stg_history__accounts
-- columns:
--   platform      varchar  short name of the platform: key of marts.platforms
--   account_no    bigint   dense number of the account within its platform, given once and for ever
--   account_id    varchar  the platform's own id of the account, or its handle where no source gives better
--   handle        varchar  name in the address of the account
--   display_name  varchar  name as shown; written by strangers
--   category      varchar  field of the account, such as music; null where no source says
-- checks:  unique(platform, account_no); unique(platform, account_id);
--          not null(platform, account_no, account_id, display_name)
select
    platform,
    account_no,
    account_id,
    handle,
    coalesce(display_name, handle, account_id) as display_name,
    category
from staging.stg_history__accounts
