-- Refused rows of all sources; of a shipped document those of its newest state only.
--
-- grain:   one row per refused row
-- reads:   lake.quarantine, staging.stg_history__pages
-- columns:
--   source       varchar  name of the source that collected the document
--   document     varchar  file or request that holds the row
--   line         integer  line in the document, from 1; 0 where lines mean nothing
--   byte_offset  bigint   where the row begins, bytes from the start of the document
--   reason       varchar  why it was refused
--   text         varchar  the row as it stands in the document; written by strangers
-- checks:  not null(document, reason)
select
    q.source,
    q.document,
    q.line,
    q.byte_offset,
    q.reason,
    q.text
from lake.quarantine q
left join staging.stg_history__pages p on p.document = q.document
where p.page is null or p.page = q.page
