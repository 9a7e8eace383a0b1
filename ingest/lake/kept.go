package lake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/internal/durable"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

// Imports are not in the journal, which would hold billions of edges twice. So when a lake is made again from the journal,
// their commits and files stay: Reset moves their manifests from _commits to _kept, and Write appends each of them where it
// stood, between the same two journal records. All account and follower numbers come out as they were.

const keptDir = "_kept"

// A ResetReport is what Reset left.
type ResetReport struct {
	Kept []Import // imports that the next Write takes over
	Lost []string // those whose files are damaged or gone, and what to do
}

// Reset deletes the lake in dir, whatever state it is in, but for the imports, which are proved by their sha256. The next
// Write makes it again from the journal.
func Reset(ctx context.Context, dir string) (rep ResetReport, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("reset lake: %w", err)
		}
	}()
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return rep, nil
	}
	fsys := durable.OS{}
	lock, err := durable.Acquire(filepath.Join(dir, "_lock"))
	if err != nil {
		return rep, err
	}
	defer lock.Release()
	keep, err := loneImports(dir)
	if err != nil {
		return rep, err
	}
	lk := &Lake{dir: dir, fs: fsys, proved: map[string]bool{}}
	for _, m := range keep {
		if err := lk.proveAll(ctx, m); err != nil {
			var damaged *FileError
			if !errors.As(err, &damaged) {
				return rep, err
			}
			rep.Lost = append(rep.Lost, fmt.Sprintf("%s of %s: %s %s; import it again", m.Import.names(), m.Import.Platform, damaged.Path, damaged.Reason))
			continue
		}
		if err := lk.keep(m); err != nil {
			return rep, err
		}
		rep.Kept = append(rep.Kept, *m.Import)
	}
	// The manifests go before the files: a lake without them is empty, whatever else still lies there.
	if err := removeTree(fsys, lk.path(commitsDir)); err != nil {
		return rep, err
	}
	lk.manifests = nil
	if lk.kept, err = readKept(dir, nil); err != nil {
		return rep, err
	}
	lk.options.Log = discardLog
	return rep, lk.sweep()
}

func (i *Import) names() string {
	var names []string
	for _, f := range i.Files {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// loneImports reads the manifests of imports one by one, as the chain that they stood in may be broken.
func loneImports(dir string) (imports []manifest, err error) {
	seen := map[string]bool{}
	var all []manifest // in _commits with what replaces their files
	for _, folder := range []string{commitsDir, keptDir} {
		entries, err := os.ReadDir(filepath.Join(dir, folder))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			m, err := readManifest(filepath.Join(dir, folder, e.Name()))
			if err != nil { // what cannot be read is no import any more
				continue
			}
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b manifest) int { return a.Commit - b.Commit })
	replaceAll(all)
	for _, m := range all {
		if m.Import != nil && !seen[m.key()] {
			seen[m.key()] = true
			imports = append(imports, m)
		}
	}
	return imports, nil
}

// key tells imports apart.
func (m manifest) key() string { return string(m.Import.Platform) + "-" + m.Import.ID }

func (lk *Lake) proveAll(ctx context.Context, m manifest) error {
	for _, f := range m.all() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := lk.prove(f); err != nil {
			return err
		}
	}
	return nil
}

// keep writes the manifest to _kept.
func (lk *Lake) keep(m manifest) error {
	if err := lk.fs.MkdirAll(lk.path(keptDir)); err != nil {
		return err
	}
	var err error
	if m.Checksum, err = m.sum(); err != nil { // files of it may have been replaced since it was written
		return err
	}
	text, err := m.encode()
	if err != nil {
		return err
	}
	return durable.WriteFile(lk.fs, lk.path(keptDir+"/"+m.key()+".json"), text)
}

// readKept reads the imports that wait to be taken over, oldest first. Those that the lake holds already were taken over
// by a Write that did not come to remove them.
func readKept(dir string, manifests []manifest) (all []manifest, err error) {
	entries, err := os.ReadDir(filepath.Join(dir, keptDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".json" {
			continue
		}
		m, err := readManifest(filepath.Join(dir, keptDir, e.Name()))
		if err != nil {
			return nil, err
		}
		if m.Import == nil || slices.ContainsFunc(manifests, func(have manifest) bool { return have.Import != nil && have.key() == m.key() }) {
			continue
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b manifest) int { return a.Commit - b.Commit })
	return all, nil
}

// takeOver appends the kept imports that stood before the journal record after upto. all takes the others too.
func (lk *Lake) takeOver(ctx context.Context, journalID string, upto journal.Pos, all bool) error {
	for len(lk.kept) > 0 && (all || lk.kept[0].Journal.Upto <= upto) {
		old := lk.kept[0]
		m := lk.next(journalID, lk.Upto())
		m.Files, m.Numbers, m.Follows, m.People, m.Import = old.Files, old.Numbers, old.Follows, old.People, old.Import
		platform := old.Import.Platform
		m.Accounts[platform] += uint32(old.Import.NewAccounts)
		if m.PeopleGiven == nil {
			m.PeopleGiven = map[ingest.Platform]int64{}
		}
		m.PeopleGiven[platform] += old.Import.NewPeople
		if m.Accounts[platform] != old.Accounts[platform] || m.PeopleGiven[platform] != old.PeopleGiven[platform] {
			return fmt.Errorf("the import of %s has numbers up to account %d and person %d of %s, but the journal now leads to %d and %d: a decoder reads old pages differently; delete %s and import the files again",
				old.Import.names(), old.Accounts[platform], old.PeopleGiven[platform], platform, m.Accounts[platform], m.PeopleGiven[platform], lk.path(keptDir+"/"+old.key()+".json"))
		}
		if lk.numbers != nil {
			if err := lk.takeNumbers(ctx, m); err != nil {
				return err
			}
		}
		if err := writeManifest(lk.fs, lk.dir, &m); err != nil {
			return err
		}
		lk.manifests = append(lk.manifests, m)
		lk.kept = lk.kept[1:]
		if err := lk.fs.Remove(lk.path(keptDir + "/" + old.key() + ".json")); err != nil {
			return err
		}
	}
	return nil
}

// takeNumbers adds the account numbers of a commit to those in memory.
func (lk *Lake) takeNumbers(ctx context.Context, m manifest) error {
	for _, f := range m.Numbers {
		platform, err := platformOf(f.Path)
		if err != nil {
			return err
		}
		if lk.numbers[platform] == nil {
			lk.numbers[platform] = &numbers{of: map[string]uint32{}}
		}
		if err := lk.addNumbers(ctx, f, lk.numbers[platform]); err != nil {
			return err
		}
	}
	return nil
}

// WaitingImports are those that Reset kept and that no Write has taken over yet.
func (lk *Lake) WaitingImports() (all []Import) {
	for _, m := range lk.kept {
		all = append(all, *m.Import)
	}
	return all
}
