package dumps

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

// ArchiveDecoder is the journal's name of ReadArchive.
const ArchiveDecoder = "archive_js/v1"

// A note is what is taken of an archive; it is what the journal keeps.
type note struct {
	ID          string   `json:"id"`
	Handle      string   `json:"handle"`
	DisplayName string   `json:"display_name"`
	Followers   []string `json:"followers"`
}

// Archive reads account.js and follower.js (and its parts) of an archive that X gives its users. observed is when the
// archive was made.
func Archive(files []File, observed time.Time) (ingest.Source, error) {
	if observed.IsZero() {
		return nil, errors.New("an archive does not say when it was made: give --observed DATE")
	}
	var n note
	for _, f := range files {
		if err := n.read(f); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	if n.ID == "" {
		return nil, errors.New("whose archive is it? name its account.js beside follower.js")
	}
	raw, err := json.Marshal(n)
	if err != nil {
		return nil, err
	}
	return archive{raw: raw, platform: files[0].Platform, observed: observed}, nil
}

// read takes what may be taken of one file.
func (n *note) read(f File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	head, body, ok := bytes.Cut(text, []byte("="))
	if !ok || !bytes.Contains(head, []byte("window.YTD.")) {
		return errors.New("it does not begin like a file of an archive, window.YTD.follower.part0 = [")
	}
	var entries []struct {
		Account *struct {
			ID   string `json:"accountId"`
			User string `json:"username"`
			Name string `json:"accountDisplayName"`
		} `json:"account"`
		Follower *struct {
			ID string `json:"accountId"`
		} `json:"follower"`
	}
	if err := json.Unmarshal(body, &entries); err != nil {
		return fmt.Errorf("what stands behind the = cannot be read: %w", err)
	}
	for i, e := range entries {
		switch {
		case e.Account != nil && n.ID != "" && n.ID != e.Account.ID:
			return fmt.Errorf("it belongs to another account than the files before it; import one archive at a time")
		case e.Account != nil:
			n.ID, n.Handle, n.DisplayName = e.Account.ID, e.Account.User, e.Account.Name
		case e.Follower != nil:
			n.Followers = append(n.Followers, e.Follower.ID)
		default:
			return fmt.Errorf("entry %d is neither an account nor a follower; only account.js and follower.js are taken", i)
		}
	}
	return nil
}

// archive is the source of one archive: a single page.
type archive struct {
	raw      []byte
	platform ingest.Platform
	observed time.Time
}

// Name implements ingest.Source.
func (a archive) Name() string {
	sum := sha256.Sum256(a.raw)
	return "import/" + hex.EncodeToString(sum[:])[:16]
}

// Pages implements ingest.Source.
func (a archive) Pages(_ context.Context, from ingest.Cursor) iter.Seq2[ingest.Page, error] {
	return func(yield func(ingest.Page, error) bool) {
		if from == "" {
			yield(ingest.Page{Source: a.Name(), Decoder: ArchiveDecoder, Document: "archive", Platform: a.platform, FetchedAt: a.observed,
				MediaType: "application/json", Raw: a.raw, Next: "done"}, nil)
		}
	}
}

var archiveCite = ingest.Citation{URL: "https://help.x.com/en/managing-your-account/how-to-download-your-x-archive", Title: "Archive that X gives its users", Trust: "A"}

// ReadArchive reads the follower list of the archive's owner, which is complete.
func ReadArchive(page ingest.Page) (ingest.Rows, error) {
	var n note
	if err := json.Unmarshal(page.Raw, &n); err != nil {
		return ingest.Rows{}, err
	}
	r := observed.Of(page, archiveCite)
	r.Profile(observed.Profile{NativeID: n.ID, Handle: n.Handle, Name: n.DisplayName})
	list := fmt.Sprintf("%s/followers/%s/%s", page.Platform, n.ID, page.Source)
	seen := map[string]bool{}
	for _, id := range n.Followers {
		if id == "" || id == n.ID || seen[id] {
			continue
		}
		seen[id] = true
		r.Follows = append(r.Follows, ingest.Follow{Platform: page.Platform, List: list, Account: n.ID, Follower: id})
	}
	r.Lists = append(r.Lists, ingest.ListReading{
		Platform: page.Platform, List: list, NativeID: n.ID, Direction: ingest.ListFollowers, Strategy: ingest.StrategyAll,
		Verdict: ingest.VerdictComplete, Collected: int64(len(seen)), Stated: -1, Frame: -1, Probability: 1, StartedAt: page.FetchedAt, EndedAt: page.FetchedAt,
	})
	return r.Done(), nil
}
