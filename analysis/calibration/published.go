package calibration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

// digest is a hash of the entries whose day has come by asOf, and of others' statements, whenever their window ends.
func (l *Ledger) digest(asOf time.Time) string {
	h := sha256.New()
	by := asOf.Format(time.DateOnly)
	for _, e := range l.entries {
		if e.On <= by || e.Forecaster != Us {
			fmt.Fprintf(h, "%s %s %v %v %v\n", e.key(), e.MadeAt.Format(time.RFC3339), e.Levels, e.Quantiles, e.P != nil && *e.P > 0.5)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// days parses the days of an entry that has passed Check.
func (e Entry) days() (asOf, on time.Time) {
	asOf, _ = time.Parse(time.DateOnly, e.AsOf)
	on, _ = time.Parse(time.DateOnly, e.On)
	return asOf, on
}

// due tells whether an entry with a day was made before that day, which has come by asOf.
func (e Entry) due(asOf time.Time) bool {
	_, on := e.days()
	return !on.After(asOf) && e.MadeAt.Before(on) // made on or after the day itself: no forecast
}

// published judges the ledger's quantiles whose day came after they were made and has a value by the as-of day.
func published(entries []Entry, t truth, asOf time.Time) []judged {
	var out []judged
	for _, e := range entries {
		if len(e.Levels) == 0 || !e.due(asOf) {
			continue
		}
		saw, on := e.days()
		y, ok := t.at(e.Platform, e.Metric, on)
		if !ok {
			continue
		}
		w, err := WIS(e.Levels, e.Quantiles, y)
		if err != nil {
			continue
		}
		ahead := on.Sub(saw).Hours() / 24 / daysPerMonth
		out = append(out, judged{kind: "published", forecaster: e.Forecaster, version: e.Version, platform: e.Platform, metric: e.Metric, model: e.Model,
			madeOn: e.MadeAt.UTC().Truncate(24 * time.Hour), on: on, months: class(ahead), p: e.Levels, q: e.Quantiles, outcome: y, wis: w, late: e.late()})
	}
	return out
}

// late tells whether an entry was written into the ledger after its day had come.
func (e Entry) late() bool {
	on, err := time.Parse(time.DateOnly, e.Due())
	return err == nil && !e.EnteredAt.IsZero() && e.EnteredAt.After(on)
}

// A crossing is an overtake that happened, between the last day on which the leader was clearly ahead and the first on which the challenger was.
type crossing struct {
	metric, challenger, leader string
	after, by                  time.Time
}

func loadCrossings(ctx context.Context, q analysis.Querier) ([]crossing, error) {
	rows, err := q.QueryContext(ctx, `
		select metric, challenger, leader, crossed_after, crossed_by from results.crossings
		where crossed_after is not null and crossed_by is not null order by metric, challenger, leader, crossed_by`)
	if err != nil {
		return nil, fmt.Errorf("read results.crossings: %w", err)
	}
	defer rows.Close()
	var out []crossing
	for rows.Next() {
		var c crossing
		if err := rows.Scan(&c.metric, &c.challenger, &c.leader, &c.after, &c.by); err != nil {
			return nil, fmt.Errorf("read results.crossings: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// A judgedOvertake is a probability of an overtake whose day has come.
type judgedOvertake struct {
	Entry
	on       time.Time
	happened bool
}

// judgeOvertakes finds what came of the probabilities in the ledger; those of which the figures do not tell are left out.
func judgeOvertakes(entries []Entry, t truth, all []crossing, asOf time.Time) []judgedOvertake {
	var out []judgedOvertake
	for _, e := range entries {
		if e.Question == "" || !e.due(asOf) {
			continue
		}
		_, on := e.days()
		if happened, ok := e.outcome(t, all, on); ok {
			out = append(out, judgedOvertake{e, on, happened})
		}
	}
	return out
}

// outcome tells whether the challenger was ahead on the day, or had been at least once since the as-of day; ok is false where the figures
// leave it open: within half a percent of each other, or a crossing whose days lie on both sides of the day asked for.
func (e Entry) outcome(t truth, all []crossing, on time.Time) (happened, ok bool) {
	const tooClose = 0.005
	a, okA := t.at(e.Platform, e.Metric, on)
	b, okB := t.at(e.Leader, e.Metric, on)
	clear := okA && okB && a > 0 && b > 0 && math.Abs(math.Log(a/b)) > tooClose
	if clear && a > b || e.Question == aheadAt {
		return a > b, clear
	}
	saw, _ := e.days()
	for _, c := range all {
		if c.metric != e.Metric || c.challenger != e.Platform || c.leader != e.Leader || c.by.Before(saw) {
			continue
		}
		if !c.by.After(on) {
			return true, true
		}
		if c.after.Before(on) {
			return false, false
		}
	}
	return false, clear
}
