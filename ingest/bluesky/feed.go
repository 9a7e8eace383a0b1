package bluesky

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
)

type feedItem struct {
	Post struct {
		URI    string `json:"uri"`
		Author struct {
			DID string `json:"did"`
		} `json:"author"`
		Record struct {
			CreatedAt string `json:"createdAt"`
		} `json:"record"`
		IndexedAt string `json:"indexedAt"`
		Likes     *int64 `json:"likeCount"`
		Reposts   *int64 `json:"repostCount"`
		Replies   *int64 `json:"replyCount"`
		Quotes    *int64 `json:"quoteCount"`
	} `json:"post"`
	Reason *struct {
		Type string `json:"$type"`
	} `json:"reason"`
}

// readFeed reads a page of an account's posts. What the account reposted is somebody else's and is passed over.
func readFeed(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	var answer struct {
		Feed   *[]json.RawMessage `json:"feed"`
		Cursor string             `json:"cursor"`
	}
	if err := json.Unmarshal(p.Raw, &answer); err != nil {
		return crawl.Reply{}, err
	}
	if answer.Feed == nil {
		return crawl.Reply{}, fmt.Errorf("an answer without a feed")
	}
	reply := crawl.Reply{Next: answer.Cursor}
	for i, raw := range *answer.Feed {
		var item feedItem
		if err := json.Unmarshal(raw, &item); err != nil || !strings.HasPrefix(item.Post.URI, "at://") {
			reply.Rows.Quarantine = append(reply.Rows.Quarantine, ingest.Reject{Document: p.Document, Line: i + 1, Reason: "not a post"})
			continue
		}
		repost := item.Reason != nil && strings.HasSuffix(item.Reason.Type, "#reasonRepost")
		if repost || item.Post.Author.DID != w.Subject {
			continue
		}
		addPost(&reply.Rows, p, &item, i)
	}
	cite(&reply.Rows, "app.bsky.feed.getAuthorFeed", "posts of an account")
	return reply, nil
}

func addPost(rows *ingest.Rows, p ingest.Page, item *feedItem, i int) {
	at := readTime(item.Post.Record.CreatedAt)
	if indexed := readTime(item.Post.IndexedAt); at.IsZero() || !indexed.IsZero() && at.After(indexed) {
		at = indexed // the server's word against a client that lives in the future
	}
	for _, c := range []struct {
		kind  ingest.Kind
		value *int64
	}{
		{ingest.Likes, item.Post.Likes}, {ingest.Reposts, item.Post.Reposts},
		{ingest.Replies, item.Post.Replies}, {ingest.Quotes, item.Post.Quotes},
	} {
		if c.value == nil {
			continue
		}
		r, err := ingest.ExactReading(c.kind, float64(*c.value))
		if err != nil {
			rows.Quarantine = append(rows.Quarantine, ingest.Reject{Document: p.Document, Line: i + 1, Text: fmt.Sprint(*c.value), Reason: err.Error()})
			continue
		}
		rows.Posts = append(rows.Posts, ingest.Post{
			Platform: p.Platform, NativeID: item.Post.Author.DID, PostID: item.Post.URI, PostedAt: at,
			Reading: r, Dating: crawl.At(p.FetchedAt), Evidence: evidence("app.bsky.feed.getAuthorFeed"),
		})
	}
}
