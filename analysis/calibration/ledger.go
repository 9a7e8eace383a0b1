package calibration

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A Ledger is a file of JSON lines, one entry each, that is only appended to. Every line carries its own hash and that of the line before it, so a
// line that was changed, removed or put in later is found by [Open]; only lines cut off at the end leave no trace.
type Ledger struct {
	// Torn tells that the last line had been cut off by a crash; its bytes were dropped from the file.
	Torn bool

	path    string
	entries []Entry
	keys    map[string]bool
	last    string // hash of the last line
}

// A line is an entry as it is written: Sum is the hash of the line with an empty Sum, Prev that of the line before.
type line struct {
	Prev string `json:"prev"`
	Sum  string `json:"sum"`
	Entry
}

// seal sets the sum of a line.
func (ln line) seal() (line, error) {
	ln.Sum = ""
	raw, err := json.Marshal(ln)
	if err != nil {
		return ln, err
	}
	sum := sha256.Sum256(raw)
	ln.Sum = hex.EncodeToString(sum[:12])
	return ln, nil
}

// ErrChanged says that a ledger is not as it was written.
var ErrChanged = errors.New("the ledger was changed after it was written")

// Open reads a ledger to append to it and checks every line against the one before; a file that is not there is an empty ledger. A last line
// without its line end is what a crash leaves: it is dropped from the file and Torn is set.
func Open(path string) (*Ledger, error) { return open(path, true) }

// Read is Open for those who only look: the file stays as it is, a torn last line is passed over.
func Read(path string) (*Ledger, error) { return open(path, false) }

func open(path string, mend bool) (*Ledger, error) {
	l := &Ledger{path: path, keys: map[string]bool{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	if whole := bytes.LastIndexByte(text, '\n') + 1; whole < len(text) {
		l.Torn = true
		if mend {
			if err := os.Truncate(path, int64(whole)); err != nil {
				return nil, fmt.Errorf("open ledger: drop a torn line: %w", err)
			}
		}
		text = text[:whole]
	}
	r := bufio.NewReader(bytes.NewReader(text))
	for n := 1; ; n++ {
		raw, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		var ln line
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&ln); err != nil {
			return nil, fmt.Errorf("open ledger %s: line %d: %w (%w)", path, n, ErrChanged, err)
		}
		if err := ln.Entry.Check(); err != nil {
			return nil, fmt.Errorf("open ledger %s: line %d: %w (%w)", path, n, ErrChanged, err)
		}
		if ln.Prev != l.last {
			return nil, fmt.Errorf("open ledger %s: line %d does not follow line %d: %w", path, n, n-1, ErrChanged)
		}
		if sealed, err := ln.seal(); err != nil || sealed.Sum != ln.Sum {
			return nil, fmt.Errorf("open ledger %s: line %d does not fit its sum: %w", path, n, ErrChanged)
		}
		l.keep(ln)
	}
}

// keep takes a line into memory.
func (l *Ledger) keep(ln line) {
	l.last = ln.Sum
	l.entries = append(l.entries, ln.Entry)
	l.keys[ln.key()] = true
}

// Entries gives all forecasts in the order in which they were published. The slice must not be changed.
func (l *Ledger) Entries() []Entry { return slices.Clip(l.entries) }

// Append publishes forecasts: it writes those that are not yet in the ledger (same forecaster, data, code, day and model) and returns how many
// that were, once they are on disk. One bad entry keeps all out.
func (l *Ledger) Append(entries ...Entry) (int, error) {
	var buf bytes.Buffer
	var fresh []line
	last := l.last
	seen := map[string]bool{}
	for i, e := range entries {
		if err := e.Check(); err != nil {
			return 0, fmt.Errorf("append to ledger: entry %d (%s %s on %s): %w", i, e.Platform, e.Metric, e.On, err)
		}
		k := e.key()
		if l.keys[k] || seen[k] {
			continue
		}
		seen[k] = true
		e.MadeAt, e.EnteredAt = e.MadeAt.UTC().Truncate(time.Second), e.EnteredAt.UTC().Truncate(time.Second)
		ln, err := line{Prev: last, Entry: e}.seal()
		if err != nil {
			return 0, fmt.Errorf("append to ledger: entry %d: %w", i, err)
		}
		raw, err := json.Marshal(ln)
		if err != nil {
			return 0, fmt.Errorf("append to ledger: entry %d: %w", i, err)
		}
		last = ln.Sum
		buf.Write(append(raw, '\n'))
		fresh = append(fresh, ln)
	}
	if len(fresh) == 0 {
		return 0, nil
	}
	if err := appendFile(l.path, buf.Bytes()); err != nil {
		return 0, fmt.Errorf("append to ledger: %w", err)
	}
	for _, ln := range fresh {
		l.keep(ln)
	}
	return len(fresh), nil
}

// appendFile writes text to the end of the file and waits until it is on disk, the name of a new file too. Where the disk is full, what was
// written is taken back: all of text or nothing.
func appendFile(path string, text []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	before, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	if err != nil {
		return errors.Join(err, f.Truncate(before))
	}
	if before > 0 {
		return nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
