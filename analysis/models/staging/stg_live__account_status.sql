-- How accounts were found when they were asked for, without repeats at one instant.
--
-- grain:   one row per (platform, account_no, seen_at)
-- reads:   lake.account_status, staging.stg_journal__pages
-- columns:
--   platform    varchar    short name of the platform: key of marts.platforms
--   account_no  bigint     dense number of the account within its platform, given once and for ever
--   account_id  varchar    the platform's own id of the account
--   status      varchar    active, suspended (by the platform), deleted (by its holder), deactivated (may come back), renamed or not_found
--   handle      varchar    name in the account's address at that time; null where it is not known
--   seen_at     timestamp  when it was found so, UTC
--   reason      varchar    what the platform said; null where it said nothing
with numbered as (
    select
        s.platform,
        s.account_no,
        s.native_id as account_id,
        s.status,
        s.handle,
        s.seen_at,
        s.reason,
        row_number() over (
            partition by s.platform, s.account_no, s.seen_at
            order by s.page desc
        ) as repeat_no
    from lake.account_status s
    join staging.stg_journal__pages p on p.source = s.source and p.document = s.document and p.page = s.page
    where s.source <> 'history'
)
select
    platform,
    account_no,
    account_id,
    status,
    handle,
    seen_at,
    reason
from numbered
where repeat_no = 1
