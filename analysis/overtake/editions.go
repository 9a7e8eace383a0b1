package overtake

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// editionsTable sets the first edition's answers to the replays beside those of the full model.
func (b *batch) editionsTable() analysis.Table {
	t := analysis.Table{
		Name: "overtake_editions",
		Comment: "The replays by the first edition of the model and by the full one, and what changed: one row per replay, edition and question. The first edition took one form of trend, " +
			"trusted sources to their last printed digit, and took the two platforms for independent.",
		Columns: slices.Concat(pairColumns, []analysis.Column{
			{Name: "edition", Type: "varchar", Comment: "first or full"},
			{Name: "question", Type: "varchar", Comment: "ahead_at, ever_by or for_good, as in results.overtake"},
			{Name: "p_within_1y", Type: "double", Comment: "probability of yes 365 days after as_of, 0 to 1"},
			{Name: "p_never", Type: "double", Comment: "probability of no up to the horizon, 0 to 1"},
			{Name: "lo80_on", Type: "date", Comment: "day by which the event has a probability of 10 %; as_of itself: already; null: beyond the horizon"},
			{Name: "median_on", Type: "date", Comment: "day by which the event is as likely as not; null: beyond the horizon"},
			{Name: "hi80_on", Type: "date", Comment: "day by which the event has a probability of 90 %; null: beyond the horizon"},
			{Name: "error_correlation", Type: "double", Comment: "of the two platforms' errors, -1 to 1"},
			{Name: "crossed_after", Type: "date", Comment: "what came: last day on which the leader was clearly ahead; null where no figures tell"},
			{Name: "crossed_by", Type: "date", Comment: "first day on which the challenger was clearly ahead"},
			{Name: "held80", Type: "boolean", Comment: "whether the 80 % interval and the days of the crossing meet; null where no figures tell"},
			{Name: "change", Type: "varchar", Comment: "what the full model changed, in words; null in the rows of the first edition and where there is no forecast"},
		}),
	}
	for _, full := range b.duties {
		if !full.replay || full.Edition != Full {
			continue
		}
		i := slices.IndexFunc(b.duties, func(d duty) bool {
			return d.Edition == First && d.AsOf.Equal(full.AsOf) && d.Metric == full.Metric && d.Leader == full.Leader && d.Challenger == full.Challenger
		})
		if i < 0 || full.answer.Reason != "" {
			continue
		}
		first := b.duties[i]
		came := b.cameOf(full.Request)
		for _, d := range []duty{first, full} {
			for q := range d.answer.Questions {
				t.Rows = append(t.Rows, editionRow(d, q, came, changeWords(first.answer, full.answer, q)))
			}
		}
	}
	return t
}

// cameOf is the first crossing of a pair after the as-of date, nil where none is known.
func (b *batch) cameOf(r Request) *Crossing {
	for _, c := range b.all.crossings(r.Metric, r.Challenger, r.Leader) {
		if c.Challenger == r.Challenger && c.By.After(r.AsOf) {
			return &c
		}
	}
	return nil
}

func editionRow(d duty, question int, came *Crossing, change string) []any {
	q := d.answer.Questions[question]
	row := append(pairCells(d), d.Edition.String(), q.Question, q.PWithin1Y, q.PNever, dayCell(q.Lo80), dayCell(q.Median), dayCell(q.Hi80), d.answer.Corr)
	if came == nil {
		row = append(row, nil, nil, nil)
	} else {
		row = append(row, came.After.Time, came.By.Time, q.meets(*came))
	}
	if d.Edition == First {
		change = ""
	}
	return append(row, measure.TextCell(change))
}

// meets tells whether the 80 % interval and the days between which the crossing fell have a day in common.
func (q Question) meets(c Crossing) bool {
	return q.Lo80 != nil && !q.Lo80.After(c.By.Time) && (q.Hi80 == nil || !q.Hi80.Before(c.After.Time))
}

// changeWords says what the full model changed of one question.
func changeWords(first, full *Answer, question int) string {
	if question >= len(first.Questions) || question >= len(full.Questions) {
		return ""
	}
	a, b := first.Questions[question], full.Questions[question]
	parts := []string{"the median " + moved(a.Median, b.Median, full), "the interval " + widened(a, b)}
	var why []string
	for _, p := range []Party{full.Challenger, full.Leader} {
		if _, mix, ok := strings.Cut(p.Basis, "foretold the readings: "); ok {
			why = append(why, fmt.Sprintf("the trend of %s is mixed of %s", p.Name, mix))
		}
		if before := partyOf(first, p.Platform); before.LevelSD != nil && p.LevelSD != nil && *p.LevelSD > *before.LevelSD {
			why = append(why, fmt.Sprintf("the figure of %s may be off by %.1f %% instead of %.2g %%", p.Name, 100**p.LevelSD / *p.Level, 100**before.LevelSD / *before.Level))
		}
	}
	if full.Corr != 0 {
		why = append(why, fmt.Sprintf("the errors of the two platforms go together by %+.2f", full.Corr))
	}
	if len(why) == 0 {
		why = []string{"nothing that the first edition left out is known here"}
	}
	return strings.Join(append(parts, why...), "; ")
}

func partyOf(a *Answer, platform string) Party {
	if a.Leader.Platform == platform {
		return a.Leader
	}
	return a.Challenger
}

// moved says by how much a date moved.
func moved(from, to *Day, a *Answer) string {
	switch {
	case from == nil && to == nil:
		return "stays beyond the horizon"
	case from == nil:
		return "comes within the horizon, on " + a.dayWord(to)
	case to == nil:
		return "moves beyond the horizon, from " + a.dayWord(from)
	}
	switch days := measure.DaysBetween(from.Time, to.Time); {
	case days == 0:
		return "stays"
	case days > 0:
		return "moves later by " + ago(days)
	default:
		return "moves earlier by " + ago(-days)
	}
}

// widened compares the widths of two intervals.
func widened(a, b Question) string {
	switch {
	case a.Lo80 == nil || b.Lo80 == nil:
		return "begins beyond the horizon in one of the editions"
	case a.Hi80 == nil && b.Hi80 == nil:
		return "stays open at its end"
	case a.Hi80 == nil:
		return "gets an end"
	case b.Hi80 == nil:
		return "loses its end within the horizon"
	}
	before, after := measure.DaysBetween(a.Lo80.Time, a.Hi80.Time), measure.DaysBetween(b.Lo80.Time, b.Hi80.Time)
	switch {
	case before <= 0 || after == before:
		return "stays as wide"
	case after > before:
		return fmt.Sprintf("grows from %s to %s", ago(before), ago(after))
	}
	return fmt.Sprintf("shrinks from %s to %s", ago(before), ago(after))
}

// A studyKey names a study of a batch.
type studyKey struct {
	asOf    time.Time
	edition Edition
}
