package ingest

import "time"

// Rows are all that one page says, by dataset. The lake writes each slice to the dataset of the same name.
type Rows struct {
	Platforms       []PlatformFact
	Metrics         []MetricFact
	Accounts        []Account
	Snapshots       []Snapshot
	Rankings        []RankingEntry
	PlatformMetrics []PlatformMetric
	Events          []Event
	Forecasts       []Forecast
	Sources         []Citation
	Follows         []Follow
	Lists           []ListReading
	Memberships     []Membership
	Posts           []Post
	AccountStatuses []AccountStatus
	Quarantine      []Reject

	// Replaces says that these rows are all that the document holds now: rows of older pages of the same source and
	// document no longer count. Without it the rows are added to those of the older pages.
	Replaces bool
}

// Dating places a figure in time. A date known only to the month or quarter is the interval From..To, both days
// included; Precision names its width (day, week, month, quarter, year). PublishedOn is when the figure could be known;
// PublishedBasis says how that is known (url, memento, assumed_lag, ...: data/history/SOURCES.md).
type Dating struct {
	From, To       time.Time // midnight UTC of the first and of the last day
	Precision      string
	PublishedOn    time.Time
	PublishedBasis string
	ObservedAt     time.Time // the instant of observation, zero where only the date is known
}

// Evidence says where a figure was read.
type Evidence struct {
	URL, Title, Note string
}

// A PlatformFact describes a platform: names, family, launch and end.
type PlatformFact struct {
	Platform                 Platform
	Name, NameZH, Family     string // family is weibo_style or twitter_style
	LaunchedFrom, LaunchedTo time.Time
	ClosedFrom, ClosedTo     time.Time // zero while it lives
	Evidence
}

// A MetricFact defines a kind of count: what it counts, its unit, what it may be compared with.
type MetricFact struct {
	Kind          Kind
	Unit          string // accounts, users, followers, posts, percent
	Name, NameZH  string
	Definition    string
	Measure       string // stock (a level) or flow (per period) or share
	ComparedAs    string // kinds with the same ComparedAs may be compared across platforms; empty: never
	DefinitionURL string
}

// An Account is one account of a platform. NativeID is the platform's own stable id, or the handle where the source
// gives nothing better.
type Account struct {
	Platform                      Platform
	NativeID, Handle, DisplayName string
	Category                      string
}

// A Snapshot is one reading of one account: so many followers, posts, ... at a date.
type Snapshot struct {
	Platform Platform
	NativeID string
	Reading
	Dating
	Evidence
}

// A RankingEntry is one line of a published list of the most-followed accounts. List names the list: all entries of one
// publication for one date share it.
type RankingEntry struct {
	Platform Platform
	List     string
	Rank     int
	NativeID string
	Reading
	Dating
	Evidence
}

// A PlatformMetric is one figure about a whole platform from one source. Derived figures were computed by us from a
// page that does not print them.
type PlatformMetric struct {
	Platform Platform
	Reading
	Unit    string
	Derived bool
	Dating
	Evidence
}

// An Event is dated and typed; Status is confirmed, planned or rumour.
type Event struct {
	Platform              Platform
	Kind, Status, Parties string
	Title                 string
	Dating
	Evidence
}

// A Forecast is somebody's published statement that Challenger will pass Leader in the window WindowFrom..WindowTo
// (WindowTo zero: open-ended).
type Forecast struct {
	Forecaster           string
	MadeOn               time.Time
	Kind                 Kind
	Challenger, Leader   Platform
	WindowFrom, WindowTo time.Time
	Statement            string
	Evidence
}

// A Citation describes a source page: Trust is A (filing, release, agency), B (trade press, compiler) or C (blog, copy).
type Citation struct {
	URL, Title, Trust, Note, Licence string
}

// A Follow is one edge seen in one reading of a list.
type Follow struct {
	Platform Platform
	List     string // the reading of a list that it was seen in: key of dataset lists
	Account  string // native id of who is followed
	Follower string // native id of who follows
}

// A Reject is a row that could not be read: where it stands, what it says, why it was refused.
type Reject struct {
	Document string
	Line     int   // from 1; 0 where lines mean nothing
	Offset   int64 // bytes from the start of the document
	Text     string
	Reason   string
}
