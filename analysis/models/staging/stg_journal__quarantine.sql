-- Refused rows of all sources, from the pages that count.
--
-- grain:   one row per refused row
-- reads:   lake.quarantine, staging.stg_journal__pages
-- columns:
--   source       varchar  name of the source that collected the document
--   document     varchar  file or request that holds the row
--   line         integer  line of the document, from 1; null where lines mean nothing
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
join staging.stg_journal__pages p on p.source = q.source and p.document = q.document and p.page = q.page
