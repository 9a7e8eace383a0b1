package reports

import (
	"context"
	"io"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// record is the section that holds forecasts against what came: ours and those of others.
type record struct{}

func (record) ID() string    { return "record" }
func (record) Title() string { return "How right forecasts were" }

// A trackRecord is one row of results.calibration.
type trackRecord struct {
	Kind, Forecaster                       string
	Months                                 *int64 // nil: all horizons together
	N                                      int64
	NEff, Half, Coverage, Lo, Hi, RelDrift *float64
}

// A reliable is one row of results.reliability: how often the truth lay at or below a quantile.
type reliable struct {
	Kind, Forecaster     string
	Level, Below, Lo, Hi *float64
	N                    int64
}

// A contest is one row of results.nearer.
type contest struct {
	Forecaster             string
	Made                   time.Time
	Kind, Platform, Leader string
	Metric                 string
	From                   time.Time
	To                     *time.Time
	Statement              string
	Theirs, Ours, Outcome  *float64
	Nearer                 string
	Late                   bool
	URL                    string
}

// kinds are the two ways in which a forecast can be older than its outcome, in words.
var kinds = map[string]string{"replay": word("replayed"), "published": word("published")}

func (r record) Render(ctx context.Context, b *Book, w io.Writer) error {
	all, err := collect[trackRecord](ctx, b.store, `
		select kind, forecaster, months, n, n_eff, coverage50, coverage80, coverage80_lo, coverage80_hi, rel_wis_drift
		from results.calibration
		order by kind desc, forecaster, months nulls first`)
	if err != nil {
		return err
	}
	var v struct {
		Replayed, Published string
		Figure              *figure
		Table, Nearer       *Table
	}
	v.Replayed, v.Published = r.summary(b, all, "replay"), r.summary(b, all, "published")
	if v.Figure, err = r.figure(ctx, b); err != nil {
		return err
	}
	if v.Table, err = r.table(b, all); err != nil {
		return err
	}
	if v.Nearer, err = r.nearer(ctx, b); err != nil {
		return err
	}
	if v.Table == nil && v.Nearer == nil {
		return b.empty(w, "No forecast has come due yet: neither one made again from what had been published earlier, nor one of somebody else.")
	}
	return b.render(w, "record", v)
}

// summary says how often our 80 % intervals of a kind held, over all horizons.
func (record) summary(b *Book, all []trackRecord, kind string) string {
	for _, t := range all {
		if t.Kind != kind || t.Forecaster != "overtake" || t.Months != nil || t.Coverage == nil || t.NEff == nil || t.Lo == nil || t.Hi == nil {
			continue
		}
		if kind == "published" {
			return b.say("Of %s that were published before their day and have come due, the 80 %% intervals held %s (%s; they are worth about %s independent ones).",
				b.counted(int(t.N), "forecast"), b.percent(*t.Coverage), b.between(b.percent(*t.Lo), b.percent(*t.Hi)), whole(*t.NEff))
		}
		return b.say("Of %s made again from what had been published by earlier days, the 80 %% intervals held %s (%s; they are worth about %s independent ones).",
			b.counted(int(t.N), "forecast"), b.percent(*t.Coverage), b.between(b.percent(*t.Lo), b.percent(*t.Hi)), whole(*t.NEff))
	}
	return ""
}

// fewForReliability is how many forecasts a curve of the diagram needs: with fewer the points are noise.
const fewForReliability = 10

// figure draws, level by level, how often the truth lay at or below the quantile: the reliability diagram.
func (record) figure(ctx context.Context, b *Book) (*figure, error) {
	rows, err := collect[reliable](ctx, b.store, `
		select kind, forecaster, level, below, below_lo, below_hi, n
		from results.reliability where months is null
		order by kind desc, forecaster <> 'overtake', forecaster, level`)
	if err != nil {
		return nil, err
	}
	var lines []chart.Series
	index := map[string]int{}
	for _, x := range rows {
		if x.Level == nil || x.Below == nil || x.N < fewForReliability {
			continue
		}
		key := x.Kind + "-" + dashed(x.Forecaster)
		i, ok := index[key]
		if !ok {
			i = len(lines)
			index[key] = i
			label := plain(x.Forecaster)
			if x.Forecaster == "overtake" {
				label = b.say("ours, %s", b.say(kinds[x.Kind]))
			}
			lines = append(lines, chart.Series{Key: key, Label: label})
		}
		p := chart.Point{X: 100 * *x.Level, Y: *x.Below}
		if x.Lo != nil && x.Hi != nil {
			p.Lo, p.Hi = *x.Lo, *x.Hi
		}
		lines[i].Points = append(lines[i].Points, p)
	}
	if len(lines) == 0 {
		return nil, nil
	}
	lines = append(lines, chart.Series{Key: "perfect", Label: b.say("perfectly reliable"), Quiet: true, Points: []chart.Point{{X: 0, Y: 0}, {X: 100, Y: 1}}})
	return b.figure(figureSpec{
		ID:       "reliability",
		Title:    "What was said to hold 10, 50 or 90 % of the time, and how often it did",
		Subtitle: "Share of truths at or below the quantiles of forecasts, all horizons",
		Format:   chart.Percent,
		Caption:  "On the grey line a forecaster’s percentages mean what they say; the band is the 95 % interval of the shares, on the effective number of forecasts. Below the line on the left and above it on the right: intervals wider than they had to be.",
		Draw: func(o chart.Options) (*chart.Figure, error) {
			o.XLabel = b.say("stated: the truth lies at or below, % of the time")
			return chart.Curve(o, lines)
		},
	})
}

// table is the record horizon by horizon.
func (record) table(b *Book, all []trackRecord) (*Table, error) {
	if len(all) == 0 {
		return nil, nil
	}
	t := &Table{ID: "calibration", Caption: "Achieved coverage, by horizon", Show: 30, Columns: []Column{
		{Key: "forecaster", Head: "Forecaster"}, {Key: "kind", Head: "Forecasts", Hint: "replayed: from what had been published earlier"},
		{Key: "months", Head: "Looking ahead", Number: true}, {Key: "n", Head: "Tries", Number: true}, {Key: "n_eff", Head: "Independent", Hint: "about", Number: true},
		{Key: "coverage80", Head: "Held by 80 % intervals", Hint: "and what that is known to, 95 %", Number: true},
		{Key: "coverage50", Head: "Held by 50 % intervals", Number: true},
		{Key: "rel_wis_drift", Head: "Error", Hint: "of a straight line is 1", Number: true},
	}}
	for _, x := range all {
		share := number(x.Coverage, b.percent)
		if x.Lo != nil && x.Hi != nil && x.Coverage != nil {
			share.More = b.between(b.percent(*x.Lo), b.percent(*x.Hi))
		}
		ahead := Cell{Text: b.say("all")}
		if x.Months != nil {
			ahead = number(float(*x.Months), func(m float64) string { return b.counted(int(m), "month") })
		}
		against := number(x.RelDrift, twoPlaces)
		if x.RelDrift != nil && *x.RelDrift >= 1 {
			against.More = b.say("no better than drift")
		}
		t.Rows = append(t.Rows, []Cell{
			name(x.Forecaster), coded(b.say(kinds[x.Kind]), x.Kind), ahead, integer(x.N), number(x.NEff, whole), share, number(x.Half, b.percent), against,
		})
	}
	return b.table(t)
}

func float(n int64) *float64 {
	f := float64(n)
	return &f
}

// verdicts say who was nearer, in words.
var verdicts = map[string]string{
	"theirs": word("theirs was nearer"), "ours": word("ours was nearer"), "tie": word("both alike"), "undecided": word("the figures do not tell"),
	"open": word("not over yet"), "no_forecast_of_ours": word("we had no forecast"),
}

// nearer sets others' forecasts beside ours of the same thing, made from what had been published on the same day.
func (record) nearer(ctx context.Context, b *Book) (*Table, error) {
	rows, err := collect[contest](ctx, b.store, `
		select forecaster, made_on, kind, platform, coalesce(leader, ''), metric, on_from, on_to, coalesce(statement, ''), theirs, ours, outcome, nearer,
			coalesce(entered_late, false), coalesce(source_url, '')
		from results.nearer
		order by made_on, forecaster, statement`)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	t := &Table{ID: "nearer", Caption: "Who was nearer", Columns: []Column{
		{Key: "forecaster", Head: "Who"}, {Key: "made_on", Head: "When"}, {Key: "about", Head: "About"},
		{Key: "theirs", Head: "Theirs", Hint: "a value, or the probability of the window", Number: true},
		{Key: "ours", Head: "Ours", Hint: "as of the same day", Number: true}, {Key: "outcome", Head: "What came", Number: true},
		{Key: "nearer", Head: "Who was nearer"}, {Key: "source_url", Head: "Source"},
	}}
	for _, x := range rows {
		show, about := b.short, b.say("%s of %s", b.measure(x.Metric), b.platform(x.Platform))
		outcome := number(x.Outcome, show)
		if x.Kind == "window" {
			show, about = b.probability, b.say("%s passes %s, %s", b.platform(x.Platform), b.platform(x.Leader), b.measure(x.Metric))
			outcome = Cell{}
			if x.Outcome != nil {
				came := b.say("it did not come true")
				if *x.Outcome > 0.5 {
					came = b.say("it came true")
				}
				outcome = coded(came, digits(*x.Outcome, 1))
			}
		}
		window := b.say("from %s", b.shortDay(x.From))
		if x.To != nil {
			window = b.span(x.From, *x.To)
			if x.To.Equal(x.From) {
				window = b.shortDay(x.From)
			}
		}
		theirs := number(x.Theirs, show)
		if x.Kind == "window" && x.Theirs != nil && *x.Theirs == 1 {
			theirs.Text = b.say("sure")
		}
		verdict := coded(b.say(verdicts[x.Nearer]), x.Nearer)
		if x.Late {
			verdict.More = b.say("entered after its day")
		}
		t.Rows = append(t.Rows, []Cell{
			name(x.Forecaster), date(&x.Made, b.shortDay), {Text: about, Raw: x.Platform, More: window},
			theirs, number(x.Ours, show), outcome, verdict, cited(x.URL),
		})
	}
	return b.table(t)
}
