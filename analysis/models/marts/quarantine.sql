-- Rows that could not be read: kept, counted, shown.
--
-- grain:   one row per refused row of the newest state of a document
-- reads:   staging.stg_journal__quarantine
-- columns:
--   document  varchar  file or request that holds the row
--   line      integer  line of the document, from 1; null where lines mean nothing
--   reason    varchar  why it was refused
--   text      varchar  the row as it stands in the document; written by strangers
-- checks:  not null(document, reason)
select
    document,
    line,
    reason,
    text
from staging.stg_journal__quarantine
