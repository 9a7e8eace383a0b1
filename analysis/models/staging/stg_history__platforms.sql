-- Platforms from the shipped history; of several descriptions the first by address stays.
--
-- grain:   one row per (platform)
-- reads:   lake.platforms, staging.stg_journal__pages
-- columns:
--   platform       varchar  short name of the platform; all where the row belongs to none
--   name           varchar  English name
--   name_zh        varchar  Chinese name; null where there is none
--   family         varchar  weibo_style or twitter_style
--   launched_from  date     first day on which it may have opened
--   launched_to    date     last day on which it may have opened
--   closed_from    date     first day on which it may have closed; null while it lives
--   closed_to      date     last day on which it may have closed; null while it lives
--   source_url     varchar  page that says so
--   source_title   varchar  title of that page
--   note           varchar  what a reader of the figure should know; null where there is nothing
with numbered as (
    select
        s.platform,
        s.name,
        s.name_zh,
        s.family,
        s.launched_from,
        s.launched_to,
        s.closed_from,
        s.closed_to,
        s.source_url,
        s.source_title,
        s.note,
        row_number() over (
            partition by s.platform
            order by s.source_url, s.document, s.name
        ) as repeat_no
    from lake.platforms s
    join staging.stg_journal__pages p on p.source = s.source and p.document = s.document and p.page = s.page
    where s.source = 'history'
)
select
    platform,
    name,
    name_zh,
    family,
    launched_from,
    launched_to,
    closed_from,
    closed_to,
    source_url,
    source_title,
    note
from numbered
where repeat_no = 1
