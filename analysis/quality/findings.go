package quality

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis/activity"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// A Severity is how grave a finding is.
type Severity string

// The severities.
const (
	Error Severity = "error" // cannot be true as it stands
	Warn  Severity = "warn"  // doubtful: look before relying on it
	Info  Severity = "info"  // a limit of the data
)

// A Finding is one thing that a rule found. Metric is empty where the rule is about something else.
type Finding struct {
	Platform, Metric string
	On               time.Time // the day that it is about; zero where it is about the whole
	Rule             string
	Severity         Severity
	What             string
	Affected         int // readings
	Consequence      string
}

// What follows from findings, in words.
const (
	toldOnly    = "told only"
	leaves      = "leaves the series; stays in series_sources"
	notUsed     = "the figures not used stay in series_sources"
	bothUsed    = "all are used; the interval covers them"
	flagged     = "used, with a flag"
	notInterval = "no interpolation or trend across it"
)

// The numbers of the rules.
const (
	staleDays  = 180  // a value that stands this long, in days,
	staleCount = 3    // in so many readings is stale
	pairDays   = 46   // two metrics within this many days may contradict each other
	smallFall  = 0.99 // a total that falls by less than a hundredth is no great matter
	farApart   = 1.25 // sources farther apart than this factor are an error, not a nuance
)

// OfSeries applies the rules that look at the series of platforms.
func OfSeries(d series.Data) []Finding {
	var out []Finding
	for _, s := range d.Series {
		out = append(out, stale(s.Platform, s.Metric, values(s.Points))...)
		out = append(out, ofPoints(s)...)
		out = append(out, ofReadings(s)...)
		out = append(out, staircase(s)...)
		out = append(out, coarserGrid(s)...)
		out = append(out, outOfRange(s, d.Metrics[s.Metric])...)
	}
	for _, p := range d.Platforms {
		out = append(out, above(d, p.Name, "monthly_active_users", "registered_users", "more monthly users than accounts")...)
		out = append(out, above(d, p.Name, "daily_active_users", "registered_users", "more daily users than accounts")...)
		out = append(out, above(d, p.Name, "daily_active_users", "monthly_active_users", "more daily than monthly users")...)
	}
	return out
}

// A value is one reading of anything through time.
type value struct {
	on       time.Time
	lo, x, h float64
}

func values(points []series.Point) []value {
	out := make([]value, len(points))
	for i, p := range points {
		out[i] = value{p.On, p.Value.Lo, p.Value.Point, p.Value.Hi}
	}
	return out
}

// stale finds runs of exactly equal values.
func stale(platform, metric string, vs []value) []Finding {
	var out []Finding
	for i := 0; i < len(vs); {
		j := i + 1
		for j < len(vs) && vs[j].x == vs[i].x {
			j++
		}
		if days := measure.DaysBetween(vs[i].on, vs[j-1].on); j-i >= staleCount && days >= staleDays {
			out = append(out, Finding{platform, metric, vs[j-1].on, "stale", Warn, fmt.Sprintf("%s stands unchanged in %d readings from %s on, for %.0f days",
				measure.Words(vs[i].x), j-i, vs[i].on.Format(time.DateOnly), days), j - i, toldOnly})
		}
		i = j
	}
	return out
}

// ofPoints reports what package series noted at each day.
func ofPoints(s series.Series) []Finding {
	var out []Finding
	for i, p := range s.Points {
		f := Finding{Platform: s.Platform, Metric: s.Metric, On: p.On, Severity: Warn, Affected: len(p.Evidence)}
		if p.Value.Flags.Has(measure.SourcesDisagree) {
			g := f
			g.Rule, g.What, g.Consequence = "sources_disagree", disagreement(p), notUsed
			if p.Value.Flags.Has(measure.WidenedByDispute) {
				g.Consequence = bothUsed
			}
			if lo, hi := span(p); lo > 0 && hi/lo > farApart {
				g.Severity = Error
			}
			out = append(out, g)
		}
		if p.Value.Flags.Has(series.BelowEarlier) {
			g := f
			before := highest(s.Points[:i])
			g.Rule, g.Consequence, g.Affected = "falling_total", flagged, 1
			g.What = fmt.Sprintf("%s is %.2g %% less than %s on %s; a total since the launch can only fall by a purge, or the figure is old",
				measure.Words(p.Value.Point), 100*(1-p.Value.Point/before.Value.Point), measure.Words(before.Value.Point), before.On.Format(time.DateOnly))
			if p.Value.Point > smallFall*before.Value.Point {
				g.Severity = Info
			}
			out = append(out, g)
		}
		if p.Value.Flags.Has(measure.Gap) && i > 0 {
			g := f
			g.Rule, g.Severity, g.Consequence, g.Affected = "gap", Info, notInterval, 0
			g.What = fmt.Sprintf("no reading for %.0f days since %s", measure.DaysBetween(s.Points[i-1].On, p.On), s.Points[i-1].On.Format(time.DateOnly))
			out = append(out, g)
		}
	}
	for _, p := range s.SetAside {
		why := "contradicts better sources around it"
		for _, e := range p.Evidence {
			if e.Outlier && e.Why != "" {
				why = e.Why
			}
		}
		out = append(out, Finding{s.Platform, s.Metric, p.On, "contradicts_neighbours", Error, measure.Words(p.Value.Point) + " " + why, len(p.Evidence), leaves})
	}
	return out
}

// highest is the point of the greatest value.
func highest(points []series.Point) series.Point {
	best := points[0]
	for _, p := range points {
		if p.Value.Point > best.Value.Point {
			best = p
		}
	}
	return best
}

func span(p series.Point) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, e := range p.Evidence {
		v := e.Reading.Reading.Point()
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}

func disagreement(p series.Point) string {
	var parts []string
	for _, e := range p.Evidence {
		part := fmt.Sprintf("%s (%s, trust %s)", measure.Words(e.Value), activity.SourceFamily(e.SourceURL), trustWord(e.Trust))
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	text := strings.Join(parts, " against ")
	if measure.Finite(p.Q) {
		text += fmt.Sprintf("; Cochran's Q %.3g, p %s", p.Q, probability(p.P))
	}
	return text
}

// probability prints a p-value, which far out means no more than that it is tiny.
func probability(p float64) string {
	if p < 1e-6 {
		return "below 0.000001"
	}
	return fmt.Sprintf("%.2g", p)
}

func trustWord(trust string) string {
	if trust == "" {
		return "unknown"
	}
	return trust
}

// ofReadings reports the shares of weak readings in a series.
func ofReadings(s series.Series) []Finding {
	var all, inferred, censored, derived, early int
	best := ""
	families := map[string]bool{}
	for _, p := range s.Days() {
		for _, e := range p.Evidence {
			all++
			inferred += count(e.StepBasis == "inferred")
			censored += count(e.Mode == measure.CensoredRight)
			derived += count(e.Derived)
			early += count(e.PublishedOn.Before(e.Span.From))
			if best == "" || measure.BetterTrust(e.Trust, best) {
				best = e.Trust
			}
			families[activity.SourceFamily(e.SourceURL)] = true
		}
	}
	add := func(out []Finding, rule string, severity Severity, n int, what, consequence string) []Finding {
		if n == 0 {
			return out
		}
		return append(out, Finding{s.Platform, s.Metric, time.Time{}, rule, severity, fmt.Sprintf("%d of %d readings %s", n, all, what), n, consequence})
	}
	var out []Finding
	out = add(out, "inferred_rounding", Info, inferred, "have a rounding step guessed from trailing zeros", toldOnly)
	out = add(out, "censored", Warn, censored, fmt.Sprintf("are only lower bounds (%.0f %%)", 100*float64(censored)/float64(max(1, all))), "used only where there is nothing else")
	out = add(out, "derived", Info, derived, "were computed by us from a page that does not print them", "used, marked, where no printed figure exists")
	out = add(out, "published_before_period", Error, early, "were published before the period that they speak of", toldOnly)
	if best != "A" && best != "B" {
		out = add(out, "weak_sources", Warn, all, "rest on nothing better than trust C", toldOnly)
	}
	if len(families) == 1 && all > 1 {
		out = add(out, "one_source", Info, all, "come from one site", toldOnly)
	}
	return out
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// outOfRange finds values that their kind cannot take.
func outOfRange(s series.Series, m series.Metric) []Finding {
	var out []Finding
	for _, p := range s.Points {
		f := Finding{s.Platform, s.Metric, p.On, "out_of_range", Error, "", len(p.Evidence), toldOnly}
		switch {
		case p.Value.Point < 0:
			f.What = measure.Words(p.Value.Point) + " is below zero"
		case m.Measure == "share" && m.Unit == "percent" && p.Value.Lo > 100 && !strings.Contains(s.Metric, "growth"):
			f.What = measure.Words(p.Value.Point) + " percent of a whole"
		default:
			continue
		}
		out = append(out, f)
	}
	return out
}

// above finds days on which the smaller of two metrics exceeds the greater beyond both intervals.
func above(d series.Data, platform, smaller, greater, what string) []Finding {
	s, okS := d.Find(platform, smaller)
	g, okG := d.Find(platform, greater)
	if !okS || !okG {
		return nil
	}
	var out []Finding
	for _, p := range s.Points {
		for _, o := range g.Points {
			if math.Abs(measure.DaysBetween(p.On, o.On)) <= pairDays && p.Value.Lo > o.Value.Hi {
				out = append(out, Finding{platform, smaller, p.On, "impossible", Error, fmt.Sprintf("%s: %s against %s of %s on %s", what,
					measure.Words(p.Value.Point), measure.Words(o.Value.Point), greater, o.On.Format(time.DateOnly)), len(p.Evidence), toldOnly})
				break
			}
		}
	}
	return out
}
