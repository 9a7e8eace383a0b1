package calibration

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Us is the forecaster of our own entries.
const Us = "overtake"

// An Entry is one published forecast: immutable once it is in the ledger. It is of one of three kinds: a value (Levels and Quantiles), the
// probability of an overtake by a day (Leader, Question and P), or somebody's statement that an overtake falls into a window (Leader, From,
// To, Statement, and P where a probability was named).
type Entry struct {
	MadeAt     time.Time `json:"made_at"`             // when it was published, UTC, whole seconds
	AsOf       string    `json:"as_of"`               // last day whose publications it saw, 2006-01-02
	Version    string    `json:"version"`             // of the code
	DataHash   string    `json:"data_hash"`           // of the data it saw
	Forecaster string    `json:"forecaster"`          // "overtake", or whose forecast it is
	Platform   string    `json:"platform"`            // what is forecast (of an overtake: the challenger) ...
	Metric     string    `json:"metric"`              // ...
	On         string    `json:"on"`                  // ... on which day, 2006-01-02; empty where a window is stated
	Model      string    `json:"model"`               // in words
	Levels     []float64 `json:"levels,omitempty"`    // ascending, in (0, 1)
	Quantiles  []float64 `json:"quantiles,omitempty"` // one per level, not falling, in the unit of the metric
	Leader     string    `json:"leader,omitempty"`    // the platform that is to be passed
	Question   string    `json:"question,omitempty"`  // ahead_at or ever_by
	P          *float64  `json:"p,omitempty"`         // probability of yes, 0 to 1
	From       string    `json:"from,omitempty"`      // first day of a window
	To         string    `json:"to,omitempty"`        // last day of a window; empty = open
	Statement  string    `json:"statement,omitempty"` // in words
	Source     string    `json:"source,omitempty"`    // where others' forecasts were read
	EnteredAt  time.Time `json:"entered_at,omitzero"` // when somebody else's forecast was written into the ledger, UTC, whole seconds
}

// The questions of overtakes that the ledger keeps; package overtake defines them.
const (
	aheadAt = "ahead_at"
	everBy  = "ever_by"
)

// Stated tells whether the entry is a statement about a window.
func (e Entry) Stated() bool { return e.Statement != "" }

// Due is the day on which the entry can be judged, 2006-01-02: that of the forecast, or the last of a window; empty for an open one.
func (e Entry) Due() string {
	if e.Stated() {
		return e.To
	}
	return e.On
}

// key says when two entries are the same forecast: made from the same data by the same code about the same thing.
func (e Entry) key() string {
	return fmt.Sprintf("%q", []string{e.Forecaster, e.AsOf, e.Version, e.DataHash, e.Platform, e.Metric, e.On, e.Model, e.Leader, e.Question, e.From, e.To, e.Statement, e.Source})
}

// Check says what is wrong with an entry.
func (e Entry) Check() error {
	switch {
	case e.MadeAt.IsZero():
		return errors.New("made_at is missing")
	case e.Forecaster == "" || e.Platform == "" || e.Metric == "":
		return errors.New("forecaster, platform and metric must not be empty")
	case e.P != nil && !(*e.P >= 0 && *e.P <= 1):
		return fmt.Errorf("probability %v: want 0 to 1", *e.P)
	}
	if err := isDay(e.AsOf); err != nil {
		return err
	}
	switch {
	case e.Stated():
		return e.checkWindow()
	case e.Leader != "":
		if e.P == nil || e.Question != aheadAt && e.Question != everBy || e.Leader == e.Platform || len(e.Levels) > 0 {
			return fmt.Errorf("an overtake needs another leader, a probability and one of the questions %s and %s", aheadAt, everBy)
		}
		return isDay(e.On)
	}
	return e.checkQuantiles()
}

func isDay(s string) error {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return fmt.Errorf("day %q must be written 2006-01-02", s)
	}
	return nil
}

func (e Entry) checkWindow() error {
	if e.Leader == "" || e.Leader == e.Platform {
		return errors.New("a statement about an overtake needs two platforms")
	}
	if err := isDay(e.From); err != nil {
		return err
	}
	if e.To == "" {
		return nil
	}
	if err := isDay(e.To); err != nil {
		return err
	}
	if e.To < e.From {
		return fmt.Errorf("the window ends on %s, before it begins on %s", e.To, e.From)
	}
	return nil
}

func (e Entry) checkQuantiles() error {
	if len(e.Levels) == 0 || len(e.Levels) != len(e.Quantiles) {
		return fmt.Errorf("%d levels and %d quantiles: want one quantile for each level", len(e.Levels), len(e.Quantiles))
	}
	if err := isDay(e.On); err != nil {
		return err
	}
	for i, p := range e.Levels {
		q := e.Quantiles[i]
		if !(p > 0 && p < 1) || i > 0 && (p <= e.Levels[i-1] || q < e.Quantiles[i-1]) || math.IsNaN(q) || math.IsInf(q, 0) {
			return fmt.Errorf("level %v with quantile %v: levels must rise within (0, 1) and quantiles must be numbers that do not fall", p, q)
		}
	}
	return nil
}
