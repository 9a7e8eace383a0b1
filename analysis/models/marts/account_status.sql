-- What became of each account: times during which it was found in one state under one handle. An account that is
-- found under another handle than before is renamed: the stable id decides.
--
-- grain:   one row per (platform, account_no, first_seen_at)
-- reads:   staging.stg_live__account_status
-- columns:
--   platform       varchar    short name of the platform: key of marts.platforms
--   account_no     bigint     dense number of the account within its platform, given once and for ever
--   account_id     varchar    the platform's own id of the account
--   status         varchar    active, renamed (active under a new handle), suspended, deleted, deactivated or not_found
--   handle         varchar    name in the account's address at that time; null where it is not known
--   handle_before  varchar    handle under which it was found before; null where it is the same or not known
--   first_seen_at  timestamp  when it was first found so, UTC
--   last_seen_at   timestamp  when it was last found so, UTC
--   sightings      bigint     times that it was found so, counted
--   reason         varchar    what the platform said; null where it said nothing
--   newest         boolean    true for the last state of the account
-- checks:  unique(platform, account_no, first_seen_at); not null(platform, account_no, account_id, status, first_seen_at,
--          last_seen_at, sightings, newest); first_seen_at <= last_seen_at;
--          status in ('active', 'renamed', 'suspended', 'deleted', 'deactivated', 'not_found')
with marked as (
    select
        platform,
        account_no,
        account_id,
        status,
        handle,
        seen_at,
        reason,
        lag(status) over (partition by platform, account_no order by seen_at) as status_before,
        lag(handle) over (partition by platform, account_no order by seen_at) as handle_before
    from staging.stg_live__account_status
),
runs as (
    select
        platform,
        account_no,
        account_id,
        status,
        handle,
        handle_before,
        seen_at,
        reason,
        sum(case when status = status_before and coalesce(handle, '') = coalesce(handle_before, '') then 0 else 1 end)
            over (partition by platform, account_no order by seen_at) as run_no
    from marked
),
states as (
    select
        platform,
        account_no,
        run_no,
        min(account_id) as account_id,
        min(status) as status,
        min(handle) as handle,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at,
        count(*) as sightings,
        max_by(reason, seen_at) as reason
    from runs
    group by platform, account_no, run_no
),
named as (
    select
        platform,
        account_no,
        account_id,
        status,
        handle,
        lag(handle) over (partition by platform, account_no order by run_no) as handle_before,
        lag(status) over (partition by platform, account_no order by run_no) as status_before,
        first_seen_at,
        last_seen_at,
        sightings,
        reason,
        lead(run_no) over (partition by platform, account_no order by run_no) as next_run
    from states
)
select
    platform,
    account_no,
    account_id,
    case when status = 'active' and handle_before <> handle then 'renamed' else status end as status,
    handle,
    case when handle_before = handle then null else handle_before end as handle_before,
    first_seen_at,
    last_seen_at,
    sightings,
    reason,
    next_run is null as newest
from named
