// Package files reads data sets that come as files: today the cited figures of data/history, or a folder of the same
// layout.
//
// A file is one page. The cursor holds the sha256 of each file as it was last landed, so that an unchanged file is not
// landed again; a changed one is landed again as the same document, and its rows replace those of the older page. A file
// that is taken away keeps its rows.
//
// The files of data/history show the layouts: their first lines name the columns, and [DecodeHistory] knows a file by its
// name or by that line. Figures about a platform or of a metric that data/history does not describe go to quarantine, as
// they are a slip of the pen more often than news.
package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

// HistoryName is the name of the source that History returns.
const HistoryName = "history"

// HistoryDecoder names the decoder of its pages.
const HistoryDecoder = "history/v1"

// Decoders are this package's decoders by name.
func Decoders() map[string]ingest.Decoder {
	return map[string]ingest.Decoder{HistoryDecoder: DecodeHistory}
}

// History is the source of the CSV files history/*.csv in fsys, in the order of their names; data.History is the shipped
// set. Behind them come a user's own files, *.csv in each of own, in the same layouts: their documents are own/<file>, so
// that they stand beside the shipped figures and replace none of them. A file that cannot be read becomes a page with Err
// set, so that the others go on.
func History(fsys fs.FS, own ...fs.FS) ingest.Source {
	h := &history{shelves: []shelf{{fsys, "history/*.csv", ""}}, now: time.Now}
	for _, o := range own {
		h.shelves = append(h.shelves, shelf{o, "*.csv", "own/"})
	}
	return h
}

type history struct {
	shelves []shelf
	now     func() time.Time
}

// A shelf is a folder of files: a file's document is its path behind the prefix.
type shelf struct {
	fsys            fs.FS
	pattern, prefix string
}

// Name implements [ingest.Source].
func (h *history) Name() string { return HistoryName }

// Pages implements [ingest.Source].
func (h *history) Pages(ctx context.Context, from ingest.Cursor) iter.Seq2[ingest.Page, error] {
	return func(yield func(ingest.Page, error) bool) {
		seen, err := parseCursor(from)
		if err != nil {
			yield(ingest.Page{}, fmt.Errorf("history: %w", err))
			return
		}
		for _, sh := range h.shelves {
			names, err := fs.Glob(sh.fsys, sh.pattern)
			if err != nil {
				yield(ingest.Page{}, fmt.Errorf("history: %w", err))
				return
			}
			slices.Sort(names)
			for _, name := range names {
				if err := ctx.Err(); err != nil {
					yield(ingest.Page{}, err)
					return
				}
				page, changed, err := h.page(sh, name, seen)
				if err != nil {
					yield(ingest.Page{}, fmt.Errorf("history: %w", err))
					return
				}
				if changed && !yield(page, nil) {
					return
				}
			}
		}
	}
}

// page reads one file, notes its sum in seen, and says whether it is another one than before.
func (h *history) page(sh shelf, name string, seen map[string]string) (page ingest.Page, changed bool, err error) {
	start := h.now()
	page = ingest.Page{
		Source:    HistoryName,
		Decoder:   HistoryDecoder,
		Document:  sh.prefix + name,
		Platform:  ingest.AnyPlatform,
		MediaType: "text/csv; charset=utf-8",
	}
	raw, readErr := fs.ReadFile(sh.fsys, name)
	if readErr != nil {
		page.Err = readErr.Error()
	} else {
		page.Raw = raw
		sum := sha256.Sum256(raw)
		key := hex.EncodeToString(sum[:])
		if seen[page.Document] == key {
			return page, false, nil
		}
		seen[page.Document] = key
	}
	page.FetchedAt = h.now().UTC()
	page.Took = page.FetchedAt.Sub(start)
	next, err := json.Marshal(seen) // sorted by key
	page.Next = ingest.Cursor(next)
	return page, true, err
}

// parseCursor reads a cursor into a map of its own.
func parseCursor(c ingest.Cursor) (map[string]string, error) {
	seen := map[string]string{}
	if c == "" {
		return seen, nil
	}
	if err := json.Unmarshal([]byte(c), &seen); err != nil {
		return nil, fmt.Errorf("cursor %q: %w", c, err)
	}
	return maps.Clone(seen), nil
}
