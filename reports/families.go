package reports

import (
	"context"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// families is the section that the project exists for: Weibo-style against Twitter-style, through time and at the same age.
type families struct{}

func (families) ID() string    { return "families" }
func (families) Title() string { return "Weibo-style against Twitter-style" }

// A familyPoint is one row of results.family_series.
type familyPoint struct {
	Family, Metric string
	On             time.Time
	Value          float64
	Lo, Hi         *float64
	Platforms      string // counted
	Missing        string // of the family, alive, but without a figure
}

// An agePoint is one row of results.age_series.
type agePoint struct {
	Platform, Metric string
	Age              float64 // days since launch
	Value            float64
	Lo, Hi           *float64
	On               time.Time
}

func (f families) Render(ctx context.Context, b *Book, w io.Writer) error {
	rows, err := collect[familyPoint](ctx, b.store, `
		select family, metric, "on", value, lo95, hi95, coalesce(platforms, ''), coalesce(missing, '')
		from results.family_series
		order by metric, family, "on"`)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, b.misleading)
	var v struct {
		Picture *figure
		Ages    []*figure
		Marks   *Table
		Active  *Table
	}
	lists, err := loadLists(ctx, b)
	if err != nil {
		return err
	}
	if v.Picture, err = f.picture(b, rows, lists); err != nil {
		return err
	}
	ages, err := collect[agePoint](ctx, b.store, `
		select platform, metric, age_days, value, lo95, hi95, "on"
		from results.age_series
		where age_days >= 0
		order by metric, platform, age_days, value`)
	if err != nil {
		return err
	}
	for _, m := range []string{"registered_users", "monthly_active_users"} {
		fig, err := f.aligned(b, m, ages)
		if err != nil {
			return err
		}
		if fig != nil {
			v.Ages = append(v.Ages, fig)
		}
	}
	if marks := b.milestoneTable(ages); len(marks.Rows) > 0 {
		if v.Marks, err = b.table(marks); err != nil {
			return err
		}
	}
	if v.Active, err = activityTable(ctx, b); err != nil {
		return err
	}
	if v.Picture == nil && v.Ages == nil {
		return b.empty(w, "No figure of a platform is known that was published by the day of this report, so the families cannot be compared.")
	}
	return b.render(w, "families", v)
}

// lesser is the share of a family's sum up to which a platform without a figure is left out of account.
const lesser = 0.1

// cumulative is the count whose old figures stay true: who has registered once is counted for good.
const cumulative = "registered_users"

// misleading reports whether a sum leaves out a platform that would change it: one with a figure of the same kind within
// two years (at any time, where the count only adds up) that is more than a tenth of the sum. Such a day is no day of
// the family.
func (b *Book) misleading(f familyPoint) bool {
	for id := range strings.SplitSeq(f.Missing, ",") {
		var near *point
		for _, p := range b.series(id, f.Metric) {
			if near == nil || p.On.Sub(f.On).Abs() < near.On.Sub(f.On).Abs() {
				near = &p
			}
		}
		if near != nil && (f.Metric == cumulative || near.On.Sub(f.On).Abs() < stale) && near.Value > lesser*f.Value {
			return true
		}
	}
	return false
}

// picture is the one for the slide: users, activity and top accounts, two lines each.
func (families) picture(b *Book, rows []familyPoint, lists []list) (*figure, error) {
	var panels []chart.Panel
	for _, m := range []string{"monthly_active_users", "daily_active_users", "registered_users"} {
		if lines := b.familyLines(rows, m); len(lines) > 0 {
			panels = append(panels, chart.Panel{Key: dashed(m), Title: sentence(b.measure(m)), Series: lines})
		}
	}
	if lines := b.topLines(lists); len(lines) > 0 {
		panels = append(panels, chart.Panel{Key: "top-account", Title: b.say("Followers of the most-followed account"), Series: lines})
	}
	if len(panels) == 0 {
		return nil, nil
	}
	sources := b.sourcesOf(nil, b.mains()...)
	arrange := func(columns int) func(chart.Options) (*chart.Figure, error) {
		return func(o chart.Options) (*chart.Figure, error) {
			return chart.Panels(o, chart.PanelOptions{Columns: columns, FreeY: true}, panels)
		}
	}
	return b.figure(figureSpec{
		ID:       "families-picture",
		Title:    familyFinding(b, rows),
		Subtitle: "Sums over the platforms of each family; each panel has its own scale",
		Caption:  "A day is left out where a platform has no figure for it but one within two years that is more than a tenth of the sum, so lines break; the table says which platforms each value counts. The most-followed account is that of the platform with the most published lists.",
		Measures: b.mains(),
		Sources:  append(sources, b.sourcesOf(nil, "followers")...),
		Draw:     arrange(2),
		Narrow:   arrange(1),
	})
}

func (b *Book) familyLines(rows []familyPoint, metric string) []chart.Series {
	var lines []chart.Series
	for _, fam := range []string{"weibo_style", "twitter_style"} {
		s := chart.Series{Key: fam, Label: b.family(fam), Family: fam}
		for _, r := range rows {
			if r.Family != fam || r.Metric != metric {
				continue
			}
			p := chart.Point{On: r.On, Y: r.Value, Note: b.platformNames(r.Platforms)}
			if r.Lo != nil && r.Hi != nil {
				p.Lo, p.Hi = *r.Lo, *r.Hi
			}
			s.Points = append(s.Points, p)
		}
		if len(s.Points) > 0 {
			lines = append(lines, s)
		}
	}
	return lines
}

// platformNames writes a list of keys, as results keep it, as names.
func (n names) platformNames(keys string) string {
	var all []string
	for id := range strings.FieldsFuncSeq(keys, func(r rune) bool { return r == ',' }) {
		all = append(all, n.platform(strings.TrimSpace(id)))
	}
	return strings.Join(all, n.say(", "))
}

// topLines are the followers of whoever led the published lists, for the platform of each family with the most lists.
func (b *Book) topLines(lists []list) []chart.Series {
	count := map[string]int{}
	for _, l := range lists {
		count[l[0].Platform]++
	}
	var lines []chart.Series
	for _, fam := range []string{"weibo_style", "twitter_style"} {
		most := ""
		for _, id := range b.order {
			if b.platforms[id].Family == fam && count[id] > count[most] {
				most = id
			}
		}
		s := chart.Series{Key: fam, Label: b.family(fam), Family: fam}
		for _, l := range lists {
			if l[0].Platform == most && l[0].Followers != nil {
				s.Points = append(s.Points, chart.Point{On: l[0].On, Y: *l[0].Followers, Note: b.say("%s, %s", plain(l[0].Name), b.platform(most))})
			}
		}
		if len(s.Points) > 0 {
			lines = append(lines, s)
		}
	}
	return lines
}

// familyFinding compares the families' last sums of the first kind of count for which both are fresh.
func familyFinding(b *Book, rows []familyPoint) string {
	for _, m := range b.mains() {
		last := map[string]familyPoint{}
		for _, r := range rows {
			if r.Metric == m {
				last[r.Family] = r
			}
		}
		ahead, behind := last["twitter_style"], last["weibo_style"]
		if ahead.Family == "" || behind.Family == "" || ahead.On.Sub(behind.On).Abs() > stretch {
			continue
		}
		if behind.Value > ahead.Value {
			ahead, behind = behind, ahead
		}
		return b.say("%s platforms together have more %s: %s in %s against %s in %s", b.family(ahead.Family), b.measure(m),
			b.long(ahead.Value), b.month(ahead.On), b.long(behind.Value), b.month(behind.On))
	}
	return b.say("The two families, as far as they are known")
}

// aligned draws platforms at the same age and says who had grown faster.
func (families) aligned(b *Book, metric string, ages []agePoint) (*figure, error) {
	points := map[string][]chart.Point{}
	seen := map[string]bool{}
	for _, a := range ages {
		if a.Metric != metric {
			continue
		}
		seen[a.Platform] = true
		p := chart.Point{X: a.Age, On: a.On, Y: a.Value}
		if n := len(points[a.Platform]); n > 0 && a.On.Sub(points[a.Platform][n-1].On) > stretch {
			points[a.Platform] = append(points[a.Platform], chart.Point{X: a.Age - 1, On: a.On, Y: math.NaN()}) // a silence breaks the line
		}
		if a.Lo != nil && a.Hi != nil {
			p.Lo, p.Hi = *a.Lo, *a.Hi
		}
		points[a.Platform] = append(points[a.Platform], p)
	}
	var lines []chart.Series
	last := func(id string) float64 { return points[id][len(points[id])-1].Y }
	for _, id := range b.foremost(b.inOrder(seen), chartSeries, last) {
		lines = append(lines, chart.Series{Key: id, Label: b.platform(id), Platform: id, Points: points[id]})
	}
	if len(lines) == 0 {
		return nil, nil
	}
	sources := b.sourcesOf(nil, metric)
	title := b.pace(metric, points)
	if title == "" {
		title = b.say("At the same age: %s", b.measure(metric))
	}
	return b.figure(figureSpec{
		ID:       "ages-" + dashed(metric),
		Title:    title,
		Subtitle: b.say("%s by years since launch, logarithmic axis", sentence(b.measure(metric))),
		Unit:     b.measures[metric].Unit,
		Caption:  "Each line starts at the platform’s own launch. A platform that never published early figures starts late.",
		Measures: []string{metric},
		Sources:  sources,
		Draw: func(o chart.Options) (*chart.Figure, error) {
			o.Log = true
			return chart.Aligned(o, lines)
		},
	})
}
