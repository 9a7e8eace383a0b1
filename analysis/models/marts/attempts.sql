-- Requests and what became of them: what was asked, what was answered, how long it took.
--
-- grain:   one row per request
-- reads:   staging.stg_journal__attempts
-- columns:
--   platform    varchar    short name of the platform; all where the request belongs to none
--   source      varchar    name of the source that asked, such as history
--   document    varchar    what was read: a file or a request without secrets
--   url         varchar    address asked, without secrets
--   status      integer    HTTP status; null where there was none
--   media_type  varchar    media type of the answer
--   bytes       bigint     size of the answer, bytes
--   took_ms     double     time until the answer was complete, milliseconds
--   error       varchar    why there is no usable answer; null where there is one
--   fetched_at  timestamp  when the answer was complete, UTC
-- checks:  not null(source, document); bytes >= 0; took_ms >= 0
select
    platform,
    source,
    document,
    url,
    status,
    media_type,
    bytes,
    took_ms,
    error,
    fetched_at
from staging.stg_journal__attempts
