-- The kinds of counts: what each counts and with what it may be compared.
--
-- grain:   one row per (metric)
-- reads:   staging.stg_history__metrics
-- columns:
--   metric       varchar  short name of the kind, such as monthly_active_users
--   unit         varchar  what is counted: accounts, users, followers, posts, percent, ...
--   name         varchar  English name
--   name_zh      varchar  Chinese name
--   definition   varchar  what is counted, in a sentence
--   measure      varchar  stock (a level), flow (per period) or share
--   compared_as  varchar  metrics with the same word here may be compared across platforms; null: never
-- checks:  unique(metric); not null(metric, unit, name, definition, measure); measure in ('stock', 'flow', 'share')
select
    metric,
    unit,
    name,
    name_zh,
    definition,
    measure,
    compared_as
from staging.stg_history__metrics
