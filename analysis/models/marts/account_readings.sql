-- Readings of accounts: so many followers, posts, ... at a date, each with its error and its source.
--
-- grain:   one row per reading and source: (platform, account_no, metric, effective_from, effective_to, precision,
--          value, step, mode, source_url)
-- reads:   staging.stg_history__snapshots, staging.stg_live__snapshots, staging.stg_history__sources, staging.stg_live__sources, marts.accounts, marts.platforms
-- columns:
--   platform         varchar  short name of the platform: key of marts.platforms
--   family           varchar  weibo_style or twitter_style
--   account_no       bigint   dense number of the account within its platform, given once and for ever
--   account_id       varchar  the platform's own id of the account, or its handle where no source gives better
--   display_name     varchar  name as shown; written by strangers
--   category         varchar  field of the account, such as music; null where no source says
--   metric           varchar  kind of count: key of marts.metrics
--   value            double   the count as shown, in the unit of the metric
--   step             double   smallest change that the display can show; 1 where the count is exact
--   mode             varchar  exact, round, floor or censored_right
--   step_basis       varchar  where the step comes from: stated, inferred or exact
--   lo               double   lowest true count that the display allows
--   hi               double   highest true count that the display allows; null where it is unbounded
--   effective_from   date     first day that the reading may be about
--   effective_to     date     last day that the reading may be about
--   precision        varchar  how well the date is known: day, week, month, quarter or year
--   published_on     date     day on which it could first be known: filter on it to see what was known then
--   published_basis  varchar  how published_on is known: url, memento, assumed_lag, ... (data/history/SOURCES.md)
--   source_url       varchar  page that says so: key of marts.sources
--   source_title     varchar  title of that page
--   trust            varchar  A (filing, release, agency), B (trade press, compiler) or C (blog, copy); null where the page is not described
-- checks:  unique(platform, account_no, metric, effective_from, effective_to, precision, value, step, mode,
--          source_url);
--          not null(platform, account_no, account_id, display_name, metric, value, step, mode, lo, effective_from,
--          effective_to, precision, published_on, source_url); lo <= value; value <= hi;
--          hi is not null or mode = 'censored_right'; step > 0; lo >= 0; effective_from <= effective_to;
--          warn family is not null; warn effective_from <= published_on
with both_kinds as (
    select
        platform,
        account_no,
        account_id,
        metric,
        value,
        step,
        mode,
        step_basis,
        lo,
        hi,
        effective_from,
        effective_to,
        precision,
        published_on,
        published_basis,
        observed_at,
        source_url,
        source_title,
        note
    from staging.stg_history__snapshots
    union all
    select
        platform,
        account_no,
        account_id,
        metric,
        value,
        step,
        mode,
        step_basis,
        lo,
        hi,
        effective_from,
        effective_to,
        precision,
        published_on,
        published_basis,
        observed_at,
        source_url,
        source_title,
        note
    from staging.stg_live__snapshots
)
select
    r.platform,
    p.family,
    r.account_no,
    r.account_id,
    coalesce(a.display_name, r.account_id) as display_name,
    a.category,
    r.metric,
    r.value,
    r.step,
    r.mode,
    r.step_basis,
    r.lo,
    r.hi,
    r.effective_from,
    r.effective_to,
    r.precision,
    r.published_on,
    r.published_basis,
    r.source_url,
    coalesce(r.source_title, s.title, v.title) as source_title,
    coalesce(s.trust, v.trust) as trust
from both_kinds r
left join marts.platforms p on p.platform = r.platform
left join marts.accounts a on a.platform = r.platform and a.account_no = r.account_no
left join staging.stg_history__sources s on s.source_url = r.source_url
left join staging.stg_live__sources v on v.source_url = r.source_url
