package forecast

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/overtake-analytics/overtake/analysis/calibration"
)

// A ScoreRow says how well one model did at one horizon over a panel.
type ScoreRow struct {
	Model     string
	H         int
	Series    int
	Forecasts int
	MASE      float64 // median over series of the mean scaled absolute error; scale = mean absolute step up to the series' first origin
	RelWIS    float64 // geometric mean over series of mean WIS / that of drift; 0 where it cannot be said
	Coverage  calibration.Coverage
}

// benchmark gives quantiles of naive or drift (METRICS 2.1, 2.3) from the values up to a cutoff.
func benchmark(y []float64, h int, drift bool, probs []float64) []float64 {
	mean, sd := Drift(y, h)
	if !drift {
		var ss float64
		for i := 1; i < len(y); i++ {
			ss += (y[i] - y[i-1]) * (y[i] - y[i-1])
		}
		mean, sd = y[len(y)-1], math.Sqrt(ss/math.Max(1, float64(len(y)-1))*float64(h))
	}
	out := make([]float64, len(probs))
	for i, p := range probs {
		out[i] = mean + sd*distuv.UnitNormal.Quantile(p)
	}
	return out
}

// A scored is one forecast with its truth.
type scored struct {
	id   string
	h    int
	mase float64 // absolute error / scale, NaN where there is no scale
	wis  float64
	in80 bool
}

// Scoreboard scores forecasts beside naive and drift on the same tasks. Forecasts whose outcome the panel does not hold are left out.
// probs are the levels of the forecasts' quantiles; coverage is that of the interval between the 0.1 and 0.9 levels.
func Scoreboard(p *Panel, res *Result, probs []float64) ([]ScoreRow, error) {
	lo, mid, hi := slices.Index(probs, 0.1), slices.Index(probs, 0.5), slices.Index(probs, 0.9)
	if lo < 0 || mid < 0 || hi < 0 {
		return nil, fmt.Errorf("scoreboard: levels %v must hold 0.1, 0.5 and 0.9", probs)
	}
	scale := scales(p, res)
	names := []string{"overtake", "drift", "naive"}
	all := make([][]scored, len(names))
	sorted := slices.Clone(res.Forecasts)
	sortForecasts(sorted)
	for _, f := range sorted {
		s := p.Find(f.ID)
		g := gridOf(s, f.T, 1)
		c := &cut{s: s, t: f.T, fit: &fit{g: g}}
		_, y, ok := c.outcome(f.H)
		if !ok {
			continue
		}
		for m, q := range [][]float64{f.Q, benchmark(g.y, f.H+g.lag, true, probs), benchmark(g.y, f.H+g.lag, false, probs)} {
			w, err := calibration.WIS(probs, q, y)
			if err != nil {
				return nil, fmt.Errorf("scoreboard: %s: %w", f.ID, err)
			}
			all[m] = append(all[m], scored{f.ID, f.H, math.Abs(y-q[mid]) / scale[f.ID], w, q[lo] <= y && y <= q[hi]})
		}
	}
	var rows []ScoreRow
	for m, name := range names {
		rows = append(rows, summarise(name, all[m], all[1])...)
	}
	slices.SortStableFunc(rows, func(a, b ScoreRow) int { return cmp.Compare(a.H, b.H) })
	return rows, nil
}

// scales gives each series' mean absolute step up to its first origin.
func scales(p *Panel, res *Result) map[string]float64 {
	first := map[string]float64{}
	for _, f := range res.Forecasts {
		if t, ok := first[f.ID]; !ok || f.T < t {
			first[f.ID] = f.T
		}
	}
	out := map[string]float64{}
	for id, t := range first {
		out[id] = calibration.NaiveScale(gridOf(p.Find(id), t, 1).y, 1)
	}
	return out
}

// summarise makes one row for each horizon: means over a series' origins first, then over series.
func summarise(name string, s, drift []scored) []ScoreRow {
	type sums struct{ mase, wis, base, n float64 }
	byH := map[int]map[string]*sums{}
	hits := map[int][]bool{}
	for i, x := range s {
		m := byH[x.h]
		if m == nil {
			m = map[string]*sums{}
			byH[x.h] = m
		}
		if m[x.id] == nil {
			m[x.id] = &sums{}
		}
		v := m[x.id]
		v.mase, v.wis, v.base, v.n = v.mase+x.mase, v.wis+x.wis, v.base+drift[i].wis, v.n+1
		hits[x.h] = append(hits[x.h], x.in80)
	}
	var out []ScoreRow
	for h, m := range byH {
		r := ScoreRow{Model: name, H: h, Series: len(m), Forecasts: len(hits[h]), Coverage: calibration.CoverageOf(hits[h])}
		var mase []float64
		var logs, n float64
		for _, id := range sortedKeys(m) {
			v := m[id]
			if a := v.mase / v.n; !math.IsNaN(a) && !math.IsInf(a, 0) {
				mase = append(mase, a)
			}
			if v.wis > 0 && v.base > 0 {
				logs, n = logs+math.Log(v.wis/v.base), n+1
			}
		}
		r.MASE = median(mase)
		if n > 0 {
			r.RelWIS = math.Exp(logs / n)
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b ScoreRow) int { return cmp.Compare(a.H, b.H) })
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// WriteScoreboard prints the rows as a table for people.
func WriteScoreboard(w io.Writer, rows []ScoreRow) error {
	t := tabwriter.NewWriter(w, 2, 4, 2, ' ', 0)
	fmt.Fprintln(t, "model\th\tseries\tforecasts\tmedian MASE\tWIS / drift's\tin 80 % interval\t95 % range of that")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%.3f\t%.3f\t%.1f %%\t%.1f-%.1f %%\n", r.Model, r.H, r.Series, r.Forecasts, r.MASE, r.RelWIS,
			100*r.Coverage.Share, 100*r.Coverage.Lo, 100*r.Coverage.Hi)
	}
	return t.Flush()
}
