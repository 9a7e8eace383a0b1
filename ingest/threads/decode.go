package threads

import (
	"errors"
	"fmt"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

// A profile is one's own account (/me) or another's (/profile_lookup): the second has no id and counts followers under
// another name.
type profile struct {
	ID        observed.Text  `json:"id"`
	Username  string         `json:"username"`
	Name      string         `json:"name"`
	Verified  bool           `json:"is_verified"`
	Followers observed.Count `json:"follower_count"`
}

// parseProfile reads either. The username is the id where the answer has none: it may change, and then it is another
// account here.
func parseProfile(raw []byte) (profile, error) {
	var p profile
	if err := observed.Decode(raw, &p); err != nil {
		return p, err
	}
	if p.Username == "" {
		return p, errors.New("the answer is no profile: it has no username")
	}
	return p, nil
}

// An insight is one metric in one of its three shapes.
type insight struct {
	Name   string `json:"name"`
	Period string `json:"period"`
	Values []struct {
		Value observed.Count `json:"value"`
		End   string         `json:"end_time"`
	} `json:"values"`
	Total *struct {
		Value observed.Count `json:"value"`
	} `json:"total_value"`
}

// latest is the metric's total, or its last value with the time at which it ends.
func (i insight) latest() (observed.Count, time.Time, bool) {
	if i.Total != nil {
		return i.Total.Value, time.Time{}, i.Total.Value.Known()
	}
	if len(i.Values) == 0 {
		return observed.Count{}, time.Time{}, false
	}
	last := i.Values[len(i.Values)-1]
	end, _ := time.Parse(timeLayout, last.End)
	return last.Value, end, last.Value.Known()
}

// timeLayout is how the Graph API writes times: the offset has no colon.
const timeLayout = "2006-01-02T15:04:05-0700"

func parseInsights(raw []byte) ([]insight, error) {
	var v struct {
		Data *[]insight `json:"data"`
	}
	if err := observed.Decode(raw, &v); err != nil {
		return nil, err
	}
	if v.Data == nil {
		return nil, errors.New("the answer has no data")
	}
	return *v.Data, nil
}

// A post is one of one's own posts.
type post struct {
	ID        observed.Text `json:"id"`
	Username  string        `json:"username"`
	MediaType string        `json:"media_type"`
	Timestamp string        `json:"timestamp"`
}

func parsePosts(raw []byte) (posts []post, next string, err error) {
	var v struct {
		Data   *[]post `json:"data"`
		Paging struct {
			Cursors struct {
				After string `json:"after"`
			} `json:"cursors"`
			Next string `json:"next"`
		} `json:"paging"`
	}
	if err := observed.Decode(raw, &v); err != nil {
		return nil, "", err
	}
	if v.Data == nil {
		return nil, "", errors.New("the answer has no data")
	}
	if v.Paging.Next != "" { // paging.next itself holds the token; only the cursor is used
		next = v.Paging.Cursors.After
	}
	return *v.Data, next, nil
}

// decodePostInsights reads the counts of a post of one's own.
func decodePostInsights(r *observed.Rows, author, id string, at time.Time) error {
	list, err := parseInsights(r.Page.Raw)
	if err != nil {
		return err
	}
	p := observed.Post{Author: author, ID: id, At: at}
	for _, i := range list {
		if c, _, ok := i.latest(); ok && postKinds[i.Name] != "" {
			p.Counts = append(p.Counts, observed.Kinded{Kind: postKinds[i.Name], Count: c})
		}
	}
	r.Post(p)
	return nil
}

var postKinds = map[string]ingest.Kind{"likes": ingest.Likes, "replies": ingest.Replies, "reposts": ingest.Reposts, "quotes": ingest.Quotes, "views": ingest.Views}

// A graphError is an error of the Graph API.
type graphError struct {
	Message string        `json:"message"`
	Type    string        `json:"type"`
	Code    int           `json:"code"`
	Subcode int           `json:"error_subcode"`
	Trace   observed.Text `json:"fbtrace_id"`
}

// Error implements error.
func (e *graphError) Error() string { return fmt.Sprintf("error %d: %s", e.Code, e.Message) }

// parseError reads the error of an answer, nil where it is none.
func parseError(raw []byte) *graphError {
	var v struct {
		Error *graphError `json:"error"`
	}
	if observed.Decode(raw, &v) != nil {
		return nil
	}
	return v.Error
}
