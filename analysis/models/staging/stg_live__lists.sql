-- Readings of lists of followers and following, collected or imported; of the states of one reading the newest counts.
--
-- grain:   one row per (platform, list)
-- reads:   lake.lists, staging.stg_journal__pages
-- columns:
--   platform     varchar    short name of the platform: key of marts.platforms
--   list         varchar    name of the reading, unique: what follows and memberships refer to
--   account_no   bigint     dense number of the account within its platform, given once and for ever
--   account_id   varchar    the platform's own id of the account whose list it is
--   direction    varchar    followers (who follows the account) or following (whom it follows)
--   strategy     varchar    all, first (the beginning of the list) or sample (each member with the same known probability)
--   verdict      varchar    complete, truncated (the platform shows a part), hidden, partial_federation (as one server knows it), budget (we stopped) or error
--   collected    bigint     accounts: distinct members kept
--   stated       bigint     accounts: length of the list as the platform states it; null where it does not
--   frame        bigint     accounts: distinct members that a sample was drawn from; null where there is no sample
--   probability  double     inclusion probability of each member of the frame, from 0 to 1; 1 where all were kept
--   seed         varchar    seed of the draw, a whole number below 2^64 as text
--   basis        varchar    uniform (by design), threshold_hash (those whose hash lies below a threshold) or recency (the newest: no sample); null for a whole list
--   started_at   timestamp  when the first answer was complete, UTC
--   ended_at     timestamp  when the last answer was complete, UTC
--   reason       varchar    why the verdict is not complete; null where it is
with numbered as (
    select
        s.platform,
        s.list,
        s.account_no,
        s.native_id as account_id,
        s.direction,
        s.strategy,
        s.verdict,
        s.collected,
        s.stated,
        s.frame,
        s.probability,
        s.seed,
        s.basis,
        s.started_at,
        s.ended_at,
        s.reason,
        row_number() over (
            partition by s.platform, s.list, s.account_no
            order by s.page desc
        ) as repeat_no
    from lake.lists s
    join staging.stg_journal__pages p on p.source = s.source and p.document = s.document and p.page = s.page
    where s.source <> 'history'
)
select
    platform,
    list,
    account_no,
    account_id,
    direction,
    strategy,
    verdict,
    collected,
    stated,
    frame,
    probability,
    seed,
    basis,
    started_at,
    ended_at,
    reason
from numbered
where repeat_no = 1
