package overtake

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/analysis/forecast"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

// METRICS 3.3: looked at twelve times only, the passage of UT-3.2 has been seen with probability 0.5648 (by simulation), where 0.6255 have
// passed and the correction in closed form says 0.5512.
func TestLooksAgreeWithTheDiscreteCorrection(t *testing.T) {
	const n = 60000
	days := make([]float64, 13)
	looks := make([]int, 12)
	for i := range days {
		days[i] = float64(i) * daysPerMonth
		if i > 0 {
			looks[i-1] = i
		}
	}
	m := GrowthModel{LogLevel: -30, Nodes: []DriftNode{{Weight: 1, Mean: 2.5}}, Vol: 6}
	challenger := m.LogPaths(rand.New(rand.NewPCG(3, 3)), days, n)
	seen := firstSeen(challenger, makePaths(n, len(days)), days, looks)
	got := shareBy(seen, []float64{days[12]})[0]
	const v = .5648 * .4352
	if se := math.Sqrt(v/n + v/400000); math.Abs(got-.5648) > 3*se { // the reference comes from 400,000 paths
		t.Errorf("seen by twelve looks with probability %v, want 0.5648 within %v", got, 3*se)
	}
	p := Passage{Gap: 30, Drift: 2.5, Vol: 6}
	if closed := p.ByObserved(12, 1); math.Abs(closed-got) > .02 || got > p.By(12) || got < p.Endpoint(12) {
		t.Errorf("looks %v, closed form %v, between %v on the day and %v ever", got, closed, p.Endpoint(12), p.By(12))
	}
}

func TestLooksFollowTheFigures(t *testing.T) {
	days := horizonGrid(1826)
	looks := looksOn(days, 91, 40)
	if first := days[looks[0]]; first < 51 || first > 58 { // the newest figure is 40 days old: the next comes 51 days on
		t.Errorf("first look on day %v, want the grid's first day from 51 on", first)
	}
	for i := 1; i < len(looks); i++ {
		if d := days[looks[i]] - days[looks[i-1]]; d < 50 || d > 170 {
			t.Errorf("looks %v days apart, want about 91", d)
		}
	}
	line := line{points: []point{{on: day("2016-01-01")}, {on: day("2016-04-01")}, {on: day("2016-07-01")}, {on: day("2017-07-01")}}}
	if got := usualSpacing(line); got != 91 {
		t.Errorf("usual spacing %v, want the middle one, 91", got)
	}
}

// The form that made a series gets most of the weight, and the futures of a mixture lie between those of its forms.
func TestFormsAreWeighedByTheirPast(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	grown := make([]forecast.Obs, 40) // a straight line of roots: growth that slows from percents to units
	flat := make([]forecast.Obs, 40)
	for i := range grown {
		r := 100 + 12*float64(i) + .5*rng.NormFloat64()
		grown[i] = forecast.Obs{T: 15000 + 30*float64(i), Y: 1e3 * r * r, SD: 100}
		flat[i] = forecast.Obs{T: 15000 + 30*float64(i), Y: 1e6 * math.Exp(.001*rng.NormFloat64()), SD: 100}
	}
	m, err := mixForms(grown, 15000+30*39)
	if err != nil {
		t.Fatal(err)
	}
	if !(m.weight[1] > m.weight[0] && m.weight[1] > m.weight[2]) {
		t.Errorf("weights %v of a line of roots, want most on the root scale", m.weight)
	}
	if f, err := mixForms(flat, 15000+30*39); err != nil || f.weight[2] < m.weight[2] {
		t.Errorf("%v: no trend has weight %v in a series without one, %v in one with", err, f.weight[2], m.weight[2])
	}
	var sum float64
	for _, w := range m.weight {
		sum += w
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Errorf("weights sum to %v", sum)
	}
	last := func(p [][]float64) float64 {
		var s float64
		for _, x := range p {
			s += x[0] / float64(len(p))
		}
		return s
	}
	day := []float64{365}
	both := last(m.LogPaths(rand.New(rand.NewPCG(1, 1)), day, 8000))
	var lo, hi = math.Inf(1), math.Inf(-1)
	for _, tr := range m.trends {
		x := last(tr.LogPaths(rand.New(rand.NewPCG(1, 1)), day, 8000))
		lo, hi = math.Min(lo, x), math.Max(hi, x)
	}
	if !(lo < both && both < hi) {
		t.Errorf("mean future of the mixture %v, of its forms %v to %v", both, lo, hi)
	}
}

// Two platforms that rise and stall together are found out; two that do not are taken for independent.
func TestCommonSurprisesAreFound(t *testing.T) {
	world := func(shared float64) correlation {
		rng := rand.New(rand.NewPCG(4, 4))
		var rs []series.Reading
		a, b := 1e6, 1e6
		for k := range 40 {
			to := day("2006-01-01").AddDate(0, 6*k, 0)
			s, x, y := rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()
			own := math.Sqrt(1 - shared*shared)
			a *= math.Exp(.1 + .05*(shared*s+own*x))
			b *= math.Exp(.1 + .05*(shared*s+own*y))
			for p, v := range map[string]float64{"a": a, "b": b} {
				r, err := measure.NewReading(math.Round(v), 1, measure.Round)
				if err != nil {
					t.Fatal(err)
				}
				rs = append(rs, series.Reading{Platform: p, Metric: "m", Unit: "users", Reading: r, Span: measure.Span{From: to, To: to}, PublishedOn: to, SourceURL: p + to.String(), Trust: "A"})
			}
		}
		f := &facts{Data: series.Data{Readings: rs, Metrics: map[string]series.Metric{"m": {Unit: "users", Measure: "stock", ComparedAs: "m"}},
			Platforms: []series.Platform{{Name: "a"}, {Name: "b"}}}}
		st, err := newStudy(f, day("2025-12-31"), DefaultHorizon, 1, 100, Full)
		if err != nil {
			t.Fatal(err)
		}
		return st.common
	}
	if c := world(.95); c.rho < .3 || c.from < 30 {
		t.Errorf("shared surprises: %+v, want a clear correlation from 38 half-years", c)
	}
	if c := world(0); math.Abs(c.rho) > .25 {
		t.Errorf("independent surprises: %+v", c)
	}
}

func TestSourceErrorsCancelInARatioThatOnePagePrinted(t *testing.T) {
	a := &side{method: "evidence", level: point{sourceSD: .1, urls: []string{"x"}}}
	b := &side{method: "evidence", level: point{sourceSD: .1, urls: []string{"x"}, derived: true}}
	spread := func(one, other *side) float64 {
		x, y := sourceShifts(rand.New(rand.NewPCG(1, 2)), one, other, 20000)
		var s float64
		for i := range x {
			s += (x[i] - y[i]) * (x[i] - y[i]) / float64(len(x))
		}
		return math.Sqrt(s)
	}
	if got := spread(a, b); got > 1e-12 {
		t.Errorf("a derived ratio is off by %v", got)
	}
	b.level.derived = false
	if got := spread(a, b); math.Abs(got-.1) > .003 { // sqrt(2 (1 - 1/2)) of .1
		t.Errorf("two figures of one page: their ratio is off by %v, want 0.1", got)
	}
	b.level.urls = []string{"y"}
	if got := spread(a, b); math.Abs(got-.1*math.Sqrt2) > .004 {
		t.Errorf("two pages: the ratio is off by %v, want 0.141", got)
	}
	b.method = "fitted_series"
	if b.sourceError() != 0 {
		t.Error("a fitted series has told its errors to the fit")
	}
}

func TestPartsOfAList(t *testing.T) {
	panel := []stretch{{role: rolePanel, name: "Big", account: "1", toValue: 30}, {role: rolePanel, name: "Small", account: "2", toValue: 6},
		{role: rolePanel, name: "Mid", account: "3", toValue: 14}, {role: roleOwn, toValue: 100}}
	parts := partsOf(panel, 100, 10) // the average account has 10
	want := []Part{
		{Size: "at least twice the average account", Accounts: []string{"Big"}, Share: .3, Mean: 30, N: 1},
		{Size: "from the average account to twice its size", Accounts: []string{"Mid"}, Share: .14, Mean: 14, N: 1},
		{Size: "from half of the average account to it", Accounts: []string{"Small"}, Share: .06, Mean: 6, N: 1},
		{Size: "all others", Share: .5, Mean: 50. / 7, N: 7},
	}
	if d := gocmp.Diff(want, parts); d != "" {
		t.Error(d)
	}
	if w := partWords(parts); !strings.Contains(w, "Big stands for accounts at least twice") || !strings.Contains(w, "the other 7 (50 %") {
		t.Errorf("words %q", w)
	}
	if partsOf(nil, 100, 10) != nil || partWords(nil) != "" {
		t.Error("no account stands for anything")
	}
}

func TestManyAgreeWithOne(t *testing.T) {
	q := warehousetest.Shipped(t)
	var rs []Request
	for _, r := range DefaultReplays {
		r.Seed = 7
		rs = append(rs, r)
	}
	many, err := Many(t.Context(), q, rs, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rs {
		one, err := Forecast(t.Context(), q, r)
		if err != nil {
			t.Fatal(err)
		}
		one.Published = slices.DeleteFunc(one.Published, func(s Statement) bool { return s.Later })
		a, _ := json.Marshal(one)
		b, _ := json.Marshal(many[i])
		if string(a) != string(b) {
			t.Errorf("%s as of %s: together and alone differ: %s", r.Metric, date(r.AsOf), gocmp.Diff(string(a), string(b)))
		}
	}
	pairs, err := Pairs(t.Context(), q, "monthly_active_users", day("2016-12-31"))
	if err != nil || len(pairs) != 1 || pairs[0].Leader != "twitter" || pairs[0].Challenger != "sina_weibo" {
		t.Errorf("pairs at the end of 2016: %+v, %v", pairs, err)
	}
	for what, bad := range map[string][]Request{"nothing": nil, "no date": {{Leader: "twitter", Challenger: "sina_weibo", Metric: "monthly_active_users"}},
		"unknown": {{Leader: "orkut", Challenger: "sina_weibo", Metric: "monthly_active_users", AsOf: today}}} {
		if _, err := Many(t.Context(), q, bad, 1); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

// The replays by both editions: the full model is as right as the first one about 2017, and says what it changed.
func TestEditionsStandSideBySide(t *testing.T) {
	held, n := map[string]int{}, map[string]int{}
	for _, r := range rowsOf(t, shippedTables(t), "overtake_editions") {
		if r["question"] != EverBy {
			continue
		}
		edition := r["edition"].(string)
		if (r["change"] != nil) != (edition == "full") {
			t.Errorf("%v, edition %s: change %v", r["as_of"], edition, r["change"])
		}
		if r["held80"] == nil {
			if r["metric"] == "monthly_active_users" {
				t.Errorf("as of %v the crossing of 2017 is not known", r["as_of"])
			}
			continue
		}
		n[edition]++
		if r["held80"].(bool) {
			held[edition]++
		}
	}
	if n["first"] != 4 || n["full"] != 4 || held["first"] != 4 || held["full"] != 4 {
		t.Errorf("80 %% intervals that held the crossing of 2017: %v of %v, want all four of both editions", held, n)
	}
}

func BenchmarkMany(b *testing.B) {
	q := warehousetest.Shipped(b)
	var rs []Request
	for year := 2012; year < 2020; year++ {
		rs = append(rs, Request{Metric: "monthly_active_users", Leader: "twitter", Challenger: "sina_weibo", AsOf: time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC), Seed: 1})
	}
	for b.Loop() {
		if _, err := Many(b.Context(), q, rs, 0); err != nil {
			b.Fatal(fmt.Errorf("many: %w", err))
		}
	}
}
