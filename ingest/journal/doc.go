// Package journal keeps every answer that a source served, for good: append-only, checksummed, one record a page. It is
// the truth from which package lake and everything below it can be made again.
//
// When Land returns nil, the page and the cursor after it are on disk. Records that were not acknowledged may be lost by
// a crash; acknowledged ones are not, and none is ever kept in part.
//
// # Files
//
// A journal is a folder of segments. A segment is named after the id of its first record, 000000000001.otj, and is
// closed for good when it has grown past a size; only the last one is ever written to. Record ids count up from 1 without
// a gap, across segments. Beside the segments stand "lock" (the process id of the writer) and *.torn (see below).
//
// A segment begins with a header that holds the cursors as they were when the segment began, so that opening a journal
// reads the last segment only. Integers are little-endian, CRC is CRC-32C (Castagnoli).
//
//	byte 0        8         12        16        20              20+N
//	     +--------+---------+---------+---------+---------------+
//	     | magic  | version | length  | CRC     | state         |
//	     | 8 byte | 4 byte  | N       | 4 byte  | N bytes, JSON |
//	     +--------+---------+---------+---------+---------------+
//
//	magic    "otjourn\n"
//	version  1; a reader refuses a version that it does not know
//	CRC      over all of the header but the CRC itself
//	state    {"journal": random name of the journal, "first": id of the first record, "cursors": {source: cursor}}
//
// Records follow one another without padding:
//
//	byte 0        4         8         12        16        24        32            32+H         32+H+B
//	     +--------+---------+---------+---------+---------+---------+-------------+------------+
//	     | mark   | length  | length  | CRC     | id      | durable | header      | body       |
//	     | "otjr" | H       | B       | 4 byte  | 8 byte  | 8 byte  | JSON        | zstd frame |
//	     +--------+---------+---------+---------+---------+---------+-------------+------------+
//
//	CRC      over the whole record but the CRC itself
//	id       1, 2, 3, ...
//	durable  how many bytes of this segment were known to be on disk when this record was written
//	header   source, decoder, document, url, platform, fetched_at, status, media_type, raw_bytes, raw_sha256, next, err, took_ns
//	body     the answer as served, compressed; empty when the answer was
//
// New fields of the JSON parts may be added within a version; a reader ignores those that it does not know.
//
// # Damage
//
// A crash in the middle of an append leaves a torn tail. Open moves it to <segment>-at-<offset>.torn and cuts the
// segment there, and says so ([Journal.Torn]); nothing acknowledged is in it. Bytes that changed before the tail are no
// crash, and Open refuses them with a [DamageError]: the field "durable" tells the two apart, as a whole record behind
// the bad bytes that was written after they had reached the disk proves that they had been acknowledged.
package journal
