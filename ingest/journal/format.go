package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

const (
	magic   = "otjourn\n"
	version = 1
	mark    = "otjr"

	segmentPrefix = 20 // bytes of a segment's header before its JSON
	recordPrefix  = 32 // bytes of a record before its JSON

	maxStateBytes  = 64 << 20  // of JSON in a segment's header: each of many thousand walks has a cursor
	maxHeaderBytes = 1 << 20   // of JSON in a record
	maxBodyBytes   = 512 << 20 // compressed
	maxRawBytes    = 1 << 30   // as served
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A Pos is the id of a record: 1 for the first of the journal. 0 is the position before it.
type Pos uint64

// String is the id as the lake's column "page" holds it: twelve digits, so that text sorts like numbers.
func (p Pos) String() string { return fmt.Sprintf("%012d", uint64(p)) }

// state is the JSON part of a segment's header.
type state struct {
	Journal string                   `json:"journal"` // name of the journal, drawn when it began
	First   Pos                      `json:"first"`
	Cursors map[string]ingest.Cursor `json:"cursors"`
}

// header is the JSON part of a record.
type header struct {
	Source    string          `json:"source"`
	Decoder   string          `json:"decoder,omitempty"`
	Document  string          `json:"document,omitempty"`
	URL       string          `json:"url,omitempty"`
	Platform  ingest.Platform `json:"platform,omitempty"`
	FetchedAt time.Time       `json:"fetched_at"`
	Status    int             `json:"status,omitempty"`
	MediaType string          `json:"media_type,omitempty"`
	RawBytes  int64           `json:"raw_bytes"`
	RawSHA256 string          `json:"raw_sha256"`
	Next      ingest.Cursor   `json:"next,omitempty"`
	Err       string          `json:"err,omitempty"`
	TookNS    int64           `json:"took_ns,omitempty"`
}

// headerOf is a page's header; sum is the sha256 of page.Raw.
func headerOf(page ingest.Page, sum [sha256.Size]byte) header {
	return header{
		Source: page.Source, Decoder: page.Decoder, Document: page.Document, URL: page.URL, Platform: page.Platform,
		FetchedAt: page.FetchedAt.UTC(), Status: page.Status, MediaType: page.MediaType,
		RawBytes: int64(len(page.Raw)), RawSHA256: hex.EncodeToString(sum[:]),
		Next: page.Next, Err: page.Err, TookNS: int64(page.Took),
	}
}

// page is the page that h describes, with raw as its bytes.
func (h header) page(raw []byte) ingest.Page {
	return ingest.Page{
		Source: h.Source, Decoder: h.Decoder, Document: h.Document, URL: h.URL, Platform: h.Platform,
		FetchedAt: h.FetchedAt, Status: h.Status, MediaType: h.MediaType, Raw: raw,
		Next: h.Next, Err: h.Err, Took: time.Duration(h.TookNS),
	}
}

// encodeSegmentHeader returns the first bytes of a segment.
func encodeSegmentHeader(s state) ([]byte, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	if len(text) > maxStateBytes {
		return nil, fmt.Errorf("cursors of %d bytes, want at most %d", len(text), maxStateBytes)
	}
	b := make([]byte, segmentPrefix, segmentPrefix+len(text))
	copy(b, magic)
	binary.LittleEndian.PutUint32(b[8:], version)
	binary.LittleEndian.PutUint32(b[12:], uint32(len(text)))
	b = append(b, text...)
	binary.LittleEndian.PutUint32(b[16:], checksum(b[:16], b[segmentPrefix:]))
	return b, nil
}

// parseSegmentPrefix reads the fixed part of a segment's header and returns the length of its JSON.
func parseSegmentPrefix(b []byte) (int, error) {
	if len(b) < segmentPrefix || !bytes.Equal(b[:8], []byte(magic)) {
		return 0, fmt.Errorf("not a journal segment: it does not begin with %q", magic)
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != version {
		return 0, &VersionError{Version: v}
	}
	n := binary.LittleEndian.Uint32(b[12:])
	if n > maxStateBytes {
		return 0, fmt.Errorf("segment header of %d bytes, want at most %d", n, maxStateBytes)
	}
	return int(n), nil
}

// parseState checks a whole segment header and reads its JSON.
func parseState(b []byte) (state, error) {
	if checksum(b[:16], b[segmentPrefix:]) != binary.LittleEndian.Uint32(b[16:]) {
		return state{}, fmt.Errorf("segment header does not match its checksum")
	}
	var s state
	if err := json.Unmarshal(b[segmentPrefix:], &s); err != nil {
		return state{}, fmt.Errorf("segment header: %w", err)
	}
	return s, nil
}

// appendRecord appends a record to b.
func appendRecord(b []byte, id Pos, durable int64, head, body []byte) []byte {
	at := len(b)
	b = append(b, mark...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(head)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(body)))
	b = append(b, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint64(b, uint64(id))
	b = binary.LittleEndian.AppendUint64(b, uint64(durable))
	b = append(b, head...)
	b = append(b, body...)
	rec := b[at:]
	binary.LittleEndian.PutUint32(rec[12:], checksum(rec[:12], rec[16:]))
	return b
}

// raw is a record as it stands in a segment. Its slices are valid until the next one is read.
type raw struct {
	id      Pos
	durable int64
	offset  int64 // of the record in its segment
	size    int64
	header  []byte
	body    []byte
}

// parsePrefix reads the lengths of a record from its first bytes.
func parsePrefix(b []byte) (head, body int, err error) {
	if len(b) < recordPrefix {
		return 0, 0, fmt.Errorf("%d bytes where a record of at least %d should stand", len(b), recordPrefix)
	}
	if string(b[:4]) != mark {
		return 0, 0, fmt.Errorf("no record begins here")
	}
	h, n := binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])
	if h > maxHeaderBytes || n > maxBodyBytes {
		return 0, 0, fmt.Errorf("record of %d and %d bytes, want at most %d and %d", h, n, maxHeaderBytes, maxBodyBytes)
	}
	return int(h), int(n), nil
}

// parseRecord checks one whole record; head is the length of its JSON.
func parseRecord(b []byte, head int) (raw, error) {
	if checksum(b[:12], b[16:]) != binary.LittleEndian.Uint32(b[12:]) {
		return raw{}, fmt.Errorf("record does not match its checksum")
	}
	return raw{
		id:      Pos(binary.LittleEndian.Uint64(b[16:])),
		durable: int64(binary.LittleEndian.Uint64(b[24:])),
		size:    int64(len(b)),
		header:  b[recordPrefix : recordPrefix+head],
		body:    b[recordPrefix+head:],
	}, nil
}

func checksum(parts ...[]byte) uint32 {
	var sum uint32
	for _, p := range parts {
		sum = crc32.Update(sum, castagnoli, p)
	}
	return sum
}
