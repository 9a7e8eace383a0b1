package follows

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/ingest/lake"
)

// A reader reads all inputs into the store.
type reader struct {
	Options
	format   Format
	store    *store
	accounts *dictionary
	others   *dictionary // followers that the bitmap cannot hold
	narrow   *bitmap
	workers  []*worker
	files    []lake.ImportedFile
	known    []string

	names   []string
	sizes   int64 // of all inputs; -1 where nobody knows
	done    atomic.Int64
	planned bool
	lakeDir string
}

func newReader(o Options, f Format) (*reader, error) {
	narrow, err := newBitmap()
	if err != nil {
		return nil, err
	}
	return &reader{
		Options: o, format: f,
		store:    newStore(storeMemory(o.Memory), o.Temp),
		accounts: newDictionary("accounts", o.Memory/8),
		others:   newDictionary("followers whose ids are not below 2^32", o.Memory/4),
		narrow:   narrow,
	}, nil
}

// storeMemory is the share of the buckets: half of what the bitmap may leave. The other half is for sorting, dictionaries,
// and what the collector of garbage has not found yet.
func storeMemory(memory int64) int64 { return max(memory/4, (memory-640<<20)/2) }

func (r *reader) close() {
	r.store.close()
	r.narrow.close()
}

// read reads the inputs in order, each by all workers.
func (r *reader) read(ctx context.Context, inputs []Input) error {
	for range r.Threads {
		r.workers = append(r.workers, newWorker(r))
	}
	for _, in := range inputs {
		if in.Size < 0 || r.sizes < 0 {
			r.sizes = -1
			continue
		}
		r.sizes += in.Size
	}
	for i, in := range inputs {
		if err := r.one(ctx, i, in); err != nil {
			return err
		}
	}
	for _, w := range r.workers {
		w.flush()
	}
	return r.store.settle()
}

func (r *reader) one(ctx context.Context, file int, in Input) error {
	if r.format.Name == "parquet" {
		return r.parquet(ctx, file, in)
	}
	src, err := openInput(in)
	if err != nil {
		return err
	}
	defer src.close()
	r.names = append(r.names, baseName(in.Name))
	g, ctx := errgroup.WithContext(ctx)
	chunks := make(chan chunk, len(r.workers))
	free := make(chan []byte, 3*len(r.workers))
	g.Go(func() error {
		defer close(chunks)
		room := func() []byte {
			select {
			case b := <-free:
				return b
			default:
				return nil
			}
		}
		before := int64(0)
		var l *layout
		var bad error
		err := src.chunks(file, room, func(c chunk) bool {
			if l == nil {
				skip := 0
				if l, skip, bad = r.begin(src, c); bad != nil {
					return false
				}
				c.text, c.base = c.text[skip:], c.base+int64(skip)
			}
			c.layout = l
			r.done.Add(src.bytes - before)
			before = src.bytes
			r.say()
			select {
			case chunks <- c:
				return true
			case <-ctx.Done():
				return false
			}
		})
		if bad != nil {
			return fmt.Errorf("%s: %w", in.Name, bad)
		}
		return err
	})
	for _, w := range r.workers {
		g.Go(func() error {
			for c := range chunks {
				if err := w.chunk(c); err != nil {
					return fmt.Errorf("%s: %w", in.Name, err)
				}
				select {
				case free <- c.text:
				default:
				}
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	r.files = append(r.files, lake.ImportedFile{Name: baseName(in.Name), Bytes: src.bytes, SHA256: src.digest()})
	return nil
}

// begin looks at the first lines of an input: what they say about the others, and whether there is room for what comes.
func (r *reader) begin(src *reading, c chunk) (*layout, int, error) {
	l, skip, err := r.format.start(c.text)
	if err == nil && !r.planned {
		r.planned = true
		err = r.plan(src, c)
	}
	return l, skip, err
}

// say tells how far the reading is.
func (r *reader) say() {
	if r.Progress == nil {
		return
	}
	p := Progress{Stage: "read", Done: -1}
	if r.sizes > 0 {
		p.Done = float64(r.done.Load()) / float64(r.sizes)
	}
	r.Progress(p)
}

// A reject is a line that could not be read.
type reject struct {
	file   int
	offset int64
	text   string
	reason string
}

// keepRejects is how many lines each worker keeps word for word; the others are counted.
const keepRejects = 5000

// A worker parses chunks. It is the parser's sink.
type worker struct {
	r        *reader
	file     int
	cache    []cached // of accounts, by hash
	open     [kinds][ownMax + shared]block
	lines    int64
	self     int64
	rejected int64
	rejects  []reject
	largest  uint32 // narrow id
	err      error
}

// A cached account spares the look into the shared dictionary.
type cached struct {
	id    uint64
	place uint32
	used  bool
}

const cacheLen = 1 << 14

func newWorker(r *reader) *worker { return &worker{r: r, cache: make([]cached, cacheLen)} }

func (w *worker) chunk(c chunk) error {
	w.file = c.file
	if err := c.layout.parse(c.text, c.base, w); err != nil {
		return err
	}
	return w.err
}

// edge implements sink.
func (w *worker) edge(account, follower uint64) {
	w.lines++
	if account == follower {
		w.self++
		return
	}
	c := &w.cache[mix(account)%cacheLen]
	if c.id != account || !c.used {
		place, err := w.r.accounts.number(account)
		if err != nil {
			w.err = err
			return
		}
		*c = cached{account, place, true}
	}
	if follower >= narrow {
		place, err := w.r.others.number(follower)
		if err != nil {
			w.err = err
			return
		}
		w.put(listed, c.place, place)
		return
	}
	f := uint32(follower)
	w.r.narrow.set(f)
	w.largest = max(w.largest, f)
	w.put(asIs, c.place, f)
}

// textEdge implements sink.
func (w *worker) textEdge(account, follower []byte) {
	w.lines++
	if bytes.Equal(account, follower) {
		w.self++
		return
	}
	a, err := w.place(w.r.accounts, account)
	if err != nil {
		w.err = err
		return
	}
	if n, problem := number(follower); problem == "" && n < narrow {
		w.r.narrow.set(uint32(n))
		w.largest = max(w.largest, uint32(n))
		w.put(asIs, a, uint32(n))
		return
	}
	f, err := w.place(w.r.others, follower)
	if err != nil {
		w.err = err
		return
	}
	w.put(listed, a, f)
}

// place finds an id that may be a number or a text.
func (w *worker) place(d *dictionary, id []byte) (uint32, error) {
	if n, problem := number(id); problem == "" {
		return d.number(n)
	}
	return d.text(id)
}

// reject implements sink.
func (w *worker) reject(offset int64, line []byte, reason string) {
	w.lines++
	w.rejected++
	if len(w.rejects) < keepRejects {
		w.rejects = append(w.rejects, reject{w.file, offset, string(line[:min(len(line), 1000)]), reason})
	}
}

// put adds an edge to its bucket.
func (w *worker) put(k kind, account, follower uint32) {
	at, need := int(account), 1
	if at >= ownMax {
		at, need = ownMax+int(mix(uint64(account))%shared), 2
	}
	b := w.open[k][at]
	if len(b)+need > cap(b) {
		if b != nil {
			w.r.store.put(k, at, b)
		}
		var err error
		if b, err = w.r.store.get(); err != nil {
			w.err = err
			b = nil // the import has failed; the edge goes nowhere
			w.open[k][at] = make(block, 0, 2)
			return
		}
	}
	if need == 2 {
		b = append(b, account)
	}
	w.open[k][at] = append(b, follower)
}

// flush puts the blocks that are not full.
func (w *worker) flush() {
	for k := range w.open {
		for i, b := range w.open[k] {
			if len(b) > 0 {
				w.r.store.put(kind(k), i, b)
			}
			w.open[k][i] = nil
		}
	}
}

var _ sink = (*worker)(nil)
