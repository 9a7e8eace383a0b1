package twitter

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

// A user is a user object of API v2, in the names of both of its generations.
type user struct {
	ID        observed.Text `json:"id"`
	Name      string        `json:"name"`
	Username  string        `json:"username"`
	Protected bool          `json:"protected"`
	Verified  string        `json:"verified_type"`
	Metrics   *struct {
		Followers observed.Count `json:"followers_count"`
		Following observed.Count `json:"following_count"`
		Tweets    observed.Count `json:"tweet_count"`
		Posts     observed.Count `json:"post_count"`
	} `json:"public_metrics"`
}

func (u user) add(r *observed.Rows) {
	p := observed.Profile{NativeID: string(u.ID), Handle: u.Username, Name: u.Name, Category: u.category()}
	if u.Metrics != nil {
		p.Counts = []observed.Kinded{{Kind: ingest.Followers, Count: u.Metrics.Followers}, {Kind: ingest.Following, Count: u.Metrics.Following},
			{Kind: ingest.Posts, Count: either(u.Metrics.Posts, u.Metrics.Tweets)}}
	}
	r.Profile(p)
}

func (u user) category() string {
	switch u.Verified {
	case "business", "government":
		return u.Verified
	}
	return ""
}

// either is the first of two spellings of a count that is there.
func either(a, b observed.Count) observed.Count {
	if a.Known() {
		return a
	}
	return b
}

// A problem is an error of API v2: beside data with status 200, or the whole answer.
type problem struct {
	Type         string        `json:"type"`
	Title        string        `json:"title"`
	Detail       string        `json:"detail"`
	Message      string        `json:"message"`
	Code         observed.Text `json:"code"` // of version 1.1
	ResourceType string        `json:"resource_type"`
	ResourceID   observed.Text `json:"resource_id"`
	Parameter    string        `json:"parameter"`
	Value        observed.Text `json:"value"`
	Period       string        `json:"period"`
	Reason       string        `json:"reason"`
}

// kind is the last part of the problem's type: the host before it has two names.
func (p problem) kind() string { return path.Base(p.Type) }

// text is what the problem says.
func (p problem) text() string {
	for _, s := range []string{p.Detail, p.Message, p.Title} {
		if s != "" {
			return s
		}
	}
	return p.kind()
}

// status is what a problem says about the account that it names, "" where it is about something else.
func (p problem) status() string {
	if p.ResourceType != "" && p.ResourceType != "user" {
		return ""
	}
	switch p.kind() {
	case "resource-not-found":
		if strings.Contains(strings.ToLower(p.Detail), "suspended") {
			return ingest.StatusSuspended
		}
		return ingest.StatusNotFound
	case "not-authorized-for-resource", "resource-unavailable":
		if strings.Contains(strings.ToLower(p.Detail), "suspended") {
			return ingest.StatusSuspended
		}
	}
	return ""
}

// An answer is an answer of API v2 about users.
type answer struct {
	Data   []user    `json:"data"`
	Errors []problem `json:"errors"`
	Meta   *struct {
		Count observed.Count `json:"result_count"`
		Next  string         `json:"next_token"`
	} `json:"meta"`
}

// parseUsers reads a batch of users. The answer has status 200 also where some or all of them were not found.
func parseUsers(raw []byte) (answer, error) {
	var a answer
	if err := observed.Decode(raw, &a); err != nil {
		return a, err
	}
	if a.Data == nil && a.Errors == nil && a.Meta == nil {
		return a, errors.New("the answer has neither data nor errors")
	}
	for i, u := range a.Data {
		if u.ID == "" {
			return a, fmt.Errorf("user %d of %d has no id", i+1, len(a.Data))
		}
	}
	return a, nil
}

// parseList reads a page of followers or following. A list that the account hides comes as an error beside no data.
func parseList(raw []byte) (ids []string, next string, refused *problem, err error) {
	a, err := parseUsers(raw)
	if err != nil {
		return nil, "", nil, err
	}
	for _, u := range a.Data {
		ids = append(ids, string(u.ID))
	}
	if a.Meta == nil {
		if len(a.Data) == 0 && len(a.Errors) > 0 {
			return nil, "", &a.Errors[0], nil
		}
		return nil, "", nil, errors.New("the answer has no meta")
	}
	return ids, a.Meta.Next, nil, nil
}

// A post is a post object in the names of both generations.
type post struct {
	ID        observed.Text `json:"id"`
	Author    observed.Text `json:"author_id"`
	CreatedAt string        `json:"created_at"`
	Metrics   struct {
		Retweets    observed.Count `json:"retweet_count"`
		Reposts     observed.Count `json:"repost_count"`
		Replies     observed.Count `json:"reply_count"`
		Likes       observed.Count `json:"like_count"`
		Quotes      observed.Count `json:"quote_count"`
		Impressions observed.Count `json:"impression_count"`
	} `json:"public_metrics"`
	ReferencedTweets []reference `json:"referenced_tweets"`
	ReferencedPosts  []reference `json:"referenced_posts"`
}

type reference struct {
	Type string `json:"type"`
}

// repost reports a post that only passes on another one: its counts are 0 and say nothing.
func (p post) repost() bool {
	for _, ref := range append(p.ReferencedTweets, p.ReferencedPosts...) {
		if ref.Type == "retweeted" {
			return true
		}
	}
	return false
}

func (p post) add(r *observed.Rows) {
	if p.repost() {
		return
	}
	at, err := time.Parse(time.RFC3339, p.CreatedAt)
	if err != nil {
		r.Reject(string(p.ID)+" "+p.CreatedAt, fmt.Errorf("created_at %q, want a time", p.CreatedAt))
		return
	}
	views := p.Metrics.Impressions
	if views.Int() == 0 { // before December 2022 nobody counted: 0 is unknown
		views = observed.Count{}
	}
	r.Post(observed.Post{Author: string(p.Author), ID: string(p.ID), At: at, Counts: []observed.Kinded{
		{Kind: ingest.Likes, Count: p.Metrics.Likes}, {Kind: ingest.Reposts, Count: either(p.Metrics.Reposts, p.Metrics.Retweets)},
		{Kind: ingest.Replies, Count: p.Metrics.Replies}, {Kind: ingest.Quotes, Count: p.Metrics.Quotes}, {Kind: ingest.Views, Count: views},
	}})
}

// parsePosts reads a page of posts.
func parsePosts(raw []byte) (posts []post, next string, refused *problem, err error) {
	var v struct {
		Data   []post    `json:"data"`
		Errors []problem `json:"errors"`
		Meta   *struct {
			Next string `json:"next_token"`
		} `json:"meta"`
	}
	if err := observed.Decode(raw, &v); err != nil {
		return nil, "", nil, err
	}
	if v.Meta == nil {
		if len(v.Data) == 0 && len(v.Errors) > 0 {
			return nil, "", &v.Errors[0], nil
		}
		return nil, "", nil, errors.New("the answer has no meta")
	}
	return v.Data, v.Meta.Next, nil, nil
}
