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
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/lake"
)

// Options say what is imported and with which means.
type Options struct {
	Format   string // name of one of Formats
	Platform ingest.Platform
	Memory   int64     // bytes; 0 means 4 GiB
	Threads  int       // 0 means all processors
	Temp     string    // folder for the temporary file of the sort; "" means the lake's
	At       time.Time // of the import, for the ledger
	Columns  string    // AccountFirst or FollowerFirst where the user says so; "": as the format defines it, unless the file contradicts
	Log      *slog.Logger
	Progress func(Progress) // called now and then; may be nil
}

// The orders of columns.
const (
	AccountFirst  = "account,follower"
	FollowerFirst = "follower,account"
)

// Progress is how far an import is.
type Progress struct {
	Stage string  // read, sort
	Done  float64 // share of the stage, 0 to 1; -1 where nobody knows, as of a pipe
	Edges int64
}

const defaultMemory = 4 << 30

// LeastMemory is the least that an import should be given: a bitmap of all ids below 2^32 alone may take half of it.
const LeastMemory = 1 << 30

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
	f, err := formatOf(o.Format)
	if err != nil {
		return res, err
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.Memory <= 0 {
		o.Memory = defaultMemory
	}
	o.Temp = cmp.Or(o.Temp, lk.Dir())
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Columns != "" && !f.rows {
		f.followerFirst = o.Columns == FollowerFirst
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
	r, err := newReader(o, f)
	if err != nil {
		return res, err
	}
	defer r.close()
	r.lakeDir = lk.Dir()
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
	if err := r.readable(res.Import); err != nil {
		return res, err
	}
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
	if o.Columns == "" {
		if err := swapped(res.Import, b.largest, f); err != nil {
			return res, err
		}
	}
	if err := b.rows(res.Import); err != nil {
		return res, err
	}
	im.Describe(&res.Import)
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

// readable refuses files of which most cannot be read: they are something else than what they are taken for.
func (r *reader) readable(facts lake.Import) error {
	switch bad := r.rejects(); {
	case facts.Lines == 0:
		return fmt.Errorf("%s: there is no edge in it", strings.Join(r.names, ", "))
	case facts.Rejected*2 > facts.Lines:
		return fmt.Errorf("%d of %d lines cannot be read as %s; the first stands at byte %d of %s: %s (%.60q)",
			facts.Rejected, facts.Lines, r.Format, bad[0].offset, r.names[bad[0].file], bad[0].reason, bad[0].text)
	}
	return nil
}

// swapped refuses a file whose columns contradict the format. What tells is this: the most-followed account has more
// followers than anybody follows accounts. If even the average person follows more accounts than the largest account has
// followers, the two columns stand the other way round.
func swapped(facts lake.Import, largest int64, f Format) error {
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
