-- Figures about whole platforms, each with its error, its dates and its source; sources that disagree stand side by
-- side.
--
-- grain:   one row per figure and source: (platform, metric, effective_from, effective_to, precision, value, step,
--          mode, unit, derived, source_url)
-- reads:   staging.stg_history__platform_metrics, staging.stg_live__platform_metrics, staging.stg_history__sources, staging.stg_live__sources, marts.platforms, marts.metrics
-- columns:
--   platform         varchar  short name of the platform: key of marts.platforms
--   family           varchar  weibo_style or twitter_style
--   metric           varchar  kind of count: key of marts.metrics
--   value            double   the count as shown, in the unit of the metric
--   step             double   smallest change that the display can show; 1 where the count is exact
--   mode             varchar  exact, round, floor or censored_right
--   step_basis       varchar  where the step comes from: stated, inferred or exact
--   lo               double   lowest true count that the display allows
--   hi               double   highest true count that the display allows; null where it is unbounded
--   unit             varchar  unit as the source gives it, or else that of the metric
--   derived          boolean  true where we computed the figure from a page that does not print it; the formula is in note
--   effective_from   date     first day that the figure may be about
--   effective_to     date     last day that the figure may be about
--   precision        varchar  how well the date is known: day, week, month, quarter or year
--   published_on     date     day on which it could first be known: filter on it to see what was known then
--   published_basis  varchar  how published_on is known: url, memento, assumed_lag, ... (data/history/SOURCES.md)
--   source_url       varchar  page that says so: key of marts.sources
--   source_title     varchar  title of that page
--   trust            varchar  A (filing, release, agency), B (trade press, compiler) or C (blog, copy); null where the page is not described
--   note             varchar  what a reader of the figure should know; null where there is nothing
-- checks:  unique(platform, metric, effective_from, effective_to, precision, value, step, mode, unit, derived,
--          source_url);
--          not null(platform, metric, value, step, mode, lo, unit, derived, effective_from, effective_to, precision,
--          published_on, source_url); lo <= value; value <= hi; hi is not null or mode = 'censored_right'; step > 0;
--          lo >= 0; mode in ('exact', 'round', 'floor', 'censored_right');
--          precision in ('day', 'week', 'month', 'quarter', 'year'); effective_from <= effective_to;
--          warn family is not null; warn effective_from <= published_on
with both_kinds as (
    select
        platform,
        metric,
        value,
        step,
        mode,
        step_basis,
        lo,
        hi,
        unit,
        derived,
        effective_from,
        effective_to,
        precision,
        published_on,
        published_basis,
        observed_at,
        source_url,
        source_title,
        note
    from staging.stg_history__platform_metrics
    union all
    select
        platform,
        metric,
        value,
        step,
        mode,
        step_basis,
        lo,
        hi,
        unit,
        derived,
        effective_from,
        effective_to,
        precision,
        published_on,
        published_basis,
        observed_at,
        source_url,
        source_title,
        note
    from staging.stg_live__platform_metrics
)
select
    r.platform,
    p.family,
    r.metric,
    r.value,
    r.step,
    r.mode,
    r.step_basis,
    r.lo,
    r.hi,
    coalesce(r.unit, m.unit) as unit,
    r.derived,
    r.effective_from,
    r.effective_to,
    r.precision,
    r.published_on,
    r.published_basis,
    r.source_url,
    coalesce(r.source_title, s.title, v.title) as source_title,
    coalesce(s.trust, v.trust) as trust,
    r.note
from both_kinds r
left join marts.platforms p on p.platform = r.platform
left join marts.metrics m on m.metric = r.metric
left join staging.stg_history__sources s on s.source_url = r.source_url
left join staging.stg_live__sources v on v.source_url = r.source_url
