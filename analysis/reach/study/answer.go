package study

import (
	"math"
	"time"

	"github.com/overtake-analytics/overtake/analysis/reach"
)

// A Request is one question.
type Request struct {
	Platform string
	Top      int       // so many accounts with the most followers; 0 where Accounts are named
	Accounts []string  // ids, handles or names
	AsOf     time.Time // nothing published or read after this day is used
	Level    float64   // of intervals; 0: 0.95
	Small    int64     // groups of fewer persons are withheld; 0: reach.SmallCell, 1: none
	Memory   int64     // bytes for the counting; 0: 4 GiB
	Threads  int       // 0: all processors
	Sketch   bool      // count threshold samples even where exact counting fits

	// Flagged of Checked followers were found fake or inactive by a test as good as Test says. Checked 0: no discount.
	Flagged, Checked int
	Test             reach.Classifier
}

// A Day is a date as text of the form 2011-06-30.
type Day struct{ time.Time }

// MarshalJSON writes the date, or null for the zero Day.
func (d Day) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + d.Format(time.DateOnly) + `"`), nil
}

// A Figure is a number with its doubt, nil where there is none: bounds have no value, exact counts no standard error.
type Figure struct {
	Value *float64 `json:"value"`
	SE    *float64 `json:"se"`
	Lo    *float64 `json:"lo"`
	Hi    *float64 `json:"hi"`
	Level float64  `json:"level"` // of Lo and Hi; 1 where they must hold
}

// figure turns an estimate into what JSON can say.
func figure(e reach.Estimate) Figure {
	return Figure{num(e.Value), num(e.SE), num(e.Lo), num(e.Hi), e.Level}
}

// sure is a number without doubt.
func sure(x float64) Figure { return Figure{Value: num(x), Lo: num(x), Hi: num(x), Level: 1} }

// num is nil for what is not a number.
func num(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// deref is NaN for nil.
func deref(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}

// persons is n, nil where it is withheld.
func persons(n int64) *int64 {
	if n == reach.Withheld {
		return nil
	}
	return &n
}

// An Answer is all that can be said of one set of accounts. Numbers that would tell a small group are nil.
type Answer struct {
	Platform string `json:"platform"`
	Name     string `json:"platform_name"`
	AsOf     Day    `json:"as_of"`
	Set      string `json:"set"` // how the accounts were chosen
	From     Day    `json:"from_on"`
	To       Day    `json:"to_on"` // the lists or counts were read between these days

	Method string `json:"method"`         // empty where nothing can be said
	Why    string `json:"why_not_better"` // empty for exact
	N      int    `json:"n"`              // observations behind Reach

	Sum         Figure `json:"sum_followers"` // follows: a person once per account followed
	Reach       Figure `json:"unique_reach"`  // persons
	Duplication Figure `json:"duplication"`   // Sum by Reach
	Twice       Figure `json:"reached_twice"` // persons who follow two of the accounts or more
	Real        *Real  `json:"real,omitempty"`

	Accounts  []Account `json:"accounts"` // most followers first
	Frequency []Band    `json:"frequency,omitempty"`
	Order     []Pick    `json:"order,omitempty"`
	Overlap   []Pair    `json:"overlap,omitempty"`
	PerUser   []PerUser `json:"per_user,omitempty"`

	Guarantee string   `json:"guarantee,omitempty"` // of the greedy order
	SmallCell int64    `json:"small_cell"`
	Notes     []string `json:"notes,omitempty"`
	Flags     []string `json:"flags,omitempty"`

	reach    reach.Estimate
	labelled *reach.Labelled // of complete lists
	users    registered
	numbers  string // of the accounts, for a query
	read     bool   // some follower list of the platform was read
}

// An Account is one of the set.
type Account struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Followers float64 `json:"followers"`
	On        Day     `json:"on"`
	List      string  `json:"list"`                // complete, sample, truncated, hidden, ..., or none
	Exclusive *int64  `json:"exclusive,omitempty"` // persons who follow no other account of the set
	Marginal  *Figure `json:"marginal,omitempty"`  // persons it adds to all others, from a sample
}

// A Band is a line of the frequency table.
type Band struct {
	Accounts int      `json:"accounts_followed"`
	OrMore   bool     `json:"or_more,omitempty"`
	Persons  float64  `json:"persons"`
	SE       *float64 `json:"persons_se,omitempty"`
}

// A Pick is a place in the greedy order: also a point of the reach curve.
type Pick struct {
	Pick      int      `json:"pick"`
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Followers int64    `json:"followers"`
	Gain      *int64   `json:"gain"`    // persons whom no earlier pick reaches
	GainSE    *float64 `json:"gain_se"` // nil where everybody was counted
	Reached   *int64   `json:"reached"` // persons
	Sum       int64    `json:"sum_followers"`
	AtLeast   *float64 `json:"of_best_at_least"` // share of the best possible reach of as many accounts
}

// A Pair is the shared audience of two accounts; all is nil where it is withheld.
type Pair struct {
	A       string   `json:"a"`
	B       string   `json:"b"`
	Both    *int64   `json:"both"`
	BothSE  *float64 `json:"both_se"` // nil where everybody was counted
	Jaccard *float64 `json:"jaccard"`
	Overlap *float64 `json:"overlap_coefficient"`
	BGivenA *float64 `json:"b_given_a"`
	AGivenB *float64 `json:"a_given_b"`
	Lift    *float64 `json:"lift"`
}

// Real is the reach without fake or inactive followers.
type Real struct {
	FakeShare Figure `json:"fake_share"`
	Reach     Figure `json:"unique_reach"`
	Basis     string `json:"basis"`
}

// A PerUser is the reach divided by a platform's users.
type PerUser struct {
	Metric string  `json:"metric"` // registered_users or monthly_active_users
	Users  float64 `json:"users"`
	On     Day     `json:"on"`
	Share  Figure  `json:"share"`
	Source string  `json:"source_url"`
}
