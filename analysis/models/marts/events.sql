-- What happened to platforms: dated, typed, confirmed or not.
--
-- grain:   one row per (platform, kind, title, event_from, event_to, source_url)
-- reads:   staging.stg_history__events, staging.stg_history__sources
-- columns:
--   platform      varchar  short name of the platform: key of marts.platforms
--   event_from    date     first day that the event may be about
--   event_to      date     last day that the event may be about
--   precision     varchar  how well the date is known: day, week, month, quarter or year
--   kind          varchar  type of the event: product, ownership, regulation, ...
--   status        varchar  confirmed, planned or rumour
--   parties       varchar  who took part, separated by semicolons
--   title         varchar  what happened, in a sentence
--   published_on  date     day on which it could first be known: filter on it to see what was known then
--   source_url    varchar  page that says so: key of marts.sources
--   source_title  varchar  title of that page
--   trust         varchar  A (filing, release, agency), B (trade press, compiler) or C (blog, copy); null where the page is not described
--   note          varchar  what a reader should know; null where there is nothing
-- checks:  unique(platform, kind, title, event_from, event_to, source_url);
--          not null(platform, event_from, event_to, precision, kind, status, title, published_on);
--          status in ('confirmed', 'planned', 'rumour'); event_from <= event_to
select
    e.platform,
    e.event_from,
    e.event_to,
    e.precision,
    e.kind,
    e.status,
    e.parties,
    e.title,
    e.published_on,
    e.source_url,
    coalesce(e.source_title, s.title) as source_title,
    s.trust,
    e.note
from staging.stg_history__events e
left join staging.stg_history__sources s on s.source_url = e.source_url
