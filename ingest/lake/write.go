package lake

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/internal/durable"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

// Stats count what Write added.
type Stats struct {
	Commits  int
	Pages    int              // journal records read
	BadPages int              // of them, those without rows: the answer had failed, or could not be decoded
	Rejects  int              // rows that went to quarantine
	Rows     map[string]int64 // by dataset
	Files    int
	Bytes    int64
}

const tempDir = "_tmp"

// Write appends what the journal holds beyond the last commit. Each commit appears whole or not at all, and after an
// interruption the next Write goes on behind the last one. A page that cannot be decoded is counted and put to
// quarantine; a page whose decoder is not in decoders is an error, as its rows would be lost for good.
func (lk *Lake) Write(ctx context.Context, j *journal.Journal, decoders map[string]ingest.Decoder) (stats Stats, err error) {
	stats.Rows = map[string]int64{}
	defer func() {
		if err != nil {
			lk.numbers = nil // some may have been given to rows that were not committed
			err = fmt.Errorf("write lake: %w", err)
		}
	}()
	if id := lk.journalID(); id != "" && id != j.ID() {
		return stats, fmt.Errorf("lake %s was made from another journal than %s; run \"overtake rebuild\"", lk.dir, j.Dir())
	}
	if j.Last() == lk.Upto() && len(lk.kept) == 0 {
		return stats, ctx.Err()
	}
	if err := lk.fs.MkdirAll(lk.path(commitsDir)); err != nil {
		return stats, err
	}
	lock, err := durable.Acquire(lk.path("_lock"))
	if err != nil {
		return stats, err
	}
	defer lock.Release()
	if err := lk.load(); err != nil { // another process may have written since Open
		return stats, err
	}
	if err := lk.sweep(); err != nil {
		return stats, err
	}
	b := newBatch(lk)
	for p, err := range lk.decode(ctx, j, decoders) {
		if err != nil {
			return stats, err
		}
		if len(lk.kept) > 0 && lk.kept[0].Journal.Upto < p.rec.ID { // an import stood before this record
			if b.stats.Pages > 0 {
				if err := lk.commit(ctx, j.ID(), b, &stats); err != nil {
					return stats, err
				}
				b = newBatch(lk)
			}
			if err := lk.takeOver(ctx, j.ID(), p.rec.ID-1, false); err != nil {
				return stats, err
			}
		}
		if err := b.add(p.rec, p.rows, p.err); err != nil {
			return stats, err
		}
		if b.size >= lk.options.CommitRows {
			if err := lk.commit(ctx, j.ID(), b, &stats); err != nil {
				return stats, err
			}
			b = newBatch(lk)
		}
	}
	if b.stats.Pages > 0 {
		if err := lk.commit(ctx, j.ID(), b, &stats); err != nil {
			return stats, err
		}
	}
	return stats, lk.takeOver(ctx, j.ID(), lk.Upto(), true)
}

// commit writes the batch's files and then the manifest that makes them count.
func (lk *Lake) commit(ctx context.Context, journalID string, b *batch, stats *Stats) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m := lk.next(journalID, b.upto)
	var err error
	if m.Files, err = lk.writeParts(ctx, b.parts); err != nil {
		return err
	}
	if m.Numbers, err = lk.writeParts(ctx, b.numberParts()); err != nil {
		return err
	}
	for platform, n := range lk.numbers {
		m.Accounts[platform] = uint32(len(n.of))
	}
	if err := b.writeFollows(ctx, &m); err != nil {
		return err
	}
	if err := lk.publish(m.all()); err != nil {
		return err
	}
	if err := lk.step("manifest"); err != nil {
		return err
	}
	if err := writeManifest(lk.fs, lk.dir, &m); err != nil {
		return err
	}
	if err := lk.step("done"); err != nil {
		return err
	}
	lk.manifests = append(lk.manifests, m)
	for _, n := range lk.numbers {
		n.fresh = nil
	}
	stats.count(b, m)
	lk.options.Log.Debug("lake: committed", "commit", m.Commit, "files", len(m.Files), "upto", uint64(m.Journal.Upto))
	return nil
}

func (s *Stats) count(b *batch, m manifest) {
	s.Commits++
	s.Pages += b.stats.Pages
	s.BadPages += b.stats.BadPages
	s.Rejects += b.stats.Rejects
	for dataset, n := range b.rows {
		s.Rows[dataset] += n
	}
	for _, f := range m.Files {
		s.Files++
		s.Bytes += f.Bytes
	}
}

// writeParts encodes the parts and writes each under a temporary name, synced. Nothing but empty folders shows in the
// lake yet.
func (lk *Lake) writeParts(ctx context.Context, parts map[partKey]encoder) ([]File, error) {
	if err := lk.step("parts"); err != nil {
		return nil, err
	}
	keys := slices.SortedFunc(maps.Keys(parts), func(a, b partKey) int {
		return cmp.Or(cmp.Compare(a.dataset, b.dataset), cmp.Compare(a.platform, b.platform), cmp.Compare(a.day, b.day))
	})
	if err := lk.fs.MkdirAll(lk.path(tempDir)); err != nil {
		return nil, err
	}
	files := make([]File, len(keys))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4 * lk.workers()) // most of the time waits for the disk
	for i, k := range keys {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			data, rows, err := parts[k].encode()
			if err != nil {
				return err
			}
			sum := sha256.Sum256(data)
			name := hex.EncodeToString(sum[:])
			path := fmt.Sprintf("%s/part-%s.parquet", k.dir(), name[:16])
			files[i] = File{Dataset: k.dataset, Path: path, Rows: rows, Bytes: int64(len(data)), SHA256: name}
			if err := lk.fs.MkdirAll(lk.path(k.dir())); err != nil {
				return err
			}
			return durable.WriteTemp(lk.fs, lk.path(tempDir+"/"+name), data)
		})
	}
	return files, g.Wait()
}

// publish moves the files into place and makes their names durable, new folders included.
func (lk *Lake) publish(files []File) error {
	if err := lk.step("rename"); err != nil {
		return err
	}
	dirs := map[string]bool{lk.dir: true}
	for _, f := range files {
		path := lk.path(f.Path)
		for dir := filepath.Dir(path); len(dir) > len(lk.dir) && !dirs[dir]; dir = filepath.Dir(dir) {
			dirs[dir] = true
		}
		if err := lk.fs.Rename(lk.path(tempDir+"/"+f.SHA256), path); err != nil {
			return err
		}
	}
	if err := lk.step("folders"); err != nil {
		return err
	}
	var g errgroup.Group
	g.SetLimit(8)
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		g.Go(func() error { return lk.fs.SyncDir(dir) })
	}
	return g.Wait()
}

// sweep removes what an interrupted Write left: temporary files, and files that no manifest lists.
func (lk *Lake) sweep() error {
	listed := map[string]bool{}
	for _, m := range slices.Concat(lk.manifests, lk.kept) {
		for _, f := range m.all() {
			listed[lk.path(f.Path)] = true
		}
	}
	return filepath.WalkDir(lk.dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(lk.dir, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		temp := strings.HasPrefix(rel, tempDir+"/") || (strings.HasPrefix(rel, commitsDir+"/") || strings.HasPrefix(rel, keptDir+"/")) && strings.HasSuffix(rel, ".tmp")
		part := strings.HasSuffix(rel, ".parquet") && strings.Contains(rel, "/platform=") && !listed[path]
		if !temp && !part {
			return nil
		}
		lk.options.Log.Info("lake: swept what an interrupted run left", "file", rel)
		return lk.fs.Remove(path)
	})
}

func (lk *Lake) workers() int {
	if lk.options.Workers > 0 {
		return lk.options.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// prove reads a file front to back and compares it with its manifest.
func (lk *Lake) prove(f File) error {
	path := lk.path(f.Path)
	r, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &FileError{Path: path, Reason: "it is not there"}
	}
	if err != nil {
		return err
	}
	defer r.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, r)
	switch {
	case err != nil:
		return err
	case n != f.Bytes:
		return &FileError{Path: path, Reason: fmt.Sprintf("%d bytes, want %d", n, f.Bytes)}
	case hex.EncodeToString(sum.Sum(nil)) != f.SHA256:
		return &FileError{Path: path, Reason: "it does not match its sha256"}
	}
	return nil
}

// readFile reads a file of the lake and proves that it is the one that was written.
func (lk *Lake) readFile(f File) ([]byte, error) {
	path := lk.path(f.Path)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &FileError{Path: path, Reason: "it is not there"}
	}
	if err != nil {
		return nil, err
	}
	if int64(len(data)) != f.Bytes {
		return nil, &FileError{Path: path, Reason: fmt.Sprintf("%d bytes, want %d", len(data), f.Bytes)}
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, &FileError{Path: path, Reason: "it does not match its sha256"}
	}
	return data, nil
}
