package reach

import (
	"fmt"
	"math"
)

// A Classifier is how well a test tells fake or inactive accounts, with the sizes of the checks that say so. A discount
// without both numbers is not publishable, so there is no default.
type Classifier struct {
	Sensitivity, Specificity   float64 // shares in (0, 1]
	SensitivityN, SpecificityN int     // accounts of known kind behind each; 0: taken as exactly known
}

// RoganGladen corrects a flag rate for the classifier's errors: (flagged/n + Sp - 1)/(Se + Sp - 1), a share. SE includes
// the sampling of the n accounts and the doubt in Se and Sp. A share that had to be clipped to [0, 1] is flagged.
// Source: Rogan, Gladen 1978, Am. J. Epidemiol. 107.
func RoganGladen(flagged, n int, c Classifier, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if n < 1 || flagged < 0 || flagged > n {
		return Estimate{}, fmt.Errorf("rogan-gladen: %d of %d accounts flagged: %w", flagged, n, ErrTooFew)
	}
	se, sp := c.Sensitivity, c.Specificity
	j := se + sp - 1
	if !(se > 0 && se <= 1 && sp > 0 && sp <= 1 && j > 0) {
		return Estimate{}, fmt.Errorf("rogan-gladen: sensitivity %v and specificity %v tell no better than chance; state a test that does", se, sp)
	}
	rate := float64(flagged) / float64(n)
	share := (rate + sp - 1) / j
	variance := rate * (1 - rate) / float64(n) / (j * j)
	if c.SensitivityN > 0 {
		variance += share * share * se * (1 - se) / float64(c.SensitivityN) / (j * j)
	}
	if c.SpecificityN > 0 {
		variance += (1 - share) * (1 - share) * sp * (1 - sp) / float64(c.SpecificityN) / (j * j)
	}
	var flags []string
	if share < 0 || share > 1 {
		flags = append(flags, "clipped")
		share = math.Min(math.Max(share, 0), 1)
	}
	e := normal(share, math.Sqrt(variance), level, n, "rogan_gladen")
	e.Lo, e.Hi = math.Max(e.Lo, 0), math.Min(e.Hi, 1)
	e.Flags = flags
	return e, nil
}

// Discount multiplies a reach by the share of it that is real, independent of it: relative errors add in squares. share is
// 1 minus a RoganGladen share, with the same SE. Bounds stay bounds of everybody: they are refused. Persons.
func Discount(reach Estimate, share, shareSE, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if !reach.HasValue() || !(reach.Value > 0) || !(share > 0 && share <= 1) {
		return Estimate{}, fmt.Errorf("discount: needs a point of reach and a real share in (0, 1], got %v and %v", reach.Value, share)
	}
	value := reach.Value * share
	relative := math.Hypot(reach.SE/reach.Value, shareSE/share)
	e := normal(value, value*relative, level, reach.N, reach.Method)
	e.Lo = math.Max(e.Lo, 0)
	e.Flags = append(append([]string(nil), reach.Flags...), "discounted")
	return e, nil
}

// Per is reach divided by a platform's users (registered or monthly active: the caller names which), a share. Both carry
// their own error; se and usersSE may be 0.
func Per(value, se, users, usersSE, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if !(users > 0 && value >= 0) {
		return Estimate{}, fmt.Errorf("reach per user: %v of %v users", value, users)
	}
	p := value / users
	sd := math.Hypot(se/users, p*usersSE/users)
	e := normal(p, sd, level, 0, "ratio")
	e.Lo = math.Max(e.Lo, 0)
	return e, nil
}

// LogRatio compares two platforms: ln((reachA/usersA) / (reachB/usersB)) with a normal interval in logs. Negative: A reaches
// the smaller share. It is the one figure across platforms that needs no union of their people, which nobody can count.
// Each Estimate is a share from Per, or a reach with any common denominator.
func LogRatio(a, b Estimate, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if !(a.Value > 0 && b.Value > 0) {
		return Estimate{}, fmt.Errorf("log-ratio of %v and %v: both must be positive points", a.Value, b.Value)
	}
	return normal(math.Log(a.Value/b.Value), math.Hypot(a.SE/a.Value, b.SE/b.Value), level, 0, "log_ratio"), nil
}
