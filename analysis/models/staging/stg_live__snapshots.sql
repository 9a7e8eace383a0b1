-- Readings of accounts from living platforms; of exact repeats on one day the first stays.
--
-- grain:   one row per (platform, account_no, metric, effective_from, effective_to, precision, value, step, mode, source_url)
-- reads:   lake.snapshots, staging.stg_journal__pages
-- columns:
--   platform         varchar    short name of the platform; all where the row belongs to none
--   account_no       bigint     dense number of the account within its platform, given once and for ever
--   account_id       varchar    the platform's own id of the account, or its handle where the source gives nothing better
--   metric           varchar    kind of count, such as followers: key of marts.metrics
--   value            double     the count as shown, in the unit of its kind
--   step             double     smallest change that the display can show, in the unit of the kind; 1 where the count is exact
--   mode             varchar    how the display hides the count: exact, round, floor or censored_right
--   step_basis       varchar    where the step comes from: stated, inferred or exact
--   lo               double     lowest true count that the display allows
--   hi               double     highest true count that the display allows; null where it is unbounded (100万+)
--   effective_from   date       first day that the reading may be about
--   effective_to     date       last day that the reading may be about; equals effective_from where the day is known
--   precision        varchar    how well the date is known: day, week, month, quarter or year
--   published_on     date       day on which it could first be known, UTC
--   published_basis  varchar    how published_on is known: url, memento, assumed_lag, ... (data/history/SOURCES.md)
--   observed_at      timestamp  instant of observation, UTC; null where only the date is known
--   source_url       varchar    page that says so
--   source_title     varchar    title of that page
--   note             varchar    what a reader of the figure should know; null where there is nothing
with numbered as (
    select
        s.platform,
        s.account_no,
        s.native_id as account_id,
        s.kind as metric,
        s.value,
        s.step,
        s.mode,
        s.step_basis,
        s.lo,
        s.hi,
        s.effective_from,
        s.effective_to,
        s.precision,
        s.published_on,
        s.published_basis,
        s.observed_at,
        s.source_url,
        s.source_title,
        s.note,
        row_number() over (
            partition by s.platform, s.account_no, s.kind, s.effective_from, s.effective_to, s.precision, s.value,
                s.step, s.mode, s.source_url
            order by s.observed_at, s.page
        ) as repeat_no
    from lake.snapshots s
    join staging.stg_journal__pages p on p.source = s.source and p.document = s.document and p.page = s.page
    where s.source <> 'history'
)
select
    platform,
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
from numbered
where repeat_no = 1
