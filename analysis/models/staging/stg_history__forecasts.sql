-- Published forecasts from the shipped history, without repeats.
--
-- grain:   one row per (forecaster, made_on, metric, challenger, leader, statement)
-- reads:   lake.forecasts, staging.stg_journal__pages
-- columns:
--   forecaster    varchar  who said so
--   made_on       date     day of the statement
--   metric        varchar  kind of count that the statement is about
--   challenger    varchar  platform that is to pass
--   leader        varchar  platform that is to be passed
--   window_from   date     first day of the window that the statement names
--   window_to     date     last day of the window; null where it is open-ended
--   statement     varchar  the statement in words
--   source_url    varchar  page that says so
--   source_title  varchar  title of that page
--   note          varchar  what a reader of the figure should know; null where there is nothing
with numbered as (
    select
        s.forecaster,
        s.made_on,
        s.kind as metric,
        s.challenger,
        s.leader,
        s.window_from,
        s.window_to,
        s.statement,
        s.source_url,
        s.source_title,
        s.note,
        row_number() over (
            partition by s.forecaster, s.made_on, s.kind, s.challenger, s.leader, s.statement
            order by s.source_url, s.document, s.window_from
        ) as repeat_no
    from lake.forecasts s
    join staging.stg_journal__pages p on p.source = s.source and p.document = s.document and p.page = s.page
    where s.source = 'history'
)
select
    forecaster,
    made_on,
    metric,
    challenger,
    leader,
    window_from,
    window_to,
    statement,
    source_url,
    source_title,
    note
from numbered
where repeat_no = 1
