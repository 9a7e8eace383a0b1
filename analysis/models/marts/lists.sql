-- Lists of followers and following: whose, how read, and whether whole. Only lists whose verdict is complete are
-- whole; a reading in progress has the verdict budget or error and may change.
--
-- grain:   one row per (platform, list)
-- reads:   staging.stg_live__lists, marts.accounts
-- columns:
--   platform      varchar    short name of the platform: key of marts.platforms
--   list          varchar    name of the reading, unique: what follows and memberships refer to
--   account_no    bigint     dense number of the account within its platform, given once and for ever
--   account_id    varchar    the platform's own id of the account whose list it is
--   direction     varchar    followers (who follows the account) or following (whom it follows)
--   strategy      varchar    all, first (the beginning of the list) or sample (each member with the same known probability)
--   verdict       varchar    complete, truncated (the platform shows a part), hidden, partial_federation (as one server knows it), budget (we stopped) or error
--   collected     bigint     accounts: distinct members kept
--   stated        bigint     accounts: length of the list as the platform states it; null where it does not
--   frame         bigint     accounts: distinct members that a sample was drawn from; null where there is no sample
--   probability   double     inclusion probability of each member of the frame, from 0 to 1; 1 where all were kept
--   seed          varchar    seed of the draw, a whole number below 2^64 as text
--   basis         varchar    uniform (by design), threshold_hash (those whose hash lies below a threshold) or recency (the newest: no sample); null for a whole list
--   started_at    timestamp  when the first answer was complete, UTC
--   ended_at      timestamp  when the last answer was complete, UTC
--   reason        varchar    why the verdict is not complete; null where it is
--   display_name  varchar    name as shown; written by strangers
--   coverage      double     share of the stated length that was read, 0-1; null where no length is stated
--   newest        boolean    true for the last reading of this account and direction
-- checks:  unique(platform, list); not null(platform, list, account_no, account_id, direction, strategy, verdict, collected,
--          probability, display_name, newest);
--          direction in ('followers', 'following'); strategy in ('all', 'first', 'sample');
--          verdict in ('complete', 'truncated', 'hidden', 'partial_federation', 'budget', 'error');
--          probability >= 0; probability <= 1; collected >= 0
select
    l.platform,
    l.list,
    l.account_no,
    l.account_id,
    l.direction,
    l.strategy,
    l.verdict,
    l.collected,
    l.stated,
    l.frame,
    l.probability,
    l.seed,
    l.basis,
    l.started_at,
    l.ended_at,
    l.reason,
    coalesce(a.display_name, l.account_id) as display_name,
    cast(coalesce(l.frame, l.collected) as double) / nullif(l.stated, 0) as coverage,
    row_number() over (
        partition by l.platform, l.account_no, l.direction
        order by l.started_at desc, l.list desc
    ) = 1 as newest
from staging.stg_live__lists l
left join marts.accounts a on a.platform = l.platform and a.account_no = l.account_no
