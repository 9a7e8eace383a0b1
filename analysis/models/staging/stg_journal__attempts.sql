-- Requests of all sources.
--
-- grain:   one row per request
-- reads:   lake.attempts
-- columns:
--   platform    varchar    short name of the platform; all where the request belongs to none
--   source      varchar    name of the source that asked, such as history
--   document    varchar    what was read: a file or a request without secrets
--   page        varchar    journal record that keeps the answer
--   url         varchar    address asked, without secrets
--   status      integer    HTTP status; null where there was none
--   media_type  varchar    media type of the answer
--   bytes       bigint     size of the answer, bytes
--   took_ms     double     time until the answer was complete, milliseconds
--   error       varchar    why there is no usable answer; null where there is one
--   fetched_at  timestamp  when the answer was complete, UTC
-- checks:  not null(source, document)
select
    platform,
    source,
    document,
    page,
    url,
    status,
    media_type,
    bytes,
    took_ms,
    error,
    fetched_at
from lake.attempts
