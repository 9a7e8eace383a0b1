package forecast

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// A Claim is what somebody else forecast: the value of a platform's metric on a day. The job says what we would have said of it, from what had been
// published on the day of the claim.
type Claim struct {
	Platform, Metric string
	MadeOn, On       time.Time
}

// A claimed is our answer to a claim.
type claimed struct {
	Claim
	q      []float64 // at Levels; nil where we have no forecast
	reason string
}

// Inputs names what the job reads beside the warehouse.
func (j Job) Inputs(time.Time) (string, error) {
	if len(j.Claims) == 0 {
		return "", nil
	}
	h := sha256.New()
	for _, c := range j.Claims {
		fmt.Fprintf(h, "%q %q %s %s\n", c.Platform, c.Metric, c.MadeOn.Format(time.DateOnly), c.On.Format(time.DateOnly))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// answerClaims forecasts what others forecast, each as of its own day.
func (st *study) answerClaims(claims []Claim, cal *calibrator) error {
	past := st.verdicts()
	done := map[Claim]bool{}
	for _, c := range claims {
		c.MadeOn, c.On = c.MadeOn.UTC().Truncate(24*time.Hour), c.On.UTC().Truncate(24*time.Hour)
		if done[c] || c.MadeOn.After(st.asOf) {
			continue
		}
		done[c] = true
		a := claimed{Claim: c, reason: "no reading of this count had been published by then"}
		for _, l := range st.lines {
			if l.Platform != c.Platform || l.Metric != c.Metric {
				continue
			}
			var err error
			if a.q, a.reason, err = l.answerClaim(c, past, cal); err != nil {
				return fmt.Errorf("%s %s on %s: %w", c.Platform, c.Metric, c.On.Format(time.DateOnly), err)
			}
		}
		st.claims = append(st.claims, a)
	}
	return nil
}

func (l *line) answerClaim(c Claim, past []verdict, cal *calibrator) (q []float64, reason string, err error) {
	origin := Days(c.MadeOn)
	obs, err := l.knownBy(origin)
	if err != nil {
		return nil, "", err
	}
	if len(obs) < minReadings {
		return nil, fmt.Sprintf("%d readings had been published by then: a slope needs %d", len(obs), minReadings), nil
	}
	last := obs[len(obs)-1].T
	if Days(c.On) <= last {
		return nil, "a later reading had been published by then", nil
	}
	by, _, err := candidateFans(obs, []float64{Days(c.On)})
	if err != nil {
		return nil, "", err
	}
	p := fanPoint{on: Days(c.On), months: monthsAhead(Days(c.On) - last), by: by[0]}
	p.combine(past, l.id(), origin)
	return p.root.at(cal.quantiles(origin, l.id(), fanKind, p.months, Levels), 0), "", nil
}

// knownBy gives the readings of the line from what had been published by a day.
func (l *line) knownBy(origin float64) ([]Obs, error) {
	var seen []series.Reading
	for _, r := range l.readings {
		if Days(r.PublishedOn) <= origin {
			seen = append(seen, r)
		}
	}
	then, err := series.Build(seen)
	if err != nil || len(then) == 0 {
		return nil, err
	}
	return obsOf(then[0].Points), nil
}

func (st *study) claimsTable() analysis.Table {
	t := analysis.Table{
		Name:    "forecast_claims",
		Comment: "What we would have said of what others forecast, from what had been published on the day of their forecast: one row per platform, metric, day of making and day forecast.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "made_on", Type: "date", Comment: "day of the other forecast, and up to whose publications ours sees"},
			{Name: "on", Type: "date", Comment: "day forecast"},
			{Name: "q10", Type: "double", Comment: "10 % quantile, in the unit of the metric; null where there is no forecast"},
			{Name: "q25", Type: "double", Comment: "25 % quantile"},
			{Name: "q50", Type: "double", Comment: "median"},
			{Name: "q75", Type: "double", Comment: "75 % quantile"},
			{Name: "q90", Type: "double", Comment: "90 % quantile"},
			{Name: "reason", Type: "varchar", Comment: "why there is no forecast; null where there is one"},
		},
	}
	for _, c := range st.claims {
		row := []any{c.Platform, c.Metric, c.MadeOn, c.On}
		if c.q == nil {
			t.Rows = append(t.Rows, append(row, nil, nil, nil, nil, nil, c.reason))
			continue
		}
		for _, v := range c.q {
			row = append(row, v)
		}
		t.Rows = append(t.Rows, append(row, nil))
	}
	return t
}
