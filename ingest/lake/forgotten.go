package lake

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/internal/durable"
)

// People who asked to be forgotten stay forgotten: _forgotten.json keeps a salted hash of each id, and whatever names the
// id again, a page of the journal that is decoded anew, a later answer, an imported file, is left out. The hash keeps the
// list from being read by chance; who has the file and tries all ids of a platform will find those in it.

const forgottenName = "_forgotten.json"

// A tombstone is one forgotten person.
type tombstone struct {
	Platform ingest.Platform `json:"platform"`
	Hash     string          `json:"hash"` // hex of SHA-256 of salt, platform, a zero byte and id
	// Number is the follower number that the person had, -1 for none. It stays given, to nobody, also when the lake is
	// made again, so that all other numbers stay what they are.
	Number int64     `json:"number"`
	At     time.Time `json:"at"`
}

// forgotten is the list.
type forgotten struct {
	Salt       string      `json:"salt"`
	Tombstones []tombstone `json:"forgotten"`

	by map[string]*tombstone // by hash
}

// noFollower stands where a number would be and the person is forgotten. It is never given.
const noFollower = ^uint32(0)

func readForgotten(dir string) (*forgotten, error) {
	f := &forgotten{by: map[string]*tombstone{}}
	path := dir + "/" + forgottenName
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err == nil {
		err = json.Unmarshal(text, f)
	}
	if err != nil || f.Salt == "" {
		return nil, fmt.Errorf("the list of forgotten people %s cannot be read (%w): restore it from a backup; without it forgotten people would come back", path, errors.Join(err))
	}
	for i := range f.Tombstones {
		f.by[f.Tombstones[i].Hash] = &f.Tombstones[i]
	}
	return f, nil
}

// find gives the tombstone of a person, nil for everybody else.
func (f *forgotten) find(platform ingest.Platform, id string) *tombstone {
	if f == nil || len(f.by) == 0 {
		return nil
	}
	return f.by[f.hash(platform, id)]
}

// mentioned reports whether a rejected line names somebody who is forgotten.
func (f *forgotten) mentioned(platform ingest.Platform, text string) bool {
	if f == nil || len(f.by) == 0 {
		return false
	}
	return slices.ContainsFunc(words(text), func(w string) bool { return f.find(platform, w) != nil })
}

// words are the parts of a line that may be ids.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		word := r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127 || strings.ContainsRune("_:.@-", r)
		return !word
	})
}

func (f *forgotten) hash(platform ingest.Platform, id string) string {
	sum := sha256.Sum256([]byte(f.Salt + string(platform) + "\x00" + id))
	return hex.EncodeToString(sum[:])
}

// add writes the person to the list.
func (f *forgotten) add(fsys durable.FS, dir string, platform ingest.Platform, id string, number int64, at time.Time) error {
	if f.Salt == "" {
		salt := make([]byte, 32)
		if _, err := rand.Read(salt); err != nil {
			return err
		}
		f.Salt = hex.EncodeToString(salt)
	}
	h := f.hash(platform, id)
	if t := f.by[h]; t != nil {
		t.Number = max(t.Number, number)
	} else {
		f.Tombstones = append(f.Tombstones, tombstone{platform, h, number, at.UTC().Truncate(24 * time.Hour)})
	}
	slices.SortFunc(f.Tombstones, func(a, b tombstone) int { // no order that tells who came when
		return slices.Compare([]string{a.Hash}, []string{b.Hash})
	})
	f.by = map[string]*tombstone{}
	for i := range f.Tombstones {
		f.by[f.Tombstones[i].Hash] = &f.Tombstones[i]
	}
	text, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	return durable.WriteFile(fsys, dir+"/"+forgottenName, append(text, '\n'))
}
