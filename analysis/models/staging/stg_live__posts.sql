-- Readings of posts; of exact repeats at one instant the first stays.
--
-- grain:   one row per (platform, post_id, metric, observed_at)
-- reads:   lake.posts, staging.stg_journal__pages
-- columns:
--   platform     varchar    short name of the platform: key of marts.platforms
--   account_no   bigint     dense number of the author within its platform, given once and for ever
--   account_id   varchar    the platform's own id of the author
--   post_id      varchar    the platform's own id of the post
--   posted_at    timestamp  when it was posted, as the platform states it, UTC; null where it does not
--   metric       varchar    kind of count, such as likes: key of marts.metrics
--   value        double     the count as shown, in the unit of its kind
--   step         double     smallest change that the display can show, in the unit of the kind; 1 where the count is exact
--   mode         varchar    how the display hides the count: exact, round, floor or censored_right
--   step_basis   varchar    where the step comes from: stated, inferred or exact
--   lo           double     lowest true count that the display allows
--   hi           double     highest true count that the display allows; null where it is unbounded (100万+)
--   observed_at  timestamp  instant of observation, UTC; null where only the date is known
--   source_url   varchar    page that says so
with numbered as (
    select
        s.platform,
        s.account_no,
        s.native_id as account_id,
        s.post_id,
        s.posted_at,
        s.kind as metric,
        s.value,
        s.step,
        s.mode,
        s.step_basis,
        s.lo,
        s.hi,
        s.observed_at,
        s.source_url,
        row_number() over (
            partition by s.platform, s.post_id, s.kind, s.observed_at
            order by s.page
        ) as repeat_no
    from lake.posts s
    join staging.stg_journal__pages p on p.source = s.source and p.document = s.document and p.page = s.page
    where s.source <> 'history'
)
select
    platform,
    account_no,
    account_id,
    post_id,
    posted_at,
    metric,
    value,
    step,
    mode,
    step_basis,
    lo,
    hi,
    observed_at,
    source_url
from numbered
where repeat_no = 1
