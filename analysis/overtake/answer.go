package overtake

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// A Day is a date as text of the form 2011-06-30.
type Day struct{ time.Time }

// MarshalJSON writes the date, or null for the zero Day.
func (d Day) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + d.Format(time.DateOnly) + `"`), nil
}

// The three questions.
const (
	AheadAt = "ahead_at" // is the challenger ahead on the day?
	EverBy  = "ever_by"  // has it been ahead at least once by the day?
	ForGood = "for_good" // is it ahead on the day and stays so to the horizon?
)

// An Answer is everything that can be said of one pair, one metric, one as-of date. Counts are in Unit, growth in log
// units per month (0.044 is 4.5 % a month), intervals at 80 %.
type Answer struct {
	Metric     string `json:"metric"`
	MetricName string `json:"metric_name"`
	Unit       string `json:"unit"`
	Leader     Party  `json:"leader"`
	Challenger Party  `json:"challenger"`
	AsOf       Day    `json:"as_of"`
	Horizon    Day    `json:"horizon_on"`
	Paths      int    `json:"paths"`
	Seed       uint64 `json:"seed"`

	// Reason says why there is no forecast; then Now and what follows up to Evidence is empty.
	Edition   string  `json:"edition"`           // full, or first: the model before sources' errors, forms of the trend and correlation were drawn
	Corr      float64 `json:"error_correlation"` // of the two platforms' errors
	CorrBasis string  `json:"error_correlation_basis,omitempty"`
	Seen      *Look   `json:"seen,omitempty"` // when figures will show that the challenger is ahead

	Reason    string       `json:"reason,omitempty"`
	Now       *Now         `json:"now,omitempty"`
	Questions []Question   `json:"questions,omitempty"`
	Curve     []CurvePoint `json:"curve,omitempty"`
	Fan       []FanPoint   `json:"fan,omitempty"`

	Evidence  []Evidence  `json:"evidence,omitempty"`
	Published []Statement `json:"published,omitempty"`
	Crossings []Crossing  `json:"crossings,omitempty"` // seen by the as-of date
	Warnings  []string    `json:"warnings,omitempty"`
	Flags     []string    `json:"flags,omitempty"`
}

// A Party is one platform of the pair, its newest level and how its growth was estimated.
type Party struct {
	Platform    string   `json:"platform"`
	Name        string   `json:"name"`
	Level       *float64 `json:"level"` // newest reading, several sources combined; nil where there is none
	LevelSD     *float64 `json:"level_sd"`
	On          Day      `json:"level_on"`
	AgeDays     int      `json:"level_age_days"`
	Derived     bool     `json:"level_derived"` // computed by us from a page that does not print it
	Sources     []string `json:"level_sources,omitempty"`
	Readings    int      `json:"dates_known"`
	GrowthMonth *float64 `json:"growth_month"` // at the date of the level; nil where unknown
	GrowthSD    *float64 `json:"growth_month_sd"`
	Method      string   `json:"growth_method,omitempty"` // fitted_series or evidence
	Basis       string   `json:"growth_basis,omitempty"`
	Accounts    int      `json:"growth_accounts"`      // accounts behind the growth; 0 where it comes from the series
	Parts       []Part   `json:"list_parts,omitempty"` // which accounts stand for which part of a top list
}

// Now is the state on the as-of date, which may lie after the newest readings.
type Now struct {
	Ahead            string  `json:"ahead"` // platform
	PChallengerAhead float64 `json:"p_challenger_ahead"`
	LogRatio         float64 `json:"log_ratio"` // ln(challenger/leader), median
	LogRatioLo80     float64 `json:"log_ratio_lo80"`
	LogRatioHi80     float64 `json:"log_ratio_hi80"`
	LastBothOn       Day     `json:"last_both_on"` // the older of the two newest readings
}

// A Question is one of the three, answered. A date is nil where it lies beyond the horizon; a date on the as-of day
// means: already. For ahead_at the dates are those on which the probability passes 10, 50 and 90 %; for the others they
// are quantiles of the date of the event.
type Question struct {
	Question  string   `json:"question"`
	Lo80      *Day     `json:"lo80_on"`
	Median    *Day     `json:"median_on"`
	Hi80      *Day     `json:"hi80_on"`
	PWithin1Y float64  `json:"p_within_1y"`
	PWithin2Y float64  `json:"p_within_2y"`
	PNever    float64  `json:"p_never"` // within the horizon; for ahead_at: not ahead on its last day
	By        []Chance `json:"by"`      // the next four ends of quarters
}

// A Chance is the probability that a question is answered by yes on a day.
type Chance struct {
	On Day     `json:"on"`
	P  float64 `json:"p"`
}

// A CurvePoint is one day of the three probabilities.
type CurvePoint struct {
	On      Day     `json:"on"`
	Ahead   float64 `json:"p_ahead"`
	Ever    float64 `json:"p_ever"`
	ForGood float64 `json:"p_for_good"`
}

// A FanPoint is one day of one platform's futures, the error of its newest reading's date left out.
type FanPoint struct {
	Platform string     `json:"platform"`
	On       Day        `json:"on"`
	Q        [5]float64 `json:"q10_q25_q50_q75_q90"`
}

var fanQuantiles = []float64{.1, .25, .5, .75, .9}

// Evidence is one stretch of growth that speaks for a platform.
type Evidence struct {
	Platform    string  `json:"platform"`
	Role        string  `json:"role"` // own_readings, panel_account, sister_metric or fitted_series
	Metric      string  `json:"metric"`
	Account     string  `json:"account,omitempty"`
	AccountName string  `json:"account_name,omitempty"`
	From        Day     `json:"from_on"`
	To          Day     `json:"to_on"`
	FromValue   float64 `json:"from_value"`
	ToValue     float64 `json:"to_value"`
	GrowthMonth float64 `json:"growth_month"`
	SourceURL   string  `json:"source_url"`
}

// A Statement is somebody's published forecast beside ours.
type Statement struct {
	Forecaster string  `json:"forecaster"`
	MadeOn     Day     `json:"made_on"`
	From       Day     `json:"window_from"`
	To         Day     `json:"window_to"` // null: open-ended
	Statement  string  `json:"statement"`
	SourceURL  string  `json:"source_url"`
	Later      bool    `json:"made_after_as_of"` // it could not be known on the as-of date
	POurs      float64 `json:"p_ours_in_window"` // our probability that the challenger first comes ahead within the window
}

// A Request asks for one [Answer].
type Request struct {
	Leader, Challenger string // platforms
	Metric             string
	AsOf               time.Time     // zero: the day of the newest publication
	Horizon            time.Duration // zero: DefaultHorizon
	Seed               uint64
	Paths              int      // zero: DefaultPaths
	Corr               *float64 // correlation of the two platforms' errors, -1 to 1; nil: as the history known by then tells
	Edition            Edition
	HoldDays           float64 // how long a lead must last to be for good; zero: to the horizon
}

// ErrRequest is wrapped by all errors that a better request would avoid.
var ErrRequest = errors.New("cannot compare")

func (r *Request) check() error {
	switch {
	case r.Horizon < 0 || r.Horizon > 0 && r.Horizon < 24*time.Hour*30:
		return fmt.Errorf("%w: horizon %v, want at least 30 days", ErrRequest, r.Horizon)
	case r.Paths < 0 || r.Paths > 0 && r.Paths < 100 || r.Paths > 1_000_000:
		return fmt.Errorf("%w: %d paths, want 100 to 1000000", ErrRequest, r.Paths)
	case r.Corr != nil && !(math.Abs(*r.Corr) <= 1):
		return fmt.Errorf("%w: correlation %v, want -1 to 1", ErrRequest, *r.Corr)
	case !(r.HoldDays >= 0):
		return fmt.Errorf("%w: hold time of %v days, want 0 or more", ErrRequest, r.HoldDays)
	}
	if r.Horizon == 0 {
		r.Horizon = DefaultHorizon
	}
	if r.Paths == 0 {
		r.Paths = DefaultPaths
	}
	if r.HoldDays == 0 {
		r.HoldDays = math.Inf(1)
	}
	return nil
}

// checkNames reports what is wrong with the platforms and the metric of a request, and lists what exists.
func (f *facts) checkNames(r Request) error {
	for _, p := range []string{r.Leader, r.Challenger} {
		if _, ok := f.Platform(p); !ok {
			names := make([]string, len(f.Platforms))
			for i, p := range f.Platforms {
				names[i] = p.Name
			}
			return fmt.Errorf("%w: unknown platform %q: there are %s", ErrRequest, p, listOf(names))
		}
	}
	if r.Leader == r.Challenger {
		return fmt.Errorf("%w: %s with itself: name two platforms", ErrRequest, r.Leader)
	}
	m, ok := f.Metrics[r.Metric]
	switch {
	case !ok:
		return fmt.Errorf("%w: unknown metric %q: both platforms have %s", ErrRequest, r.Metric, listOf(f.sharedMetrics(r)))
	case m.ComparedAs == "":
		return fmt.Errorf("%w: %s is not counted in the same way by two platforms: %s Both have %s", ErrRequest, r.Metric, m.Title+".", listOf(f.sharedMetrics(r)))
	case m.Measure == "share":
		return fmt.Errorf("%w: %s is a share of a whole, which cannot grow without end: both platforms have %s", ErrRequest, r.Metric, listOf(f.sharedMetrics(r)))
	}
	return nil
}

// comparable reports whether the metric may be compared across platforms and can grow.
func (f *facts) comparable(metric string) bool {
	m, ok := f.Metrics[metric]
	return ok && m.ComparedAs != "" && m.Measure != "share"
}

func (f *facts) sharedMetrics(r Request) []string {
	var out []string
	for _, m := range keys(f.Metrics) {
		with := f.platformsWith(m)
		if f.comparable(m) && slices.Contains(with, r.Leader) && slices.Contains(with, r.Challenger) {
			out = append(out, m)
		}
	}
	return out
}

func keys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
