-- Published lists of the most-followed accounts, line by line.
--
-- grain:   one row per (platform, list, listed_to, rank, account_no)
-- reads:   staging.stg_history__rankings, staging.stg_live__rankings, staging.stg_history__sources, staging.stg_live__sources, marts.accounts, marts.platforms
-- columns:
--   platform      varchar  short name of the platform: key of marts.platforms
--   family        varchar  weibo_style or twitter_style
--   list          varchar  name of the list: all lines of one publication share it
--   listed_from   date     first day that the list may be about
--   listed_to     date     last day that the list may be about
--   precision     varchar  how well the date is known: day, week, month, quarter or year
--   rank          integer  place in the list, from 1
--   account_no    bigint   dense number of the account within its platform, given once and for ever
--   account_id    varchar  the platform's own id of the account, or its handle where no source gives better
--   display_name  varchar  name as shown; written by strangers
--   category      varchar  field of the account, such as music; null where no source says
--   followers     double   followers as the list shows them, persons
--   lo            double   lowest true count that the display allows
--   hi            double   highest true count that the display allows; null where it is unbounded
--   step          double   smallest change that the display can show; 1 where the count is exact
--   mode          varchar  exact, round, floor or censored_right
--   published_on  date     day on which it could first be known: filter on it to see what was known then
--   source_url    varchar  page that says so: key of marts.sources
--   source_title  varchar  title of that page
--   trust         varchar  A (filing, release, agency), B (trade press, compiler) or C (blog, copy); null where the page is not described
--   entries       bigint   lines of the list that we hold, counted
-- checks:  unique(platform, list, listed_to, rank, account_no);
--          not null(platform, list, listed_from, listed_to, rank, account_no, account_id, display_name, published_on,
--          source_url, entries); rank >= 1; lo <= followers; followers <= hi; listed_from <= listed_to;
--          warn family is not null; warn listed_from <= published_on
with both_kinds as (
    select
        platform,
        list,
        rank,
        account_no,
        account_id,
        metric,
        value,
        step,
        mode,
        step_basis,
        lo,
        hi,
        effective_from,
        effective_to,
        precision,
        published_on,
        published_basis,
        observed_at,
        source_url,
        source_title,
        note
    from staging.stg_history__rankings
    union all
    select
        platform,
        list,
        rank,
        account_no,
        account_id,
        metric,
        value,
        step,
        mode,
        step_basis,
        lo,
        hi,
        effective_from,
        effective_to,
        precision,
        published_on,
        published_basis,
        observed_at,
        source_url,
        source_title,
        note
    from staging.stg_live__rankings
)
select
    r.platform,
    p.family,
    r.list,
    r.effective_from as listed_from,
    r.effective_to as listed_to,
    r.precision,
    r.rank,
    r.account_no,
    r.account_id,
    coalesce(a.display_name, r.account_id) as display_name,
    a.category,
    r.value as followers,
    r.lo,
    r.hi,
    r.step,
    r.mode,
    r.published_on,
    r.source_url,
    coalesce(r.source_title, s.title, v.title) as source_title,
    coalesce(s.trust, v.trust) as trust,
    count(*) over (partition by r.platform, r.list, r.effective_to) as entries
from both_kinds r
left join marts.platforms p on p.platform = r.platform
left join marts.accounts a on a.platform = r.platform and a.account_no = r.account_no
left join staging.stg_history__sources s on s.source_url = r.source_url
left join staging.stg_live__sources v on v.source_url = r.source_url
