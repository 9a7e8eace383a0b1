package ingest

import (
	"context"
	"iter"
	"time"
)

// A Source reads one place, oldest news first. Pages ends when there is no more to read now, yields at most one error,
// as its last value, and returns soon after ctx is done. It starts after the position that from names; the zero Cursor
// is the beginning.
type Source interface {
	// Name is the source's short name, such as "history": the key of the journal's cursors.
	Name() string
	Pages(ctx context.Context, from Cursor) iter.Seq2[Page, error]
}

// A Cursor is a source's own note of how far it has read. Only the source that wrote it can read it.
type Cursor string

// A Page is one answer: the bytes as served, the request without secrets, and where to resume after it.
type Page struct {
	Source    string    // name of the source, such as "history"
	Decoder   string    // name of the pure function that reads Raw, with its version: "history/v1"
	Document  string    // what was read: a file's path or a request without secrets; a newer page replaces an older one of the same document where the decoder says so
	URL       string    // what was asked for, without secrets; empty for files
	Platform  Platform  // AnyPlatform where the answer speaks of several
	FetchedAt time.Time // when the answer was complete, UTC
	Status    int       // HTTP status, 0 where there is none
	MediaType string    // of Raw
	Raw       []byte    // as served, decompressed
	Err       string    // why there is no usable answer; then Raw may be empty, and the page is kept as an attempt
	Took      time.Duration
	Next      Cursor // where to resume after this page
}

// A Sink keeps pages. When Land returns nil the raw bytes and the cursor are on disk.
type Sink interface {
	Cursor(ctx context.Context, source string) (Cursor, error)
	Land(ctx context.Context, page Page) error
}

// A Starter is a Sink that can have several pages under way. Pages are kept in the order in which they were started, and
// a page that is on disk has all those before it on disk: a crash loses the last ones, never one in the middle. wait
// returns as Land does, and must be called for every page, in order.
type Starter interface {
	Sink
	Start(ctx context.Context, page Page) (wait func() error, err error)
}

// A Decoder reads rows out of a page's bytes. It is pure: same bytes, same rows, no clock, no network. A row that does
// not parse becomes a Reject; an error means that nothing of the page is usable.
type Decoder func(Page) (Rows, error)
