package reach

import (
	"fmt"
	"math"
)

// ThinnedOverlap estimates |A∩B| from two lists of which each follower was kept independently with the rates pa and pb:
// k/(pa pb), where k is the followers that both samples hold. Persons; a Poisson standard error.
func ThinnedOverlap(k int, pa, pb, level float64) (Estimate, error) {
	return thinned(k, pa*pb, level)
}

// SameHashOverlap estimates |A∩B| where both lists kept the followers whose hash lies below the same threshold, a share p:
// k/p. For one k it is the better design by a factor of 1/p.
func SameHashOverlap(k int, p, level float64) (Estimate, error) { return thinned(k, p, level) }

func thinned(k int, rate, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if !(rate > 0 && rate <= 1) || k < 0 {
		return Estimate{}, fmt.Errorf("thinned overlap: %d seen at a rate of %v, want a rate in (0, 1]", k, rate)
	}
	// k counts followers kept with probability rate: binomial, variance of the estimate k(1-rate)/rate².
	e := normal(float64(k)/rate, math.Sqrt(float64(k)*(1-rate))/rate, level, k, MethodSketch)
	e.Lo = math.Max(e.Lo, float64(k))
	return e, nil
}

// captureFlags go with every capture-recapture figure: platforms show the newest followers first, so two lists are not
// two independent random catches.
var captureFlags = []string{"assumes_independent_random_catches", "lower_bound_only"}

// LincolnPetersen is n1 n2/m: the population from two independent catches of n1 and n2 of which m are the same.
func LincolnPetersen(n1, n2, m int) (float64, error) {
	if m < 1 || m > min(n1, n2) {
		return 0, fmt.Errorf("capture-recapture: %d of catches %d and %d are the same: %w", m, n1, n2, ErrTooFew)
	}
	return float64(n1) * float64(n2) / float64(m), nil
}

// Chapman is the nearly unbiased form of LincolnPetersen, (n1+1)(n2+1)/(m+1) - 1, with its standard error.
// Sources: Chapman 1951; Seber 1982.
func Chapman(n1, n2, m int, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if m < 0 || m > min(n1, n2) || min(n1, n2) < 1 {
		return Estimate{}, fmt.Errorf("capture-recapture: %d of catches %d and %d are the same: %w", m, n1, n2, ErrTooFew)
	}
	a, b, c := float64(n1), float64(n2), float64(m)
	v := (a + 1) * (b + 1) * (a - c) * (b - c) / ((c + 1) * (c + 1) * (c + 2))
	e := normal((a+1)*(b+1)/(c+1)-1, math.Sqrt(v), level, n1+n2, MethodCapture)
	e.Lo = math.Max(e.Lo, a+b-c) // so many were seen
	e.Flags = captureFlags
	return e, nil
}

// Chao1 is a lower bound of the number of persons from those seen: s distinct persons, f1 of them once and f2 twice.
// Value is s + f1²/(2 f2), or the bias-corrected s + f1(f1-1)/(2(f2+1)) where corrected is set or f2 is 0. The interval is
// log-normal around the plain form. Sources: Chao 1984, Scand. J. Stat. 11; Chao 1987, Biometrics 43.
func Chao1(s, f1, f2 int, corrected bool, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if s < 1 || f1 < 0 || f2 < 0 || f1+f2 > s {
		return Estimate{}, fmt.Errorf("chao: %d persons of whom %d once and %d twice: %w", s, f1, f2, ErrTooFew)
	}
	n, a, b := float64(s), float64(f1), float64(f2)
	value, v := n+a*(a-1)/(2*(b+1)), 0.0
	if f2 > 0 {
		r := a / b
		v = b * (r*r*r*r/4 + r*r*r + r*r/2)
		if !corrected {
			value = n + a*a/(2*b)
		}
	} else {
		v = a*(a-1)/2 + a*(2*a-1)*(2*a-1)/4 - a*a*a*a/(4*math.Max(value, 1)) // Chao 1987 for f2 = 0
		v = math.Max(v, 0)
	}
	e := Estimate{Value: value, SE: math.Sqrt(v), Lo: value, Hi: value, Level: level, N: s, Method: MethodCapture, Flags: captureFlags}
	if t := value - n; t > 0 {
		c := math.Exp(zOf(level) * math.Sqrt(math.Log(1+v/(t*t))))
		e.Lo, e.Hi = n+t/c, n+t*c
	}
	return e, nil
}

// Chao2 is Chao1 for incidence in m lists: s + (m-1)/m f1²/(2 f2), where f1 and f2 persons are in exactly one and two
// lists. A lower bound.
func Chao2(s, f1, f2, m int) (float64, error) {
	if f2 < 1 || m < 2 || f1+f2 > s {
		return 0, fmt.Errorf("chao: %d persons, %d in one list and %d in two of %d: %w", s, f1, f2, m, ErrTooFew)
	}
	a, b := float64(f1), float64(f2)
	return float64(s) + float64(m-1)/float64(m)*a*a/(2*b), nil
}

// GoodTuring is the share of the population's draws that the persons seen account for: 1 - f1/draws.
func GoodTuring(f1, draws int) (float64, error) {
	if draws < 1 || f1 < 0 || f1 > draws {
		return 0, fmt.Errorf("coverage: %d of %d draws seen once: %w", f1, draws, ErrTooFew)
	}
	return 1 - float64(f1)/float64(draws), nil
}
