package overtake

import (
	"testing"

	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

// TestCurveHoldsTheQuarterEnds shows that the curve is in order, holds the days that the answer speaks of with the same
// chances, and never says that a platform is ahead that has not been ahead.
func TestCurveHoldsTheQuarterEnds(t *testing.T) {
	q := warehousetest.Shipped(t)
	for _, r := range DefaultReplays {
		a, err := Forecast(t.Context(), q, r)
		if err != nil {
			t.Fatal(err)
		}
		at := map[string]CurvePoint{}
		for i, p := range a.Curve {
			at[p.On.String()] = p
			if i > 0 && (!p.On.After(a.Curve[i-1].On.Time) || p.Ever < a.Curve[i-1].Ever) {
				t.Errorf("%s: %+v after %+v, want later days and a chance that never falls", r.AsOf, p, a.Curve[i-1])
			}
			if p.ForGood > p.Ahead || p.Ahead > p.Ever {
				t.Errorf("%s: %+v, want for good <= ahead <= ever", r.AsOf, p)
			}
		}
		for i, chance := range map[int]func(CurvePoint) float64{
			0: func(p CurvePoint) float64 { return p.Ahead }, 1: func(p CurvePoint) float64 { return p.Ever }, 2: func(p CurvePoint) float64 { return p.ForGood },
		} {
			for _, by := range a.Questions[i].By {
				if p, ok := at[by.On.String()]; !ok || chance(p) != by.P {
					t.Errorf("%s: the curve says %+v of %s, the answer %v", r.AsOf, p, by.On, by)
				}
			}
		}
	}
}
