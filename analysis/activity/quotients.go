package activity

import (
	"cmp"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// The flags that this package adds to those of package measure.
const (
	DifferentSources   measure.Flag = "different_sources"   // numerator and denominator were read in different places
	DifferentDays      measure.Flag = "different_days"      // and speak of different days
	DefinitionsDiffer  measure.Flag = "definitions_differ"  // the two count users in different ways by their own words
	ImpossibleQuotient measure.Flag = "impossible_quotient" // more daily than monthly users, or more active than registered
)

// A Definition is a quotient with the words that stand where it is read.
type Definition struct {
	Name, Numerator, Denominator string
	SameSource                   bool // only from one source, for one period: users against users
	Flag                         measure.Flag
	Text                         string
}

// Definitions are the quotients of the job.
var Definitions = []Definition{
	{"dau_per_mau", "daily_active_users", "monthly_active_users", true, "", "mean users a day over users in the month, both as one source counts them for one period; 1/30 if everybody came once a month, 1 if everybody came daily"},
	{"mdau_per_mau", "monetizable_daily_active_users", "monthly_active_users", true, DefinitionsDiffer, "monetizable users a day over users in the month, from one source for one period; the two leave out different users"},
	{"dau_per_registered", "daily_active_users", "registered_users", false, "", "mean users a day over accounts ever opened: falls as abandoned accounts pile up"},
	{"mau_per_registered", "monthly_active_users", "registered_users", false, "", "users in the month over accounts ever opened: falls as abandoned accounts pile up"},
	{"posts_a_day_per_dau", "posts_per_day", "daily_active_users", false, "", "posts a day over mean users a day"},
	{"posts_a_day_per_mau", "posts_per_day", "monthly_active_users", false, "", "posts a day over users in the month"},
	{"posts_a_day_per_registered", "posts_per_day", "registered_users", false, "", "posts a day over accounts ever opened"},
	{"posts_a_month_per_mau", "posts_per_month", "monthly_active_users", false, "", "posts in the month over users in the month"},
	{"posts_per_registered", "posts_total", "registered_users", false, "", "posts since the launch over accounts ever opened"},
	{"top100_followers_per_registered", "top100_followers_total", "registered_users", false, "", "followers of the hundred most-followed accounts, summed with repeats, over accounts ever opened"},
	{"top100_followers_per_mau", "top100_followers_total", "monthly_active_users", false, "", "followers of the hundred most-followed accounts, summed with repeats, over users in the month"},
}

// A Quotient is a computed Definition.
type Quotient struct {
	Definition
	Platform, Family                   string
	On, BaseOn                         time.Time // day of the numerator, of the denominator
	Value                              measure.Quantity
	Top, Base                          measure.Estimate
	SourceURL, BaseSourceURL, TrustTop string
	TrustBase                          string
	OneSource                          bool
}

// SourceFamily is the site that a page belongs to: the host without its leading labels. Two pages of one site are one
// source family: a company's releases, a statistics portal.
func SourceFamily(page string) string {
	u, err := url.Parse(page)
	if err != nil || u.Hostname() == "" {
		return page
	}
	labels := strings.Split(strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), ".")
	keep := 2
	if n := len(labels); n >= 3 && len(labels[n-1]) == 2 && len(labels[n-2]) <= 3 { // co.uk, com.cn, ne.jp
		keep = 3
	}
	return strings.Join(labels[max(0, len(labels)-keep):], ".")
}

// FromOneSource computes a quotient of two kinds of users from single readings: each pair of one platform, one period's
// end and one source family. Pairs that print the same two figures are one row, under its best source.
func FromOneSource(def Definition, readings []series.Reading) []Quotient {
	var out []Quotient
	for _, top := range readings {
		if top.Metric != def.Numerator || top.Derived {
			continue
		}
		for _, base := range readings {
			if base.Metric != def.Denominator || base.Derived || base.Platform != top.Platform || !base.Span.To.Equal(top.Span.To) ||
				base.Precision != top.Precision || SourceFamily(base.SourceURL) != SourceFamily(top.SourceURL) {
				continue
			}
			q := Quotient{Definition: def, Platform: top.Platform, Family: top.Family, On: top.Span.To, BaseOn: base.Span.To,
				Top: top.Estimate(0.95), Base: base.Estimate(0.95), SourceURL: top.SourceURL, BaseSourceURL: base.SourceURL,
				TrustTop: top.Trust, TrustBase: base.Trust, OneSource: true}
			q.divide()
			out = append(out, q)
		}
	}
	slices.SortStableFunc(out, func(a, b Quotient) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), a.On.Compare(b.On), cmp.Compare(a.Top.Point, b.Top.Point),
			cmp.Compare(a.Base.Point, b.Base.Point), cmp.Compare(worse(a), worse(b)), cmp.Compare(a.SourceURL, b.SourceURL))
	})
	return slices.CompactFunc(out, func(a, b Quotient) bool {
		return a.Platform == b.Platform && a.On.Equal(b.On) && a.Top.Point == b.Top.Point && a.Base.Point == b.Base.Point
	})
}

// worse orders quotients by the worse of their two trust classes; an unknown class comes last.
func worse(q Quotient) string {
	a, b := cmp.Or(q.TrustTop, "~"), cmp.Or(q.TrustBase, "~")
	return max(a, b)
}

// slackDays is how far apart, in days, the two sides of a quotient of different sources may be.
const slackDays = 46

// FromSeries computes a quotient of two series: each point of the numerator over the nearest point of the denominator
// within 46 days. Points that share no source family are flagged.
func FromSeries(def Definition, top, base series.Series) []Quotient {
	var out []Quotient
	for _, p := range top.Points {
		b, ok := nearest(base.Points, p.On)
		if !ok {
			continue
		}
		q := Quotient{Definition: def, Platform: top.Platform, Family: top.Family, On: p.On, BaseOn: b.On, Top: p.Value, Base: b.Value,
			TrustTop: p.Trust, TrustBase: b.Trust}
		q.SourceURL, q.BaseSourceURL, q.OneSource = sharedSource(p, b)
		q.divide()
		if !q.OneSource {
			q.Value.Estimate = q.Value.With(DifferentSources)
		}
		if !p.On.Equal(b.On) {
			q.Value.Estimate = q.Value.With(DifferentDays)
		}
		out = append(out, q)
	}
	return out
}

func (q *Quotient) divide() {
	top := measure.Quantity{Kind: measure.Kind(q.Numerator), Estimate: q.Top}
	base := measure.Quantity{Kind: measure.Kind(q.Denominator), Estimate: q.Base}
	v, err := top.Per(base, measure.Kind(q.Name))
	if err != nil { // only where a definition divides a kind by itself
		v.Estimate = measure.Undefined(err.Error())
	}
	q.Value = v
	q.Value.Flags = slices.DeleteFunc(q.Value.Flags.With(q.Flag), func(f measure.Flag) bool { return f == measure.Gap || f == "" })
	users := strings.HasSuffix(q.Numerator, "_users")
	if users && q.Value.Lo > 1 {
		q.Value.Estimate = q.Value.With(ImpossibleQuotient)
	}
	if !measure.Finite(q.Value.SD) && q.Value.Defined() {
		q.Value.Estimate = q.Value.With(measure.Censored)
	}
}

func nearest(points []series.Point, day time.Time) (series.Point, bool) {
	best, distance := -1, slackDays+0.5
	for i, p := range points {
		if d := math.Abs(measure.DaysBetween(day, p.On)); d < distance {
			best, distance = i, d
		}
	}
	if best < 0 {
		return series.Point{}, false
	}
	return points[best], true
}

// sharedSource is a pair of pages behind two points, of one source family where there is such a pair.
func sharedSource(a, b series.Point) (top, base string, shared bool) {
	for _, x := range a.Evidence {
		for _, y := range b.Evidence {
			if !x.Used || !y.Used {
				continue
			}
			if SourceFamily(x.SourceURL) == SourceFamily(y.SourceURL) {
				return x.SourceURL, y.SourceURL, true
			}
			if top == "" {
				top, base = x.SourceURL, y.SourceURL
			}
		}
	}
	return top, base, false
}

// All computes every quotient of the definitions, in order of definition, platform and day.
func All(d series.Data) []Quotient {
	var out []Quotient
	for _, def := range Definitions {
		if def.SameSource {
			out = append(out, FromOneSource(def, d.Readings)...)
			continue
		}
		for _, top := range d.Series {
			if base, ok := d.Find(top.Platform, def.Denominator); ok && top.Metric == def.Numerator {
				out = append(out, FromSeries(def, top, base)...)
			}
		}
	}
	return out
}

// A Comparison is how many times the quotient of one platform exceeds that of another, as a log ratio.
type Comparison struct {
	A, B     Quotient
	LogRatio measure.Estimate
}

// compareDays is how far apart, in days, two platforms' quotients may be to be compared.
const compareDays = 92

// Compare sets the quotients of platforms of different families beside one another: for each pair of platforms and each
// definition the two nearest in time, if within 92 days, once per day of the first.
func Compare(all []Quotient) []Comparison {
	var out []Comparison
	for _, a := range all {
		if a.Family != "weibo_style" || !a.Value.Defined() {
			continue
		}
		best := map[string]Quotient{}
		for _, b := range all {
			if b.Name != a.Name || b.Family == a.Family || !b.Value.Defined() {
				continue
			}
			d := math.Abs(measure.DaysBetween(a.On, b.On))
			if have, ok := best[b.Platform]; d <= compareDays && (!ok || d < math.Abs(measure.DaysBetween(a.On, have.On))) {
				best[b.Platform] = b
			}
		}
		for _, platform := range sorted(best) {
			b := best[platform]
			e := LogRatioOfRatios(a.Top, a.Base, b.Top, b.Base)
			e.Flags = a.Value.Flags.With(b.Value.Flags...)
			out = append(out, Comparison{a, b, e})
		}
	}
	return out
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
