-- Posts of the tracked accounts with their engagement, each as last seen.
--
-- grain:   one row per (platform, post_id, metric)
-- reads:   staging.stg_live__posts, marts.accounts
-- columns:
--   platform       varchar    short name of the platform: key of marts.platforms
--   account_no     bigint     dense number of the author within its platform, given once and for ever
--   account_id     varchar    the platform's own id of the author
--   post_id        varchar    the platform's own id of the post
--   posted_at      timestamp  when it was posted, as the platform states it, UTC; null where it does not
--   metric         varchar    kind of count, such as likes: key of marts.metrics
--   value          double     the count as shown, in the unit of its kind
--   step           double     smallest change that the display can show, in the unit of the kind; 1 where the count is exact
--   mode           varchar    how the display hides the count: exact, round, floor or censored_right
--   step_basis     varchar    where the step comes from: stated, inferred or exact
--   lo             double     lowest true count that the display allows
--   hi             double     highest true count that the display allows; null where it is unbounded (100万+)
--   observed_at    timestamp  instant of observation, UTC; null where only the date is known
--   source_url     varchar    page that says so
--   display_name   varchar    name of the author as shown; written by strangers
--   first_seen_at  timestamp  when the post was first seen, UTC
--   readings       bigint     readings of this count that we hold, counted
-- checks:  unique(platform, post_id, metric); not null(platform, account_no, account_id, post_id, metric, value, lo, observed_at,
--          display_name); lo <= value; value <= hi; hi is not null or mode = 'censored_right'
with ranked as (
    select
        r.platform,
        r.account_no,
        r.account_id,
        r.post_id,
        r.posted_at,
        r.metric,
        r.value,
        r.step,
        r.mode,
        r.step_basis,
        r.lo,
        r.hi,
        r.observed_at,
        r.source_url,
        min(r.observed_at) over (partition by r.platform, r.post_id, r.metric) as first_seen_at,
        count(*) over (partition by r.platform, r.post_id, r.metric) as readings,
        row_number() over (
            partition by r.platform, r.post_id, r.metric
            order by r.observed_at desc
        ) as nth
    from staging.stg_live__posts r
)
select
    r.platform,
    r.account_no,
    r.account_id,
    r.post_id,
    r.posted_at,
    r.metric,
    r.value,
    r.step,
    r.mode,
    r.step_basis,
    r.lo,
    r.hi,
    r.observed_at,
    r.source_url,
    coalesce(a.display_name, r.account_id) as display_name,
    r.first_seen_at,
    r.readings
from ranked r
left join marts.accounts a on a.platform = r.platform and a.account_no = r.account_no
where r.nth = 1
