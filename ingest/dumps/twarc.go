package dumps

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

// TwarcDecoder is the journal's name of ReadTwarc.
const TwarcDecoder = "twarc_jsonl/v1"

// Decoders are the decoders of this package's pages.
func Decoders() map[string]ingest.Decoder {
	return map[string]ingest.Decoder{TwarcDecoder: ReadTwarc, ArchiveDecoder: ReadArchive}
}

var cite = ingest.Citation{URL: "https://twarc-project.readthedocs.io/", Title: "A dump of profiles as twarc writes it", Trust: "B", Note: "taken by somebody else from the platform's interface"}

// A record is one line, in any of the forms that twarc 1 and 2 write: a user, a tweet with its author in it, or a page of
// the interface with its users beside the tweets.
type record struct {
	profile
	CreatedAt string   `json:"created_at"`
	Author    *profile `json:"author"` // twarc 2, flattened
	User      *profile `json:"user"`   // twarc 1
	Data      json.RawMessage
	Includes  struct {
		Users []profile `json:"users"`
	} `json:"includes"`
	Twarc struct {
		RetrievedAt time.Time `json:"retrieved_at"`
	} `json:"__twarc"`
}

// A profile is a user of version 2 or of version 1.1.
type profile struct {
	ID       observed.Text `json:"id"`
	IDText   observed.Text `json:"id_str"`
	Name     string        `json:"name"`
	Username string        `json:"username"`
	Screen   string        `json:"screen_name"`
	Metrics  *struct {
		Followers observed.Count `json:"followers_count"`
		Following observed.Count `json:"following_count"`
		Tweets    observed.Count `json:"tweet_count"`
	} `json:"public_metrics"`
	Followers observed.Count `json:"followers_count"`
	Friends   observed.Count `json:"friends_count"`
	Statuses  observed.Count `json:"statuses_count"`
}

// isUser tells a user from a tweet.
func (p profile) isUser() bool { return p.Username != "" || p.Screen != "" }

func (p profile) row() observed.Profile {
	id, handle := p.IDText, p.Screen
	if id == "" {
		id = p.ID
	}
	if p.Username != "" {
		handle = p.Username
	}
	counts := []observed.Kinded{{Kind: ingest.Followers, Count: p.Followers}, {Kind: ingest.Following, Count: p.Friends}, {Kind: ingest.Posts, Count: p.Statuses}}
	if m := p.Metrics; m != nil {
		counts = []observed.Kinded{{Kind: ingest.Followers, Count: m.Followers}, {Kind: ingest.Following, Count: m.Following}, {Kind: ingest.Posts, Count: m.Tweets}}
	}
	return observed.Profile{NativeID: string(id), Handle: handle, Name: p.Name, Counts: counts}
}

// ReadTwarc reads the profiles of a page of lines. A line that is no JSON, holds no profile or does not say when it was
// seen is rejected; blank lines, deletions and notices of limits are none.
func ReadTwarc(page ingest.Page) (ingest.Rows, error) {
	r := observed.Of(page, cite)
	offset := int64(0)
	for n, line := range bytes.SplitAfter(page.Raw, []byte("\n")) {
		if err := readLine(r, bytes.TrimSpace(line), page.FetchedAt); err != nil {
			r.Quarantine = append(r.Quarantine, ingest.Reject{Document: page.Document, Line: n + 1, Offset: offset, Text: string(line[:min(len(line), 1000)]), Reason: err.Error()})
		}
		offset += int64(len(line))
	}
	return r.Done(), nil
}

func readLine(r *observed.Rows, line []byte, seen time.Time) error {
	if len(line) == 0 {
		return nil
	}
	for _, notice := range []string{`{"delete"`, `{"limit"`, `{"warning"`} {
		if bytes.HasPrefix(line, []byte(notice)) {
			return nil
		}
	}
	var rec record
	if err := json.Unmarshal(line, &rec); err != nil {
		return fmt.Errorf("no JSON object that can be read: %w", err)
	}
	users := rec.users()
	if len(users) == 0 {
		return errors.New("there is no profile in it")
	}
	switch tweeted, err := time.Parse(time.RubyDate, rec.CreatedAt); {
	case !rec.Twarc.RetrievedAt.IsZero():
		seen = rec.Twarc.RetrievedAt
	case err == nil && rec.User != nil: // a user inside of a tweet is as of the tweet
		seen = tweeted
	case seen.Equal(unknownTime):
		return errors.New("nothing says when this was seen; import it with --observed DATE")
	}
	r.Dating, r.Page.FetchedAt = observed.At(seen), seen
	for _, u := range users {
		r.Profile(u.row())
	}
	return nil
}

// users are all profiles of a line.
func (rec record) users() (users []profile) {
	if rec.isUser() {
		users = append(users, rec.profile)
	}
	for _, p := range []*profile{rec.Author, rec.User} {
		if p != nil {
			users = append(users, *p)
		}
	}
	users = append(users, rec.Includes.Users...)
	var many []profile
	var one profile
	switch {
	case json.Unmarshal(rec.Data, &many) == nil:
		for _, p := range many {
			if p.isUser() {
				users = append(users, p)
			}
		}
	case json.Unmarshal(rec.Data, &one) == nil && one.isUser():
		users = append(users, one)
	}
	return users
}
