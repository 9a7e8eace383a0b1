package follows

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/lake"
)

// Options say what is imported and with which means.
type Options struct {
	Format   string // a name of Formats
	Platform ingest.Platform
	Memory   int64     // bytes; 0 means 4 GiB
	Threads  int       // 0 means all processors
	Temp     string    // folder for the temporary file of the sort
	At       time.Time // of the import, for the ledger
	Swapped  Direction // how the columns are meant, where that is not as the format says
	Log      *slog.Logger
	Progress func(Progress) // called now and then; may be nil
}

// A Direction overrules a format's order of columns.
type Direction int

// The directions.
const (
	AsFormat Direction = iota // as the format defines it; a file that contradicts it is refused
	AsGiven                   // as the format defines it, whatever the file looks like
	OtherWayRound
)

// Progress is how far an import is.
type Progress struct {
	Stage string  // read, sort
	Done  float64 // share of the stage, 0 to 1; -1 where nobody knows, as of a pipe
	Edges int64
}

const defaultMemory = 4 << 30

// ErrKnown says that all files have been imported before.
var ErrKnown = errors.New("already imported")

// A Result is what an import did.
type Result struct {
	lake.Import
	Known   []string `json:"already_imported,omitempty"` // files that the ledger holds, left out
	Spilled int64    `json:"spilled_bytes"`              // temporary file of the sort
}

// Import takes files of follow edges into the lake, all of them or none.
func Import(ctx context.Context, lk *lake.Lake, inputs []Input, o Options) (res Result, err error) {
	f, ok := formats[o.Format]
	if !ok {
		return res, fmt.Errorf("import: format %q is not known", o.Format)
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.Memory <= 0 {
		o.Memory = defaultMemory
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Swapped == OtherWayRound {
		f.layout.followerFirst = !f.layout.followerFirst
	}
	im, err := lk.BeginImport(o.Platform, o.At)
	if err != nil {
		return res, err
	}
	done := false
	defer func() {
		if !done {
			err = errors.Join(err, im.Abort())
		}
	}()
	r, err := newReader(o, f.layout)
	if err != nil {
		return res, err
	}
	defer r.close()
	if inputs, r.known, err = unknown(inputs, im); err != nil {
		return res, err
	}
	if len(inputs) == 0 {
		return Result{Known: r.known}, ErrKnown
	}
	if err := r.read(ctx, inputs); err != nil {
		return res, err
	}
	res = Result{Import: r.facts(o), Known: r.known, Spilled: r.store.size}
	for _, f := range r.files {
		if im.Known(f.SHA256) { // a pipe: what it holds shows when it has been read
			return Result{Known: []string{f.Name}}, ErrKnown
		}
	}
	b := &builder{Options: o, r: r, im: im, id: res.ID}
	if err := b.build(ctx); err != nil {
		return res, err
	}
	b.count(&res.Import)
	if o.Swapped == AsFormat {
		if err := swapped(res.Import, b.largest, f); err != nil {
			return res, err
		}
	}
	if err := b.rows(); err != nil {
		return res, err
	}
	done = true
	return res, im.Commit(ctx, res.Import)
}

// unknown leaves out the inputs that the ledger holds.
func unknown(inputs []Input, im *lake.Importer) (fresh []Input, known []string, err error) {
	for _, in := range inputs {
		if in.Size >= 0 && im.KnownSize(in.Size) {
			sum, err := sumOf(in)
			if err != nil {
				return nil, nil, err
			}
			if im.Known(sum) {
				known = append(known, baseName(in.Name))
				continue
			}
		}
		fresh = append(fresh, in)
	}
	return fresh, known, nil
}

func sumOf(in Input) (string, error) {
	f, err := in.Open()
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read %s: %w", in.Name, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// facts are what reading alone tells.
func (r *reader) facts(o Options) lake.Import {
	sum := sha256.New()
	for _, f := range r.files {
		sum.Write([]byte(f.SHA256))
	}
	facts := lake.Import{ID: hex.EncodeToString(sum.Sum(nil))[:16], Platform: o.Platform, Format: o.Format, Files: r.files, At: o.At.UTC()}
	for _, w := range r.workers {
		facts.Lines += w.lines
		facts.SelfFollows += w.self
		facts.Rejected += w.rejected
	}
	return facts
}

// swapped refuses a file whose columns contradict the format. What tells is this: the most-followed account has more
// followers than anybody follows accounts. If even the average person follows more accounts than the largest account has
// followers, the two columns stand the other way round.
func swapped(facts lake.Import, largest int64, f format) error {
	if facts.People == 0 || facts.Follows < 1000 {
		return nil
	}
	if mean := float64(facts.Follows) / float64(facts.People); mean > float64(largest) {
		return fmt.Errorf("the columns look swapped: %d people would follow %.0f accounts each on average, but no account would have more than %d followers; %s",
			facts.People, mean, largest, f.order())
	}
	return nil
}

// rejects sorted by file and offset, as the workers met them in any order.
func (r *reader) rejects() []reject {
	var all []reject
	for _, w := range r.workers {
		all = append(all, w.rejects...)
	}
	slices.SortFunc(all, func(a, b reject) int { return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.offset, b.offset)) })
	return all
}

// baseName is how rows name a file: without its folders, which are nobody's business later.
func baseName(name string) string {
	if name == "-" {
		return "standard input"
	}
	return filepath.Base(name)
}

func idText(id uint64) string { return strconv.FormatUint(id, 10) }
