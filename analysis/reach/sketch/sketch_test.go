package sketch

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// near fails unless got equals want to six significant digits.
func near(t *testing.T, name string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-5*math.Abs(want) {
		t.Errorf("%s = %.7g, want %.7g", name, got, want)
	}
}

func TestFormulas(t *testing.T) {
	for p, want := range map[int]float64{11: .0229810, 12: .0162500, 14: .00812500, 16: .00406250} {
		near(t, "HLLRSE", HLLRSE(p), want)
	}
	near(t, "alpha 4096", HLLAlpha(4096), .721110)
	near(t, "raw", HLLRaw([]uint8{1, 2, 3, 1, 2, 4, 1, 2, 2, 3, 1, 5, 2, 1, 3, 2}), 38.5540)
	near(t, "linear counting", LinearCount(16, 11), 5.99510)
	near(t, "HLL intersection", HLLIntersectionSE(5.1e6, 5.1e6, 1e7, 14), 100178)
	near(t, "theta", ThetaRSE(4096), .0156269)
	near(t, "theta intersection", ThetaIntersectionRSE(1e7, 2e5, 4096), .109375)
	near(t, "kmv", KMV(4, .0125), 240)
	near(t, "minhash", MinHashSE(.3, 256), .0286411)
}

// fill makes a sketch of the followers.
func fill(t interface{ Fatal(...any) }, k int, followers []uint32) *Theta {
	s, err := NewTheta(k)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range followers {
		s.Add(f)
	}
	s.settle()
	return s
}

func TestThetaMergesLikeASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Uint32Range(0, 400), 0, 300)
		x, y, z := list.Draw(t, "x"), list.Draw(t, "y"), list.Draw(t, "z")
		a, b, c := fill(t, 16, x), fill(t, 16, y), fill(t, 16, z)
		same := func(name string, p, q *Theta) {
			if p.theta != q.theta || !slices.Equal(p.hashes, q.hashes) {
				t.Fatalf("%s: %d hashes below %x, want %d below %x", name, len(p.hashes), p.theta, len(q.hashes), q.theta)
			}
		}
		same("commutative", Union(a, b), Union(b, a))
		same("associative", Union(Union(a, b), c), Union(a, Union(b, c)))
		same("idempotent", Union(a, a), a)
		same("whole", Union(a, b), fill(t, 16, append(slices.Clone(x), y...)))
	})
}

func TestThetaCoverage(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	const runs = 400
	var union, both int
	for range runs {
		base := rng.Uint32()
		a, _ := NewTheta(256)
		b, _ := NewTheta(256)
		for i := range uint32(6000) {
			a.Add(base + i)
			b.Add(base + 3000 + i)
		}
		if e := Union(a, b).Estimate(.95); e.Lo <= 9000 && 9000 <= e.Hi {
			union++
		}
		if e := Intersection(a, b).Estimate(.95); e.Lo <= 3000 && 3000 <= e.Hi {
			both++
		}
	}
	// 400 draws of a 95 % interval: 0.95 ± 3 sd is 0.917 to 0.983.
	for name, n := range map[string]int{"union": union, "intersection": both} {
		if c := float64(n) / runs; c < .917 || c > .983 {
			t.Errorf("%s: %.3f of the 95 %% intervals hold the truth", name, c)
		}
	}
}

func TestThetaExactWhileSmall(t *testing.T) {
	a, b := fill(t, 64, []uint32{1, 2, 3, 3}), fill(t, 64, []uint32{3, 4, math.MaxUint32})
	if e := Union(a, b).Estimate(.95); !e.Exact || e.Value != 5 {
		t.Errorf("union = %+v, want exactly 5", e)
	}
	if e := Intersection(a, b).Estimate(.95); !e.Exact || e.Value != 1 {
		t.Errorf("intersection = %+v, want exactly 1", e)
	}
	if j := Jaccard(a, b); j != .2 {
		t.Errorf("jaccard = %v, want 0.2", j)
	}
	if !a.Forget(3) || a.Forget(3) {
		t.Error("forget 3: want once true, then false")
	}
	if e := Intersection(a, b).Estimate(.95); e.Value != 0 {
		t.Errorf("intersection after forgetting = %+v, want 0", e)
	}
}

func TestHLLUnion(t *testing.T) {
	a, _ := NewHLL(14)
	b, _ := NewHLL(14)
	whole, _ := NewHLL(14)
	for i := range uint32(300_000) {
		whole.Add(i)
		if i < 200_000 {
			a.Add(i)
		}
		if i >= 100_000 {
			b.Add(i)
		}
	}
	if err := a.Merge(b); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.regs, whole.regs) {
		t.Error("merge of parts differs from the sketch of the whole")
	}
	if v, se := a.Count(); math.Abs(v-300_000) > 4*se {
		t.Errorf("count = %v ± %v, want 300000", v, se)
	}
	small, _ := NewHLL(11)
	for i := range uint32(100) {
		small.Add(i)
	}
	if v, _ := small.Count(); math.Abs(v-100) > 5 {
		t.Errorf("count = %v, want about 100", v)
	}
}

func TestMinHash(t *testing.T) {
	a, b := NewMinHash(256), NewMinHash(256)
	for i := range uint32(2000) {
		a.Add(i)
		b.Add(i + 1000)
	}
	j, se, err := a.Jaccard(b)
	if err != nil || math.Abs(j-1./3) > 4*se {
		t.Errorf("jaccard = %v ± %v (%v), want 1/3", j, se, err)
	}
}
