-- The page that stands for each document of the shipped history: the one ingested last. A changed file comes as a new page that
-- replaces the older one whole, so rows of older pages count no more.
--
-- grain:   one row per (document)
-- reads:   lake.accounts, lake.attempts, lake.events, lake.forecasts, lake.metrics, lake.platform_metrics, lake.platforms, lake.quarantine, lake.rankings, lake.snapshots, lake.sources
-- columns:
--   document     varchar    the file, such as history/events.csv
--   page         varchar    journal record of its newest state
--   ingested_at  timestamp  when that record was written, UTC
-- checks:  unique(document); not null(document, page)
with pages as (
    select document, page, ingested_at from lake.accounts where source = 'history'
    union
    select document, page, ingested_at from lake.attempts where source = 'history'
    union
    select document, page, ingested_at from lake.events where source = 'history'
    union
    select document, page, ingested_at from lake.forecasts where source = 'history'
    union
    select document, page, ingested_at from lake.metrics where source = 'history'
    union
    select document, page, ingested_at from lake.platform_metrics where source = 'history'
    union
    select document, page, ingested_at from lake.platforms where source = 'history'
    union
    select document, page, ingested_at from lake.quarantine where source = 'history'
    union
    select document, page, ingested_at from lake.rankings where source = 'history'
    union
    select document, page, ingested_at from lake.snapshots where source = 'history'
    union
    select document, page, ingested_at from lake.sources where source = 'history'
),
numbered as (
    select
        document,
        page,
        ingested_at,
        row_number() over (partition by document order by ingested_at desc, page desc) as age_no
    from pages
)
select document, page, ingested_at
from numbered
where age_no = 1
