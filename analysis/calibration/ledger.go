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
	"slices"
	"time"
)

// An Entry is one published forecast: immutable once it is in the ledger.
type Entry struct {
	MadeAt     time.Time `json:"made_at"`          // when it was published, UTC, whole seconds
	AsOf       string    `json:"as_of"`            // last day whose publications it saw, 2006-01-02
	Version    string    `json:"version"`          // of the code
	DataHash   string    `json:"data_hash"`        // of the data it saw
	Forecaster string    `json:"forecaster"`       // "overtake", or whose forecast it is
	Platform   string    `json:"platform"`         // what is forecast ...
	Metric     string    `json:"metric"`           // ...
	On         string    `json:"on"`               // ... on which day, 2006-01-02
	Model      string    `json:"model"`            // in words
	Levels     []float64 `json:"levels"`           // ascending, in (0, 1)
	Quantiles  []float64 `json:"quantiles"`        // one per level, not falling, in the unit of the metric
	Source     string    `json:"source,omitempty"` // where others' forecasts were read
}

// key says when two entries are the same forecast: made from the same data by the same code about the same thing.
func (e Entry) key() string {
	return fmt.Sprint(e.Forecaster, "\x00", e.AsOf, "\x00", e.Version, "\x00", e.DataHash, "\x00", e.Platform, "\x00", e.Metric, "\x00", e.On, "\x00", e.Model, "\x00", e.Source)
}

// Check says what is wrong with an entry.
func (e Entry) Check() error {
	switch {
	case e.MadeAt.IsZero():
		return errors.New("made_at is missing")
	case e.Forecaster == "" || e.Platform == "" || e.Metric == "":
		return errors.New("forecaster, platform and metric must not be empty")
	case len(e.Levels) == 0 || len(e.Levels) != len(e.Quantiles):
		return fmt.Errorf("%d levels and %d quantiles: want one quantile for each level", len(e.Levels), len(e.Quantiles))
	}
	for _, d := range []string{e.AsOf, e.On} {
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			return fmt.Errorf("day %q must be written 2006-01-02", d)
		}
	}
	for i, p := range e.Levels {
		q := e.Quantiles[i]
		if !(p > 0 && p < 1) || i > 0 && (p <= e.Levels[i-1] || q < e.Quantiles[i-1]) || q != q || q-q != 0 {
			return fmt.Errorf("level %v with quantile %v: levels must rise within (0, 1) and quantiles must be numbers that do not fall", p, q)
		}
	}
	return nil
}

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

// Open reads a ledger and checks every line against the one before; a file that is not there is an empty ledger. A last line without its line
// end is what a crash leaves: it is dropped from the file and Torn is set.
func Open(path string) (*Ledger, error) {
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
		if err := os.Truncate(path, int64(whole)); err != nil {
			return nil, fmt.Errorf("open ledger: drop a torn line: %w", err)
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
		e.MadeAt = e.MadeAt.UTC().Truncate(time.Second)
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

// appendFile writes text to the end of the file and waits until it is on disk.
func appendFile(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
