package lake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/internal/durable"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

// Options say how a lake is opened. The zero value is what Open uses.
type Options struct {
	// CommitRows is how many rows one commit gathers at least before it is written while more are waiting. It bounds the
	// memory of Write. 0 means 500,000.
	CommitRows int
	Workers    int          // goroutines that decode and encode; 0 means GOMAXPROCS. It never changes a byte.
	Log        *slog.Logger // nil means nowhere
}

var discardLog = slog.New(slog.DiscardHandler)

const defaultCommitRows = 500_000

// A Lake is an open lake. Its methods are not for several goroutines at once.
type Lake struct {
	dir       string
	options   Options
	fs        durable.FS
	step      func(string) error // called before each step of a commit; tests stop there
	manifests []manifest
	kept      []manifest                   // imports that wait to be taken over, see Reset
	numbers   map[ingest.Platform]*numbers // nil until a row needs them
	forgotten *forgotten                   // people who are left out
	temps     atomic.Int64                 // temporary names given
	proved    map[string]bool              // files of people that were found whole, by sha256
}

// Open opens the lake in dir. A folder that is not there is an empty lake; Write makes it.
func Open(dir string) (*Lake, error) { return Options{}.Open(dir) }

// Open opens the lake in dir.
func (o Options) Open(dir string) (*Lake, error) {
	if o.CommitRows <= 0 {
		o.CommitRows = defaultCommitRows
	}
	if o.Log == nil {
		o.Log = discardLog
	}
	lk := &Lake{dir: dir, options: o, fs: durable.OS{}, proved: map[string]bool{}, step: func(string) error { return nil }}
	if err := lk.load(); err != nil {
		return nil, fmt.Errorf("open lake: %w", err)
	}
	return lk, nil
}

func (lk *Lake) load() (err error) {
	lk.numbers = nil
	if lk.manifests, err = readManifests(lk.dir); err == nil {
		lk.kept, err = readKept(lk.dir, lk.manifests)
	}
	if err == nil {
		lk.forgotten, err = readForgotten(lk.dir)
	}
	return err
}

// Dir is the folder of the lake.
func (lk *Lake) Dir() string { return lk.dir }

// Files lists the files of the lake in the order of their commits.
func (lk *Lake) Files() []File {
	var all []File
	for _, m := range lk.manifests {
		all = append(all, m.Files...)
	}
	return all
}

// Upto is the last journal record that the lake holds, 0 for an empty lake.
func (lk *Lake) Upto() journal.Pos {
	if n := len(lk.manifests); n > 0 {
		return lk.manifests[n-1].Journal.Upto
	}
	return 0
}

// journalID is the name of the journal that the lake was made from, "" while it holds nothing of one.
func (lk *Lake) journalID() string {
	if n := len(lk.manifests); n > 0 {
		return lk.manifests[n-1].Journal.ID
	}
	return ""
}

// Remove deletes the lake's files but for its imports, so that the next Write makes them all again from the journal. Files
// that are none of the lake's stay.
func (lk *Lake) Remove() error {
	if _, err := Reset(context.Background(), lk.dir); err != nil {
		return err
	}
	return lk.load()
}

// removeTree removes the files of a folder, the last one first, so that what is left of the manifests is always a lake.
func removeTree(fsys durable.FS, dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for i := len(entries) - 1; i >= 0; i-- {
		if err := fsys.Remove(filepath.Join(dir, entries[i].Name())); err != nil {
			return err
		}
	}
	return fsys.SyncDir(dir)
}

func (lk *Lake) path(rel string) string { return filepath.Join(lk.dir, filepath.FromSlash(rel)) }

// platformOf reads the platform out of a file's path.
func platformOf(path string) (ingest.Platform, error) {
	for dir := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(dir, "platform="); ok && ingest.Platform(name).Valid() {
			return ingest.Platform(name), nil
		}
	}
	return "", fmt.Errorf("lake file %s names no platform in its path; run \"overtake rebuild\"", path)
}
