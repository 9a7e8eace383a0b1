-- Which platform has which metric, from when to when, how densely, and from how many sources: what we know and what
-- we do not.
--
-- grain:   one row per (platform, metric)
-- reads:   marts.platform_readings, marts.account_readings
-- columns:
--   platform          varchar  short name of the platform: key of marts.platforms
--   family            varchar  weibo_style or twitter_style
--   metric            varchar  kind of count: key of marts.metrics; followers and the like are readings of single accounts
--   first_on          date     last day of the period of the earliest reading
--   last_on           date     last day of the period of the latest reading
--   readings          bigint   readings, counted
--   sources           bigint   different pages that give them, counted
--   best_trust        varchar  best trust among them: A, B or C
--   worst_trust       varchar  worst trust among them: A, B or C
--   derived_readings  bigint   readings that we computed from pages that do not print them, counted
--   longest_gap_days  bigint   longest time between two neighbouring dates with a reading, days; null where there is one date only
-- checks:  unique(platform, metric); not null(platform, metric, first_on, last_on, readings, sources);
--          first_on <= last_on; derived_readings <= readings
with readings as (
    select platform, family, metric, effective_to, source_url, trust, derived
    from marts.platform_readings
    union all
    select platform, family, metric, effective_to, source_url, trust, false as derived
    from marts.account_readings
),
dates as (
    select distinct platform, metric, effective_to
    from readings
),
neighbours as (
    select
        platform,
        metric,
        effective_to,
        lag(effective_to) over (partition by platform, metric order by effective_to) as before_to
    from dates
),
gaps as (
    select platform, metric, max(date_diff('day', before_to, effective_to)) as longest_gap_days
    from neighbours
    group by platform, metric
),
counted as (
    select
        platform,
        family,
        metric,
        min(effective_to) as first_on,
        max(effective_to) as last_on,
        count(*) as readings,
        count(distinct source_url) as sources,
        min(trust) as best_trust,
        max(trust) as worst_trust,
        sum(case when derived then 1 else 0 end) as derived_readings
    from readings
    group by platform, family, metric
)
select
    c.platform,
    c.family,
    c.metric,
    c.first_on,
    c.last_on,
    c.readings,
    c.sources,
    c.best_trust,
    c.worst_trust,
    cast(c.derived_readings as bigint) as derived_readings,
    g.longest_gap_days
from counted c
join gaps g on g.platform = c.platform and g.metric = c.metric
