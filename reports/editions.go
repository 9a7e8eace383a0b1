package reports

import (
	"context"
	"time"
)

// A fuller answer is what results.overtake says of a replay beyond the verdict: which accounts stand for which part of a list, and when figures
// will show the lead.
type fuller struct {
	Panels []told // by platform
	Seen   string
}

// told is a sentence that a job has written, and what it is about.
type told struct{ About, Words string }

// fullerAnswer reads it for the question "ever by".
func (b *Book) fullerAnswer(ctx context.Context, v verdict) (fuller, error) {
	rows, err := collect[struct {
		ChallengerPanel, LeaderPanel string
		Every                        *float64
		Lo, Median, Hi               *time.Time
	}](ctx, b.store, `
		select coalesce(challenger_panel, ''), coalesce(leader_panel, ''), seen_every_days, seen_lo80_on, seen_median_on, seen_hi80_on
		from results.overtake
		where cast(as_of as date) = ? and metric = ? and challenger = ? and leader = ? and question = 'ever_by'`, v.AsOf, v.Metric, v.Challenger, v.Leader)
	var f fuller
	if err != nil || len(rows) == 0 {
		return f, err
	}
	r := rows[0]
	for _, p := range []struct{ platform, words string }{{v.Challenger, r.ChallengerPanel}, {v.Leader, r.LeaderPanel}} {
		if p.words != "" {
			f.Panels = append(f.Panels, told{b.platform(p.platform), b.say("%s.", b.retell(p.words))})
		}
	}
	if r.Every != nil && r.Median != nil && r.Lo != nil {
		until := b.say("later than %s", b.year(v.Horizon))
		if r.Hi != nil {
			until = b.day(*r.Hi)
		}
		f.Seen = b.say("Figures come about every %s days: the lead is first seen in them on %s (80 %% interval %s to %s).", whole(*r.Every), b.day(*r.Median), b.day(*r.Lo), until)
	}
	return f, nil
}

// An editionRow is one row of results.overtake_editions.
type editionRow struct {
	AsOf               time.Time
	Metric, Challenger string
	Leader, Edition    string
	P1, Never          *float64
	Lo, Median, Hi     *time.Time
	After, By          *time.Time
	Held               *bool
	Change             string
}

// editions sets the replays by the first edition of the model beside those by the full one, one row a replay, and says what changed.
func (replay) editions(ctx context.Context, b *Book) (*Table, []told, error) {
	rows, err := collect[editionRow](ctx, b.store, `
		select as_of, metric, challenger, leader, edition, p_within_1y, p_never, lo80_on, median_on, hi80_on, crossed_after, crossed_by, held80, coalesce(change, '')
		from results.overtake_editions where question = 'ever_by'
		order by as_of, metric, challenger, leader, edition`)
	if err != nil || len(rows) == 0 {
		return nil, nil, err
	}
	t := &Table{ID: "editions", Caption: "The same replays by the first edition of our model and by the full one", Columns: []Column{
		{Key: "as_of", Head: "As of"}, {Key: "about", Head: "About"},
		{Key: "first_median", Head: "First edition", Hint: "median, 80 % interval", Number: true}, {Key: "first_1y", Head: "within a year", Number: true},
		{Key: "full_median", Head: "Full model", Hint: "median, 80 % interval", Number: true}, {Key: "full_1y", Head: "within a year", Number: true},
		{Key: "crossed_by", Head: "What came", Hint: "did the full model’s interval hold it?"},
	}}
	var changes []told
	first := map[[4]string]editionRow{}
	for _, r := range rows { // "first" before "full"
		key := [4]string{r.AsOf.Format(time.DateOnly), r.Metric, r.Challenger, r.Leader}
		if r.Edition == "first" {
			first[key] = r
			continue
		}
		about := b.say("%s passes %s, %s", b.platform(r.Challenger), b.platform(r.Leader), b.measure(r.Metric))
		before := first[key]
		t.Rows = append(t.Rows, []Cell{
			date(&r.AsOf, b.shortDay), coded(about, r.Metric), b.editionMedian(before), number(before.P1, b.probability),
			b.editionMedian(r), number(r.P1, b.probability), b.whatCame(r),
		})
		if r.Change != "" {
			changes = append(changes, told{b.day(r.AsOf), b.say("%s.", b.retell(r.Change))})
		}
	}
	t, err = b.table(t)
	return t, changes, err
}

// editionMedian is the median of the first time ahead with its interval below.
func (b *Book) editionMedian(r editionRow) Cell {
	if r.AsOf.IsZero() {
		return Cell{}
	}
	median := Cell{Text: b.say("later")}
	if r.Median != nil {
		median = date(r.Median, b.shortDay)
		if !r.Median.After(r.AsOf) {
			median.Text = b.say("already")
		}
	}
	horizon := r.AsOf.AddDate(5, 0, 0)
	median.More = b.shortWindow(verdict{AsOf: r.AsOf, Lo: r.Lo, Hi: r.Hi, Horizon: &horizon})
	return median
}

// whatCame is when the crossing fell, and whether the interval held it.
func (b *Book) whatCame(r editionRow) Cell {
	if r.After == nil || r.By == nil {
		return Cell{Text: b.say("no figures tell")}
	}
	came := date(r.By, b.shortDay)
	came.Text = b.span(*r.After, *r.By)
	if r.Held != nil {
		came.More = b.say("not held")
		if *r.Held {
			came.More = b.say("held")
		}
	}
	return came
}
