package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// manifestFormat marks a folder as one of our reports. Its number rises when the layout changes.
const manifestFormat = "overtake-report/1"

// manifestName is the one file of a report that differs between two runs over the same data.
const manifestName = "manifest.json"

// A Manifest says what a report was made from and what it consists of. ReportHash covers every file's name and sha256:
// the same warehouse and the same program give the same hash. Times of the run stand here and nowhere else.
type Manifest struct {
	Format     string `json:"format"`
	ReportHash string `json:"report_hash"`
	Inputs     Inputs `json:"inputs"`
	Files      []File `json:"files"`
	Run        Run    `json:"run"`
}

// Inputs are what the report depends on.
type Inputs struct {
	DataHash string           `json:"data_sha256"` // of all tables that the report reads, row by row
	AsOf     string           `json:"as_of"`       // last day of publications, 2006-01-02
	Version  string           `json:"code_version"`
	Engine   string           `json:"engine"` // database that answered, with its version
	Rows     map[string]int64 `json:"rows"`   // of each table that the report reads
	Lang     string           `json:"lang"`
	Scope    *Scope           `json:"scope,omitempty"`    // nil: everything
	Sections []string         `json:"sections,omitempty"` // none: all of them
}

// A File is one file of the report; Path is relative to its folder, with slashes.
type File struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Run is what differs from run to run.
type Run struct {
	Generated string  `json:"generated,omitempty"` // RFC 3339, UTC
	TookMS    float64 `json:"took_ms"`
}

// listFiles describes files for a manifest, sorted by path, and hashes the list.
func listFiles(files map[string][]byte) (list []File, reportHash string) {
	for name, data := range files {
		sum := sha256.Sum256(data)
		list = append(list, File{Path: name, Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])})
	}
	slices.SortFunc(list, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return list, hashFiles(list)
}

func hashFiles(list []File) string {
	h := sha256.New()
	for _, f := range list {
		fmt.Fprintf(h, "%s  %s\n", f.SHA256, f.Path)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (m Manifest) encode() ([]byte, error) {
	data, err := json.MarshalIndent(m, "", "  ")
	return append(data, '\n'), err
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// ErrNotReport is wrapped when a folder carries no manifest of ours.
var ErrNotReport = errors.New("not a report of overtake")

// A VerifyError lists the files of a report that are not as its manifest says.
type VerifyError struct {
	Dir              string
	Missing, Changed []string
}

func (e *VerifyError) Error() string {
	var parts []string
	for _, p := range []struct {
		what  string
		files []string
	}{{"missing", e.Missing}, {"changed", e.Changed}} {
		if len(p.files) > 0 {
			parts = append(parts, p.what+": "+strings.Join(p.files, ", "))
		}
	}
	return fmt.Sprintf("verify report %s: %s", e.Dir, strings.Join(parts, "; "))
}

// Verify reads every file of the report in dir again and compares it with the manifest. It returns the manifest and
// nil, an error that wraps [ErrNotReport] where there is no manifest of ours, or a [*VerifyError]. Files that the
// manifest does not list (a reader's own notes) are none of its business.
func Verify(dir string) (Manifest, error) {
	m, err := readManifest(dir)
	if err != nil {
		return m, err
	}
	bad := &VerifyError{Dir: dir}
	if hashFiles(m.Files) != m.ReportHash {
		bad.Changed = append(bad.Changed, manifestName)
	}
	for _, f := range m.Files {
		switch sum, err := hashFile(dir, f.Path); {
		case errors.Is(err, fs.ErrNotExist):
			bad.Missing = append(bad.Missing, f.Path)
		case err != nil:
			return m, fmt.Errorf("verify report %s: %w", dir, err)
		case sum != f.SHA256:
			bad.Changed = append(bad.Changed, f.Path)
		}
	}
	if len(bad.Missing)+len(bad.Changed) > 0 {
		return m, bad
	}
	return m, nil
}

func readManifest(dir string) (Manifest, error) {
	var m Manifest
	data, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s: %w: it has no %s", dir, ErrNotReport, manifestName)
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(data, &m); err != nil || !strings.HasPrefix(m.Format, "overtake-report/") {
		return m, fmt.Errorf("%s: %w: %s has another format", dir, ErrNotReport, manifestName)
	}
	return m, nil
}

// hashFile gives the sha256 of a file of the report; a path that leaves the folder is refused by os.Root.
func hashFile(dir, name string) (string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	f, err := root.Open(filepath.FromSlash(path.Clean(name)))
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
