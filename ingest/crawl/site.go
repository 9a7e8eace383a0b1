package crawl

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/fetch"
)

// A Site is one platform's interface as one place serves it. Request and Read may be called by several goroutines.
type Site interface {
	// Name is the source's short name, such as "bluesky" or "mastodon@social.example": the first part of the names of all
	// its walks. It has no slash.
	Name() string
	Platform() ingest.Platform
	Traits() Traits
	Request(Ask) (Request, error)
	// Read is pure. The page's Status may be any, its Raw anything.
	Read(ingest.Page) (Reply, error)
}

// A HeaderReader is a Site whose answers do not say in their body where the next page stands: it is in a header, or follows
// from what was asked. ReadHeader completes the reply of a fresh answer. The journal keeps neither, so that rows must not
// depend on them.
type HeaderReader interface {
	ReadHeader(a Ask, h http.Header, r *Reply)
}

// What is a kind of walk.
type What string

// The kinds of walk, see the package comment.
const (
	Resolve   What = "resolve"
	Profiles  What = "profiles"
	Profile   What = "profile"
	Followers What = ingest.ListFollowers
	Following What = ingest.ListFollowing
	Posts     What = "posts"
	Figures   What = "figures"
	Ranking   What = "ranking"
	Members   What = "members"
)

// List reports the walks whose rows are Follows.
func (w What) List() bool { return w == Followers || w == Following }

// Traits say what a site can do and how it wants to be treated.
type Traits struct {
	Decoder string   // name and version of Read in the journal, such as "bluesky/v1"
	Whats   []What   // that the site serves
	Hosts   []string // that Request asks
	// Requests in Per are allowed by the platform; Parallel of them at once.
	Requests, Parallel int
	Per                time.Duration

	Batch     int   // accounts that a Profiles request takes; 0 means that each is asked for by Profile
	Page      int   // members on a page of a list
	PostsPage int   // posts on a page
	Relations int   // tracked accounts that one Members request can ask about; 0: the follower's whole list is read
	Visible   int64 // members of a list that the platform shows at most; 0: all
	// Missing is the share of the stated length by which a list that was read to its end may fall short and still be called
	// complete, as platforms count accounts that they do not list. 0 means 0.02.
	Missing     float64
	NewestFirst bool // the order of lists: their beginning is a recency sample
	Federated   bool // a list is what this server knows of it
	AnyType     bool // answers need not be JSON
	Robots      bool // robots.txt is asked before a page
	// Others reports accounts that a kind of walk is not served for, such as posts of others than the token's owner; nil: it
	// is served for all.
	Others func(w What, account string) bool
	// Unresolved reports names of the configuration that are no native ids yet; nil: all are.
	Unresolved func(name string) bool
	// USD is what one request of a kind costs, where reads are paid for.
	USD map[What]float64
}

// Can reports whether the site serves such walks.
func (t Traits) Can(w What) bool { return slices.Contains(t.Whats, w) }

// serves reports whether the site serves such a walk for an account.
func (t Traits) serves(w What, account string) bool {
	return t.Can(w) && (t.Others == nil || !t.Others(w, account))
}

// An Ask is one page of a walk that is to be asked for.
type Ask struct {
	Walk
	Accounts []string // Profiles: native ids
	Others   []string // Members: native ids of tracked accounts
	Cursor   string   // Reply.Next of the page before, "" for the first
	Limit    int      // rows wanted at most, 0: a full page
}

// A Request is one GET, or one POST of a question in JSON that changes nothing. Header may hold secrets; nothing of it is
// kept.
type Request struct {
	URL      string
	Header   http.Header
	Question []byte // nil: a GET
}

// A Poster is a Getter that can send questions, too; *fetch.Client is one.
type Poster interface {
	Post(ctx context.Context, url string, header http.Header, question []byte) (fetch.Answer, error)
}

// A Reply is what one answer says.
type Reply struct {
	Rows    ingest.Rows // for the lake
	Next    string      // the platform's cursor of the next page, "" where there is none
	ID      string      // Resolve: native id of the account
	Stated  int64       // lists: length as this answer states it, 0 where it does not
	Verdict string      // lists: the walk ends here, and why; "" goes on
	Reason  string      // for people, beside Verdict
	Restart bool        // the cursor is not known any more
	Sums    []Sum       // Figures
}

// A Sum is a part of a figure about the platform that is spread over pages: the engine adds up the parts of all pages of
// a walk and keeps the total as one derived figure.
type Sum struct {
	Kind  ingest.Kind
	Unit  string
	Value float64
	Note  string // how the figure comes about
	URL   string // endpoint, without parameters
}

// A StopError says that a site must not be asked any more in this run. Until, where it is known, is when it may be.
type StopError struct {
	Reason string
	Until  time.Time
}

// Error implements error.
func (e *StopError) Error() string {
	if e.Until.IsZero() {
		return e.Reason
	}
	return fmt.Sprintf("%s (until %s)", e.Reason, e.Until.UTC().Format(time.RFC3339))
}

// At is the Dating of something read off an answer that was complete at the given time.
func At(t time.Time) ingest.Dating {
	t = t.UTC()
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return ingest.Dating{From: day, To: day, Precision: ingest.PrecisionDay, PublishedOn: day, PublishedBasis: "observed", ObservedAt: t}
}
