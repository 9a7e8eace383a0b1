package warehouse

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A commit is one manifest lake/_commits/NNNNNN.json: the files that appeared together.
type commit struct {
	Files []lakeFile `json:"files"`
	// Replaced are files of earlier commits that this one changed, to forget somebody. New.Path is "" where nothing is left.
	Replaced []struct {
		Old string   `json:"old"`
		New lakeFile `json:"new"`
	} `json:"replaced"`

	number int64
}

// A lakeFile is one Parquet file as its manifest lists it. Path is relative to the lake, with forward slashes.
type lakeFile struct {
	Dataset string `json:"dataset"`
	Path    string `json:"path"`
	Rows    int64  `json:"rows"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"`

	commit int64 // number of the manifest
}

// lakeCure is what to do about a lake that cannot be read. The journal is the truth, so nothing is lost.
const lakeCure = `run "overtake rebuild", which makes lake and warehouse again from the journal`

// readCommits reads all manifests, oldest first. A missing lake has none.
func readCommits(lake string) ([]commit, error) {
	dir := filepath.Join(lake, "_commits")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var commits []commit
	for _, e := range entries {
		number, isJSON := strings.CutSuffix(e.Name(), ".json")
		no, err := strconv.ParseInt(number, 10, 64)
		if !isJSON || err != nil {
			continue // a temporary file of a writer
		}
		c, err := readCommit(filepath.Join(dir, e.Name()), no)
		if err != nil {
			return nil, err
		}
		commits = append(commits, c)
	}
	slices.SortFunc(commits, func(a, b commit) int { return cmp.Compare(a.number, b.number) })
	for i, c := range commits {
		if c.number != int64(i)+1 {
			return nil, fmt.Errorf("manifest %s is missing: %s", filepath.Join(dir, fmt.Sprintf("%06d.json", i+1)), lakeCure)
		}
	}
	replaceFiles(commits)
	return commits, nil
}

// replaceFiles puts the files that later commits changed into the place of the old ones.
func replaceFiles(commits []commit) {
	for i, c := range commits {
		for _, r := range c.Replaced {
			for k := range commits[:i] {
				at := slices.IndexFunc(commits[k].Files, func(f lakeFile) bool { return f.Path == r.Old })
				switch {
				case at < 0:
				case r.New.Path == "":
					commits[k].Files = slices.Delete(commits[k].Files, at, at+1)
				default:
					r.New.commit = commits[k].number
					commits[k].Files[at] = r.New
				}
			}
		}
	}
}

func readCommit(name string, no int64) (commit, error) {
	c := commit{number: no}
	text, err := os.ReadFile(name)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("manifest %s is damaged (%w): %s", name, err, lakeCure)
	}
	for i, f := range c.Files {
		if f.Dataset == "" || !filepath.IsLocal(filepath.FromSlash(f.Path)) || len(f.SHA256) != 64 {
			return c, fmt.Errorf("manifest %s is damaged (file %d: dataset %q, path %q, sha256 %q): %s", name, i+1, f.Dataset, f.Path, f.SHA256, lakeCure)
		}
		c.Files[i].commit = no
	}
	return c, nil
}
