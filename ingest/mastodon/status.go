package mastodon

import (
	"fmt"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

// A status is a post. The counts of a boost are those of its wrapper and say nothing.
type status struct {
	ID         observed.Text  `json:"id"`
	CreatedAt  string         `json:"created_at"`
	Visibility string         `json:"visibility"`
	Reblogs    observed.Count `json:"reblogs_count"`
	Replies    observed.Count `json:"replies_count"`
	Favourites observed.Count `json:"favourites_count"`
	Quotes     observed.Count `json:"quotes_count"` // since 4.5
	Reblog     *struct{}      `json:"reblog"`
	Account    account        `json:"account"`
}

// decodeStatuses reads a page of posts. Boosts are other people's posts and are left out, as is what is not public.
func decodeStatuses(r *observed.Rows, domain string) error {
	var list []status
	if err := observed.Decode(r.Page.Raw, &list); err != nil {
		return err
	}
	for _, s := range list {
		if s.Reblog != nil || s.Visibility == "private" || s.Visibility == "direct" {
			continue
		}
		at, err := time.Parse(time.RFC3339, s.CreatedAt)
		if err != nil {
			r.Reject(string(s.ID)+" "+s.CreatedAt, fmt.Errorf("created_at %q, want a time", s.CreatedAt))
			continue
		}
		r.Post(observed.Post{Author: nativeID(s.Account.Acct, domain), ID: string(s.ID), At: at, Counts: []observed.Kinded{
			{Kind: ingest.Likes, Count: s.Favourites}, {Kind: ingest.Reposts, Count: s.Reblogs},
			{Kind: ingest.Replies, Count: s.Replies}, {Kind: ingest.Quotes, Count: s.Quotes},
		}})
	}
	return nil
}
