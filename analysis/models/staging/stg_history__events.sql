-- Events from the shipped history, without repeats.
--
-- grain:   one row per (platform, kind, title, event_from, event_to, source_url)
-- reads:   lake.events, staging.stg_journal__pages
-- columns:
--   platform         varchar  short name of the platform; all where the row belongs to none
--   kind             varchar  type of the event: product, ownership, regulation, ...
--   status           varchar  confirmed, planned or rumour
--   parties          varchar  who took part, separated by semicolons
--   title            varchar  what happened, in a sentence
--   event_from       date     first day that the event may be about
--   event_to         date     last day that the event may be about; equals effective_from where the day is known
--   precision        varchar  how well the date is known: day, week, month, quarter or year
--   published_on     date     day on which it could first be known, UTC
--   published_basis  varchar  how published_on is known: url, memento, assumed_lag, ... (data/history/SOURCES.md)
--   source_url       varchar  page that says so
--   source_title     varchar  title of that page
--   note             varchar  what a reader of the figure should know; null where there is nothing
with numbered as (
    select
        s.platform,
        s.kind,
        s.status,
        s.parties,
        s.title,
        s.effective_from as event_from,
        s.effective_to as event_to,
        s.precision,
        s.published_on,
        s.published_basis,
        s.source_url,
        s.source_title,
        s.note,
        row_number() over (
            partition by s.platform, s.kind, s.title, s.effective_from, s.effective_to, s.source_url
            order by s.published_on, s.status, s.document, s.note
        ) as repeat_no
    from lake.events s
    join staging.stg_journal__pages p on p.source = s.source and p.document = s.document and p.page = s.page
    where s.source = 'history'
)
select
    platform,
    kind,
    status,
    parties,
    title,
    event_from,
    event_to,
    precision,
    published_on,
    published_basis,
    source_url,
    source_title,
    note
from numbered
where repeat_no = 1
