package lake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/internal/durable"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

const (
	commitsDir     = "_commits"
	manifestFormat = 2 // written where a commit needs it; else 1, which older programs read too
)

// A File is one Parquet file of the lake, as the manifest that made it appear lists it.
type File struct {
	Dataset string `json:"dataset"`
	Path    string `json:"path"` // relative to the lake, with slashes
	Rows    int64  `json:"rows"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"`
}

// A manifest is one commit: the files that appeared together and the journal records that they were read from.
type manifest struct {
	Format   int                        `json:"format"`
	Commit   int                        `json:"commit"`   // from 1
	Previous string                     `json:"previous"` // checksum of the manifest before it, "" in the first
	Journal  journalRange               `json:"journal"`
	Files    []File                     `json:"files"`
	Numbers  []File                     `json:"numbers"`  // the account numbers that this commit gave
	Accounts map[ingest.Platform]uint32 `json:"accounts"` // account numbers given so far

	// What belongs to follows, since format 2; absent where there is none.
	Follows     []File                    `json:"follows,omitempty"`
	People      []File                    `json:"people,omitempty"`       // the follower numbers that this commit gave
	PeopleGiven map[ingest.Platform]int64 `json:"people_given,omitempty"` // follower numbers given so far
	Import      *Import                   `json:"import,omitempty"`       // the imported data set that this commit is, if it is one

	// Replaced are files of earlier commits that this one changed, see Forget. Once read, they stand in their commits.
	Replaced []replacement `json:"replaced,omitempty"`

	Checksum string `json:"checksum"` // sha256 of the manifest as it is without this field's value
}

// A journalRange is the records After+1..Upto of the journal of that name.
type journalRange struct {
	ID    string      `json:"id"`
	After journal.Pos `json:"after"`
	Upto  journal.Pos `json:"upto"`
}

// sum is the checksum that the manifest should carry.
func (m manifest) sum() (string, error) {
	m.Checksum = ""
	text, err := json.Marshal(m)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

func manifestName(commit int) string { return fmt.Sprintf("%06d.json", commit) }

// readManifests reads and checks the manifests of the lake in dir, oldest first.
func readManifests(dir string) ([]manifest, error) {
	entries, err := os.ReadDir(filepath.Join(dir, commitsDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []manifest
	for _, e := range entries { // sorted by name, which is by number
		if !strings.HasSuffix(e.Name(), ".json") {
			continue
		}
		path := filepath.Join(dir, commitsDir, e.Name())
		m, err := readManifest(path)
		if err != nil {
			return nil, err
		}
		want := manifest{Commit: 1, Journal: journalRange{ID: m.Journal.ID}}
		if n := len(all); n > 0 {
			last := all[n-1]
			want = manifest{Commit: last.Commit + 1, Previous: last.Checksum, Journal: journalRange{ID: last.Journal.ID, After: last.Journal.Upto}}
			if want.Journal.ID == "" { // imports may come before the journal has its first record, and its name with it
				want.Journal.ID = m.Journal.ID
			}
		}
		if e.Name() != manifestName(want.Commit) || m.Commit != want.Commit || m.Previous != want.Previous ||
			m.Journal.ID != want.Journal.ID || m.Journal.After != want.Journal.After {
			return nil, &FileError{Path: path, Reason: fmt.Sprintf("it does not follow commit %d", want.Commit-1)}
		}
		all = append(all, m)
	}
	replaceAll(all)
	return all, nil
}

// replaceAll puts the files that later commits changed into the place of the old ones.
func replaceAll(all []manifest) {
	for i := range all {
		for _, r := range all[i].Replaced {
			for k := range all[:i] {
				for _, files := range []*[]File{&all[k].Files, &all[k].Follows, &all[k].People} {
					at := slices.IndexFunc(*files, func(f File) bool { return f.Path == r.Old })
					switch {
					case at < 0:
					case r.New.Path == "":
						*files = slices.Delete(*files, at, at+1)
					default:
						(*files)[at] = r.New
					}
				}
			}
		}
	}
}

func readManifest(path string) (manifest, error) {
	var m manifest
	text, err := os.ReadFile(path)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, &FileError{Path: path, Reason: err.Error()}
	}
	if m.Format > manifestFormat {
		return m, fmt.Errorf("lake manifest %s has format %d, this program reads up to %d; use a newer overtake", path, m.Format, manifestFormat)
	}
	sum, err := m.sum()
	if err != nil {
		return m, err
	}
	if sum != m.Checksum || !sameText(text, m) {
		return m, &FileError{Path: path, Reason: "it does not match its checksum"}
	}
	return m, nil
}

// sameText reports whether text is what writeManifest would write for m, so that also bytes that JSON does not mind,
// such as a changed key, are seen.
func sameText(text []byte, m manifest) bool {
	want, err := m.encode()
	return err == nil && string(text) == string(want)
}

func (m manifest) encode() ([]byte, error) {
	text, err := json.MarshalIndent(m, "", " ")
	return append(text, '\n'), err
}

// writeManifest makes the commit count: the file appears whole or not at all.
func writeManifest(fsys durable.FS, dir string, m *manifest) error {
	var err error
	if len(m.Follows)+len(m.People)+len(m.PeopleGiven)+len(m.Replaced) > 0 || m.Import != nil {
		m.Format = 2
	}
	if m.Checksum, err = m.sum(); err != nil {
		return err
	}
	text, err := m.encode()
	if err != nil {
		return err
	}
	return durable.WriteFile(fsys, filepath.Join(dir, commitsDir, manifestName(m.Commit)), text)
}

// all lists every file of the commit.
func (m manifest) all() []File { return slices.Concat(m.Files, m.Numbers, m.Follows, m.People) }

// next is the manifest that follows those of the lake, without files.
func (lk *Lake) next(journalID string, upto journal.Pos) manifest {
	m := manifest{Format: 1, Commit: 1, Journal: journalRange{ID: journalID, Upto: upto},
		Files: []File{}, Numbers: []File{}, Accounts: map[ingest.Platform]uint32{}}
	if n := len(lk.manifests); n > 0 {
		last := lk.manifests[n-1]
		m.Commit, m.Previous, m.Journal.After = last.Commit+1, last.Checksum, last.Journal.Upto
		m.Accounts = maps.Clone(last.Accounts)
		m.PeopleGiven = maps.Clone(last.PeopleGiven)
	}
	return m
}

// A FileError says that a file of the lake is not what was written. The journal holds everything that the lake does.
type FileError struct {
	Path   string
	Reason string
}

func (e *FileError) Error() string {
	return fmt.Sprintf("lake file %s is damaged: %s; run \"overtake rebuild\", which makes the lake again from the journal", e.Path, e.Reason)
}
