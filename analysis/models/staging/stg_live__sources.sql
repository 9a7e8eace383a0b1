-- Pages that figures of living platforms cite; the newest description counts.
--
-- grain:   one row per (source_url)
-- reads:   lake.sources, staging.stg_journal__pages
-- columns:
--   source_url  varchar  address of the page
--   title       varchar  title of the page
--   trust       varchar  A (filing, release, agency), B (trade press, compiler) or C (blog, copy)
--   licence     varchar  licence of the data; null where the page states none
--   note        varchar  what a reader should know of the page
with numbered as (
    select
        s.url as source_url,
        s.title,
        s.trust,
        s.licence,
        s.note,
        row_number() over (
            partition by s.url
            order by s.page desc
        ) as repeat_no
    from lake.sources s
    join staging.stg_journal__pages p on p.source = s.source and p.document = s.document and p.page = s.page
    where s.source <> 'history'
)
select
    source_url,
    title,
    trust,
    licence,
    note
from numbered
where repeat_no = 1
