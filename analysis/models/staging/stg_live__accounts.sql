-- Accounts as living platforms name them; the newest answer that has a name or a handle counts.
--
-- grain:   one row per (platform, account_no)
-- reads:   lake.accounts, staging.stg_journal__pages
-- columns:
--   platform      varchar  short name of the platform; all where the row belongs to none
--   account_no    bigint   dense number of the account within its platform, given once and for ever
--   account_id    varchar  the platform's own id of the account, or its handle where the source gives nothing better
--   handle        varchar  name in the address of the account
--   display_name  varchar  name as shown; written by strangers
--   category      varchar  field of the account, such as music; null where the source says none
with numbered as (
    select
        s.platform,
        s.account_no,
        s.native_id as account_id,
        s.handle,
        s.display_name,
        s.category,
        row_number() over (
            partition by s.platform, s.account_no
            order by case when s.handle is null and s.display_name is null then 1 else 0 end, s.page desc
        ) as repeat_no
    from lake.accounts s
    join staging.stg_journal__pages p on p.source = s.source and p.document = s.document and p.page = s.page
    where s.source <> 'history'
)
select
    platform,
    account_no,
    account_id,
    handle,
    display_name,
    category
from numbered
where repeat_no = 1
