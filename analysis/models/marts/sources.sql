-- Every page that a figure, a list, an event or a forecast cites.
--
-- grain:   one row per (source_url)
-- reads:   staging.stg_history__sources, staging.stg_live__sources, marts.platform_readings, marts.account_readings, marts.list_entries,
--          marts.events,
--          marts.published_forecasts, marts.platforms
-- columns:
--   source_url  varchar  address of the page
--   title       varchar  title of the page; null where none is known
--   trust       varchar  A (filing, release, agency), B (trade press, compiler) or C (blog, copy); null where the page is not described
--   licence     varchar  licence of the data; null where the page states none
--   note        varchar  what a reader should know of the page
--   figures     bigint   rows that cite it: readings, list lines, events, forecasts and platform facts, counted
-- checks:  unique(source_url); not null(source_url, figures); trust in ('A', 'B', 'C'); warn trust is not null
with cited as (
    select source_url, source_title from marts.platform_readings
    union all
    select source_url, source_title from marts.account_readings
    union all
    select source_url, source_title from marts.list_entries
    union all
    select source_url, source_title from marts.events
    union all
    select source_url, source_title from marts.published_forecasts
    union all
    select source_url, cast(null as varchar) as source_title from marts.platforms
),
described as (
    select
        coalesce(h.source_url, v.source_url) as source_url,
        coalesce(h.title, v.title) as title,
        coalesce(h.trust, v.trust) as trust,
        coalesce(h.licence, v.licence) as licence,
        coalesce(h.note, v.note) as note
    from staging.stg_history__sources h
    full outer join staging.stg_live__sources v on v.source_url = h.source_url
),
counted as (
    select source_url, min(source_title) as source_title, count(*) as figures
    from cited
    where source_url is not null
    group by source_url
)
select
    coalesce(s.source_url, c.source_url) as source_url,
    coalesce(s.title, c.source_title) as title,
    s.trust,
    s.licence,
    s.note,
    coalesce(c.figures, 0) as figures
from described s
full outer join counted c on c.source_url = s.source_url
