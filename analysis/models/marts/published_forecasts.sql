-- What others said about when one platform passes another.
--
-- grain:   one row per (forecaster, made_on, metric, challenger, leader, statement)
-- reads:   staging.stg_history__forecasts, staging.stg_history__sources
-- columns:
--   forecaster    varchar  who said so
--   made_on       date     day of the statement
--   metric        varchar  kind of count: key of marts.metrics
--   challenger    varchar  platform that is to pass: key of marts.platforms
--   leader        varchar  platform that is to be passed: key of marts.platforms
--   window_from   date     first day of the window that the statement names
--   window_to     date     last day of the window; null where it is open-ended
--   statement     varchar  the statement in words
--   source_url    varchar  page that says so: key of marts.sources
--   source_title  varchar  title of that page
--   trust         varchar  A (filing, release, agency), B (trade press, compiler) or C (blog, copy); null where the page is not described
--   note          varchar  what a reader should know; null where there is nothing
-- checks:  unique(forecaster, made_on, metric, challenger, leader, statement);
--          not null(forecaster, made_on, metric, challenger, leader, window_from, statement); challenger <> leader;
--          window_from <= window_to
select
    f.forecaster,
    f.made_on,
    f.metric,
    f.challenger,
    f.leader,
    f.window_from,
    f.window_to,
    f.statement,
    f.source_url,
    coalesce(f.source_title, s.title) as source_title,
    s.trust,
    f.note
from staging.stg_history__forecasts f
left join staging.stg_history__sources s on s.source_url = f.source_url
