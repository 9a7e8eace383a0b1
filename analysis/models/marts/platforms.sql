-- Platforms, past and present.
--
-- grain:   one row per (platform)
-- reads:   staging.stg_history__platforms
-- columns:
--   platform       varchar  short name: the key by which all tables name the platform
--   name           varchar  English name
--   name_zh        varchar  Chinese name; null where there is none
--   family         varchar  weibo_style or twitter_style
--   launched_from  date     first day on which it may have opened
--   launched_to    date     last day on which it may have opened
--   closed_from    date     first day on which it may have closed; null while it lives
--   closed_to      date     last day on which it may have closed; null while it lives
--   source_url     varchar  page that says so: key of marts.sources
-- checks:  unique(platform); not null(platform, name, family); family in ('weibo_style', 'twitter_style');
--          launched_from <= launched_to; closed_from <= closed_to
select
    platform,
    name,
    name_zh,
    family,
    launched_from,
    launched_to,
    closed_from,
    closed_to,
    source_url
from staging.stg_history__platforms
