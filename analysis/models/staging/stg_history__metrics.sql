-- Definitions of the kinds of counts from the shipped history.
--
-- grain:   one row per (metric)
-- reads:   lake.metrics, staging.stg_journal__pages
-- columns:
--   metric          varchar  short name of the kind, such as monthly_active_users
--   unit            varchar  what is counted: accounts, users, followers, posts, percent, ...
--   name            varchar  English name
--   name_zh         varchar  Chinese name
--   definition      varchar  what is counted, in a sentence
--   measure         varchar  stock (a level), flow (per period) or share
--   compared_as     varchar  kinds with the same word here may be compared across platforms; null: never
--   definition_url  varchar  page that defines it
with numbered as (
    select
        s.kind as metric,
        s.unit,
        s.name,
        s.name_zh,
        s.definition,
        s.measure,
        s.compared_as,
        s.definition_url,
        row_number() over (
            partition by s.kind
            order by s.document, s.definition
        ) as repeat_no
    from lake.metrics s
    join staging.stg_journal__pages p on p.source = s.source and p.document = s.document and p.page = s.page
    where s.source = 'history'
)
select
    metric,
    unit,
    name,
    name_zh,
    definition,
    measure,
    compared_as,
    definition_url
from numbered
where repeat_no = 1
