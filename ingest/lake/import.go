package lake

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/internal/durable"
)

// ImportSource is the source of the rows that imported data sets bring.
const ImportSource = "import"

// An Import is an imported data set, as the manifest of its commit keeps it: the ledger of imports.
type Import struct {
	ID       string          `json:"id"` // first sixteen digits of the sha256 of its files' sha256, in order
	Platform ingest.Platform `json:"platform"`
	Format   string          `json:"format"` // such as twitter_rv
	Files    []ImportedFile  `json:"files"`
	At       time.Time       `json:"at"`

	Lines       int64 `json:"lines"`        // that stand for an edge, the rejected ones included
	Follows     int64 `json:"follows"`      // distinct edges kept
	Duplicates  int64 `json:"duplicates"`   // edges that another line had said already
	SelfFollows int64 `json:"self_follows"` // edges of an account to itself, dropped
	Rejected    int64 `json:"rejected"`     // lines that could not be read
	Accounts    int64 `json:"accounts"`     // who is followed
	People      int64 `json:"people"`       // who follows
	NewPeople   int64 `json:"new_people"`   // follower numbers that this import gave
	NewAccounts int64 `json:"new_accounts"` // account numbers that this import gave
}

// An ImportedFile is a file as it was given.
type ImportedFile struct {
	Name   string `json:"name"` // as the command named it
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Imports lists what was imported, oldest first.
func (lk *Lake) Imports() []Import {
	var all []Import
	for _, m := range lk.manifests {
		if m.Import != nil {
			all = append(all, *m.Import)
		}
	}
	return all
}

// An Importer is an import under way: it holds the lake's lock, and nothing that it wrote counts before Commit. Its
// methods may be called by one goroutine at a time, those of its RunWriters by one each.
type Importer struct {
	lk       *Lake
	lock     *durable.Lock
	platform ingest.Platform
	at       place
	m        manifest
	b        *batch

	mu      sync.Mutex
	follows map[int]File // by the number of the writer, so that the manifest does not depend on who ends first
	next    int
}

// BeginImport begins to import a data set about a platform. End it with Commit or Abort.
func (lk *Lake) BeginImport(platform ingest.Platform, at time.Time) (*Importer, error) {
	if !platform.Valid() || platform == ingest.AnyPlatform {
		return nil, fmt.Errorf("import: platform %q, want a short name such as twitter: lower-case letters, digits and underscores", platform)
	}
	if err := lk.fs.MkdirAll(lk.path(commitsDir)); err != nil {
		return nil, err
	}
	lock, err := durable.Acquire(lk.path("_lock"))
	if err != nil {
		return nil, err
	}
	if err = lk.load(); err == nil {
		err = lk.sweep()
	}
	if err == nil && len(lk.kept) > 0 {
		err = errors.New("a rebuild of this lake was interrupted; run \"overtake rebuild\" first")
	}
	if err == nil {
		err = lk.loadNumbers(context.Background())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("import: %w", err), lock.Release())
	}
	return &Importer{
		lk: lk, lock: lock, platform: platform, m: lk.next(lk.journalID(), lk.Upto()), b: newBatch(lk),
		at: place{source: ImportSource, ingestedAt: at.UTC()}, follows: map[int]File{},
	}, nil
}

// Abort gives up: what was written is removed, now or by the next writer.
func (im *Importer) Abort() error {
	im.lk.numbers = nil
	return errors.Join(im.lk.sweep(), im.lock.Release())
}

// Named says under which name the rows that follow came: the data set's id and a file of it.
func (im *Importer) Named(id, document string) {
	im.at.document, im.at.page = document, ImportSource+"/"+id
}

// Number gives the number of an account, new or not.
func (im *Importer) Number(id string) (uint32, error) {
	at := im.at
	err := im.b.numbered(im.platform, id, &at)
	return at.accountNo, errors.Join(err, im.overflow())
}

// List adds what became of the list of an account.
func (im *Importer) List(account uint32, r ingest.ListReading) error {
	at := im.at
	at.accountNo = account
	put(im.b, listsSet, im.platform, &r, &at)
	return im.overflow()
}

// Reject puts a line to quarantine.
func (im *Importer) Reject(r ingest.Reject) error {
	at := im.at
	if im.lk.forgotten.mentioned(im.platform, r.Text) {
		return nil
	}
	r.Text, r.Reason = legible(r.Text), legible(r.Reason)
	put(im.b, quarantineSet, im.platform, &r, &at)
	return im.overflow()
}

// File says that a file was read.
func (im *Importer) File(f ImportedFile, format string, took time.Duration) {
	at := im.at
	a := attempt{page: ingest.Page{Source: ImportSource, Decoder: ImportSource + "/" + format, Document: f.Name,
		Platform: im.platform, FetchedAt: im.at.ingestedAt, Took: took}, bytes: f.Bytes}
	put(im.b, attemptsSet, im.platform, &a, &at)
}

// importRows is how many rows of accounts and lists stand in memory at once.
const importRows = 200_000

// overflow writes the rows when they are many.
func (im *Importer) overflow() error {
	if im.b.size < importRows {
		return nil
	}
	return im.flushRows(context.Background())
}

func (im *Importer) flushRows(ctx context.Context) error {
	files, err := im.lk.writeParts(ctx, im.b.parts)
	im.m.Files = append(im.m.Files, files...)
	im.b.parts, im.b.size = map[partKey]encoder{}, 0
	return err
}

// NoFollower is the number of people who are forgotten: their follows are to be left out. It is larger than all others.
const NoFollower = noFollower

// NumberPeople gives the follower numbers of people with numeric ids, which come ascending and distinct, in their order.
func (im *Importer) NumberPeople(ctx context.Context, ids iter.Seq[uint64], give func(no uint32)) error {
	return numberAll(ctx, im, "number", ids, (*peopleReader).number, (*freshPeople).number, give)
}

// NumberTexts does the same for ids that are no numbers.
func (im *Importer) NumberTexts(ctx context.Context, ids iter.Seq[string], give func(no uint32)) error {
	return numberAll(ctx, im, "text", ids, (*peopleReader).text, (*freshPeople).text, give)
}

func numberAll[T uint64 | string](ctx context.Context, im *Importer, kind string, ids iter.Seq[T],
	of func(*peopleReader) T, write func(*freshPeople, uint32, T) error, give func(no uint32)) (err error) {
	hidden := func(id T) bool { return im.lk.forgotten.find(im.platform, fmt.Sprint(id)) != nil }
	if len(im.lk.forgotten.by) == 0 {
		hidden = func(T) bool { return false }
	}
	known, err := openKnown(im.lk, im.lk.peopleFiles(im.platform, kind), of)
	if err != nil {
		return err
	}
	defer known.close()
	if im.m.PeopleGiven == nil {
		im.m.PeopleGiven = map[ingest.Platform]int64{}
	}
	given := im.m.PeopleGiven[im.platform]
	files, err := im.lk.writePeople(im.platform, func(numbers, texts *freshPeople) error {
		to := numbers
		if kind == "text" {
			to = texts
		}
		n := 0
		for id := range ids {
			if n++; n%(1<<20) == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if hidden(id) {
				give(noFollower)
				continue
			}
			no, ok, err := known.find(id)
			if err != nil {
				return err
			}
			if !ok {
				if given == maxPeople {
					return fmt.Errorf("platform %s has more than %d followers", im.platform, int64(maxPeople))
				}
				no = uint32(given)
				given++
				if err := write(to, no, id); err != nil {
					return err
				}
			}
			give(no)
		}
		return nil
	})
	im.m.People = append(im.m.People, files...)
	im.m.PeopleGiven[im.platform] = given
	return err
}

// PeopleGiven is how many follower numbers the platform has given, this import included.
func (im *Importer) PeopleGiven() int64 { return im.m.PeopleGiven[im.platform] }

// A RunWriter writes one file of follows of an import.
type RunWriter struct {
	im *Importer
	n  int
	w  *runWriter
}

// CreateRuns begins a file of follows. Files are listed in the order of their creation.
func (im *Importer) CreateRuns() (*RunWriter, error) {
	im.mu.Lock()
	defer im.mu.Unlock()
	w, err := im.lk.newRunWriter()
	if err != nil {
		return nil, err
	}
	im.next++
	return &RunWriter{im: im, n: im.next, w: w}, nil
}

// Add appends the followers of one list, ascending and distinct. Accounts come ascending.
func (r *RunWriter) Add(account uint32, list, nativeID string, followers []uint32) error {
	return r.w.add(account, list, nativeID, followers)
}

// Close ends the file, which counts once the import is committed.
func (r *RunWriter) Close() error {
	k := partKey{Follows.Name, r.im.platform, r.im.at.ingestedAt.Format(time.DateOnly)}
	f, err := r.w.finish(k.dir())
	if err != nil {
		return err
	}
	r.im.mu.Lock()
	defer r.im.mu.Unlock()
	r.im.follows[r.n] = f
	return nil
}

// Discard removes the file after an error.
func (r *RunWriter) Discard() { _ = r.w.discard(nil) }

// given is how many numbers the import gave.
func (im *Importer) given() (people, accounts int64) {
	before := im.lk.next("", 0)
	people = im.m.PeopleGiven[im.platform] - before.PeopleGiven[im.platform]
	if n := im.lk.numbers[im.platform]; n != nil {
		accounts = int64(len(n.of)) - int64(before.Accounts[im.platform])
	}
	return people, accounts
}

// Describe fills in what only the lake knows.
func (im *Importer) Describe(what *Import) { what.NewPeople, what.NewAccounts = im.given() }

// Commit makes the import count: all of it appears at once.
func (im *Importer) Commit(ctx context.Context, what Import) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("import: %w", err), im.Abort())
		}
	}()
	if err := im.flushRows(ctx); err != nil {
		return err
	}
	if im.m.Numbers, err = im.lk.writeParts(ctx, im.b.numberParts()); err != nil {
		return err
	}
	for platform, n := range im.lk.numbers {
		im.m.Accounts[platform] = uint32(len(n.of))
	}
	for _, n := range slices.Sorted(maps.Keys(im.follows)) {
		im.m.Follows = append(im.m.Follows, im.follows[n])
	}
	what.NewPeople, what.NewAccounts = im.given()
	im.m.Import = &what
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := im.lk.publish(im.m.all()); err != nil {
		return err
	}
	if err := im.lk.step("manifest"); err != nil {
		return err
	}
	if err := writeManifest(im.lk.fs, im.lk.dir, &im.m); err != nil {
		return err
	}
	im.lk.manifests = append(im.lk.manifests, im.m)
	for _, n := range im.lk.numbers {
		n.fresh = nil
	}
	return im.lock.Release()
}

// KnownSize reports whether a file of that many bytes was imported to the platform, so that its sum is worth knowing.
func (im *Importer) KnownSize(bytes int64) bool {
	return im.known(func(f ImportedFile) bool { return f.Bytes == bytes })
}

// Known reports whether a file was imported to the platform.
func (im *Importer) Known(sha256 string) bool {
	return im.known(func(f ImportedFile) bool { return f.SHA256 == sha256 })
}

func (im *Importer) known(is func(ImportedFile) bool) bool {
	for _, what := range im.lk.Imports() {
		if what.Platform == im.platform && slices.ContainsFunc(what.Files, is) {
			return true
		}
	}
	return false
}
