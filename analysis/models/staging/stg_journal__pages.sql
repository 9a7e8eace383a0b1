-- Pages of the journal whose rows count. A page that replaces its document, as a changed file does, ends those before
-- it;
-- other pages add to one another.
--
-- grain:   one row per (source, document, page)
-- reads:   lake.attempts
-- columns:
--   source    varchar  name of the source that collected the page, such as history
--   document  varchar  what was read: a file or a request without secrets
--   page      varchar  journal record that keeps the answer; text that sorts by age
-- checks:  unique(source, document, page); not null(source, document, page)
with replaced as (
    select source, document, max(page) as since_page
    from lake.attempts
    where replaces
    group by source, document
)
select
    a.source,
    a.document,
    a.page
from lake.attempts a
left join replaced r on r.source = a.source and r.document = a.document
where r.since_page is null or a.page >= r.since_page
