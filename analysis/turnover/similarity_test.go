package turnover

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"pgregory.net/rapid"
)

var digits = measuretest.Digits

func letters(s string) []string { return strings.Split(s, "") }

func TestRankBiased(t *testing.T) { // UT-6.1
	o, err := RankBiased(letters("abcde"), letters("bacfd"), 0.9)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "RBO", o.RBO, ".750555")
	digits(t, "lower bound", o.RBOMin, ".488146")
	digits(t, "average overlap", o.Average, ".71")
	digits(t, "weight of the top 10", TopWeight(.9, 10), ".855585")
	if o.Common != 4 || o.K != 5 {
		t.Errorf("%d common of %d, want 4 of 5", o.Common, o.K)
	}
}

func TestTauB(t *testing.T) { // UT-6.2
	tau, err := TauB([]float64{1, 2, 3, 4, 4, 6}, []float64{2, 1, 4, 3, 3, 5})
	if err != nil {
		t.Fatal(err)
	}
	if tau.Concordant != 11 || tau.Discordant != 3 || tau.TiedA != 1 || tau.TiedB != 1 {
		t.Errorf("%+v, want C=11 D=3 ta=1 tb=1", tau)
	}
	digits(t, "tau-b", tau.B, ".571429")
	if tau, _ := TauB([]float64{1, 1, 1}, []float64{1, 2, 3}); !math.IsNaN(tau.B) {
		t.Errorf("tau-b of all ties = %v, want NaN", tau.B)
	}
	if _, err := TauB([]float64{1}, []float64{1}); err == nil {
		t.Error("tau-b of one rank was given")
	}
	if _, err := TauB([]float64{1, math.NaN()}, []float64{1, 2}); err == nil {
		t.Error("tau-b with NaN was given")
	}
}

func TestCompare(t *testing.T) { // UT-6.3
	c, err := Compare(letters("abcde"), letters("bacfd"))
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "churn", c.Churn, ".2")
	digits(t, "Jaccard", c.Jaccard, ".666667")
	digits(t, "mean displacement", c.Displacement, ".75")
	if c.Footrule != 6 || !reflect.DeepEqual(c.Entered, []string{"f"}) || !reflect.DeepEqual(c.Left, []string{"e"}) {
		t.Errorf("%+v, want footrule 6, f in, e out", c)
	}
	c, err = Compare(letters("ab"), letters("xyz"))
	if err != nil || c.Churn != 1 || !math.IsNaN(c.Displacement) || c.K != 2 || c.Footrule != 6 {
		t.Errorf("%+v, %v: want nothing in common", c, err)
	}
}

func TestBadRankings(t *testing.T) {
	for name, l := range map[string][]string{"empty": nil, "twice": letters("aa")} {
		if _, err := Compare(l, letters("ab")); err == nil {
			t.Errorf("%s ranking was compared", name)
		}
		if _, err := RankBiased(letters("ab"), l, .9); err == nil {
			t.Errorf("%s ranking had an overlap", name)
		}
	}
	if _, err := RankBiased(letters("ab"), letters("ab"), 1); err == nil {
		t.Error("persistence 1 was accepted")
	}
}

// RBO(x,x) = 1, symmetric, in [0,1], RBO_min <= RBO; tau-b of a list with itself is 1, with its reverse -1.
func TestRankingInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "n")
		alphabet := letters("abcdefghijklmnopqrst")
		a := rapid.Permutation(alphabet).Draw(t, "a")[:n]
		b := rapid.Permutation(alphabet).Draw(t, "b")[:rapid.IntRange(1, 12).Draw(t, "m")]
		p := rapid.Float64Range(.01, .99).Draw(t, "p")
		ab, err := RankBiased(a, b, p)
		if err != nil {
			t.Fatal(err)
		}
		ba, _ := RankBiased(b, a, p)
		self, _ := RankBiased(a, a, p)
		if math.Abs(ab.RBO-ba.RBO) > 1e-12 || math.Abs(self.RBO-1) > 1e-9 || ab.RBO < 0 || ab.RBO > 1 || ab.RBOMin > ab.RBO+1e-9 {
			t.Fatalf("RBO %v and %v, self %v, min %v", ab.RBO, ba.RBO, self.RBO, ab.RBOMin)
		}
		c, _ := Compare(a, b)
		if c.Common != ab.Common || len(c.Entered) != len(c.Left) || c.Common+len(c.Left) != c.K {
			t.Fatalf("%+v and %+v disagree", c, ab)
		}
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(i)
		}
		reversed := slices.Clone(x)
		slices.Reverse(reversed)
		one, _ := TauB(x, x)
		minus, _ := TauB(x, reversed)
		if one.B != 1 || minus.B != -1 {
			t.Fatalf("tau-b with itself %v, reversed %v", one.B, minus.B)
		}
	})
}
