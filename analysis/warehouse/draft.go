package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/models"
)

// Options say where the warehouse and the lake are and what DuckDB may use.
type Options struct {
	Path string // of the published file, such as overtake-data/overtake.duckdb
	Lake string // folder of the lake; one without commits gives empty tables

	// AsOf is the last day whose publications a run may see, midnight UTC. Zero means the latest publication in the
	// data: never the clock, so that the same data give the same figures on any day.
	AsOf time.Time

	Threads     int          // of DuckDB; 0 means one for a small lake, where more only wait for one another, else one per core
	MemoryLimit string       // of DuckDB, such as "1GB"; empty means its own choice, 80 % of the machine
	Log         *slog.Logger // nil means none
	Version     string       // of the program: results of another version are computed again
}

// A Draft is the next warehouse while it is made. Its methods are called in the order Load, BuildModels, RunJobs, Check,
// Publish from one goroutine; QueryContext may be called from many at any time but during Publish. It ends with Discard,
// also after Publish, which is why "defer d.Discard()" stands below every Begin.
type Draft struct {
	opt    Options
	log    *slog.Logger
	engine *engine
	models []models.Model

	base        base          // what the published file says of itself
	commits     []commit      // of the lake
	fresh       []lakeFile    // files that the ledger does not hold
	w           *sql.Conn     // the connection that writes; nil while the published file itself answers
	known       tableColumns  // tables of the draft and their columns, as last read
	checked     []CheckResult // by Check; nil after a change
	comments    commenter
	uncommented []string // COMMENT ON statements of tables that will still be written to
	notes       []string // what a person should be told, such as a file moved aside
	ended       bool
}

// Begin looks at the published file and the lake, and starts a draft. Remains of an earlier draft are removed: the
// caller holds a lock that keeps other writers of the same folder away. A published file that DuckDB cannot open, or
// that is not ours, is moved aside to <path>.broken-<n>, which Notes and the log say, and the draft starts from the lake.
func Begin(ctx context.Context, opt Options) (_ *Draft, err error) {
	defer wrap(&err, "begin warehouse %s", opt.Path)
	if opt.Log == nil {
		opt.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	ms, err := models.All()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(opt.Path), 0o755); err != nil {
		return nil, err
	}
	commits, err := readCommits(opt.Lake)
	if err != nil {
		return nil, err
	}
	d := &Draft{opt: opt, log: opt.Log, models: ms, commits: commits}
	if err := d.sweep(); err != nil {
		return nil, err
	}
	if err := d.startEngine(); err != nil {
		return nil, err
	}
	if err := d.start(ctx); err != nil {
		return nil, errors.Join(err, d.Discard())
	}
	step("begun")
	return d, nil
}

// step is called between the steps of a draft, with their names; tests stop the process there.
var step = func(string) {}

func (d *Draft) startEngine() (err error) {
	d.engine, err = newEngine(threads(d.opt.Threads, d.commits), d.opt.MemoryLimit, d.nextPath()+".tmp")
	return err
}

// threads gives the number of DuckDB's threads for a lake.
func threads(want int, commits []commit) int {
	const small = 64 << 20 // bytes of Parquet
	var size int64
	for _, c := range commits {
		for _, f := range c.Files {
			size += f.Bytes
		}
	}
	if want == 0 && size < small {
		return 1
	}
	return want
}

// start attaches what is published, or begins from nothing where that cannot be gone on with.
func (d *Draft) start(ctx context.Context) error {
	var err error
	if d.base, err = d.lookAtPublished(ctx); err != nil {
		return err
	}
	d.fresh = d.base.missing(d.commits)
	if d.base.usable {
		return nil
	}
	return d.startEmpty(ctx)
}

// startOver begins again from the lake, after DuckDB found blocks of the copied file damaged, and loads everything.
func (d *Draft) startOver(ctx context.Context, why error) (LoadStats, error) {
	if err := d.stop(); err != nil {
		d.log.Debug("close a damaged file", "err", err) // DuckDB may refuse even that
	}
	d.comments = commenter{}
	if err := errors.Join(d.sweep(), d.moveAside(why), d.startEngine()); err != nil {
		return LoadStats{}, err
	}
	d.base = base{}
	d.fresh = d.base.missing(d.commits)
	if err := d.startEmpty(ctx); err != nil {
		return LoadStats{}, err
	}
	return d.load(ctx)
}

// nextPath is where the draft is made.
func (d *Draft) nextPath() string { return filepath.Join(filepath.Dir(d.opt.Path), "next.duckdb") }

// sweep removes what an earlier draft left behind.
func (d *Draft) sweep() error {
	dir, base := filepath.Split(d.nextPath())
	entries, err := os.ReadDir(filepath.Clean(dir)) // no pattern: the folder's own name may look like one
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), base) {
			continue
		}
		name := filepath.Join(dir, e.Name())
		d.log.Debug("remove what an unfinished run left", "file", name)
		if err := os.RemoveAll(name); err != nil {
			return err
		}
	}
	return nil
}

// Notes says, in sentences, what a person should be told of how the draft began; none when all was in order.
func (d *Draft) Notes() []string { return d.notes }

// note tells it to the log and keeps it for Notes.
func (d *Draft) note(sentence string) {
	d.log.Warn(sentence)
	d.notes = append(d.notes, sentence)
}

// QueryContext runs a query on the draft, or on the published file while the draft equals it. It satisfies
// [analysis.Querier].
func (d *Draft) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := d.engine.db.QueryContext(ctx, query, args...)
	return rows, explain(err)
}

var _ analysis.Querier = (*Draft)(nil)

// writable makes next.duckdb from the published file unless that is done already.
func (d *Draft) writable(ctx context.Context) error {
	d.checked = nil
	if d.w != nil {
		return nil
	}
	if err := d.engine.detach(ctx); err != nil {
		return err
	}
	if err := copyFile(d.nextPath(), d.opt.Path); err != nil {
		return err
	}
	return d.openNext(ctx)
}

// startEmpty begins next.duckdb with empty tables.
func (d *Draft) startEmpty(ctx context.Context) error {
	if err := d.openNext(ctx); err != nil {
		return err
	}
	return d.createTables(ctx)
}

func (d *Draft) openNext(ctx context.Context) (err error) {
	if err := d.engine.attach(ctx, d.nextPath(), false); err != nil {
		return fmt.Errorf("make %s: %w", d.nextPath(), err)
	}
	if d.w, err = d.engine.db.Conn(ctx); err != nil {
		return err
	}
	d.known, err = readColumns(ctx, d.w)
	return err
}

// Discard ends the draft and removes next.duckdb unless it was published. It may be called more than once.
func (d *Draft) Discard() error {
	if d.ended {
		return nil
	}
	d.ended = true
	return d.stop()
}

// stop closes DuckDB and removes next.duckdb.
func (d *Draft) stop() error {
	errs := []error{d.comments.wait()}
	if d.w != nil {
		errs = append(errs, d.w.Close())
		d.w = nil
	}
	d.uncommented = nil
	return errors.Join(append(errs, d.engine.close(), d.sweep())...)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// wrap prefixes *err, where there is one, with the operation and with what to do about it.
func wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf(format+": %w", append(args, explain(*err))...)
	}
}
