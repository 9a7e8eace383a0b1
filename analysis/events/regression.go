package events

import (
	"errors"
	"fmt"
	"math"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"gonum.org/v1/gonum/mat"
)

// errSingular is returned where the regressors cannot be told apart.
var errSingular = errors.New("regressors cannot be told apart")

// An ols is an ordinary least-squares fit.
type ols struct {
	x         *mat.Dense
	beta      []float64
	residuals []float64
	s2        float64    // residual variance, divisor n-k; NaN for n = k
	inverse   *mat.Dense // (X'X)^-1
}

func fitOLS(x *mat.Dense, y []float64) (*ols, error) {
	n, k := x.Dims()
	if n < k {
		return nil, fmt.Errorf("%d readings for %d coefficients: %w", n, k, errSingular)
	}
	var gram mat.SymDense
	gram.SymOuterK(1, x.T())
	var chol mat.Cholesky
	if !chol.Factorize(&gram) || chol.Cond() > 1e14 {
		return nil, errSingular
	}
	var xy, beta, fitted mat.VecDense
	xy.MulVec(x.T(), mat.NewVecDense(n, y))
	if err := chol.SolveVecTo(&beta, &xy); err != nil {
		return nil, errSingular
	}
	var inverse mat.SymDense
	if err := chol.InverseTo(&inverse); err != nil {
		return nil, errSingular
	}
	f := &ols{x: x, beta: beta.RawVector().Data, inverse: mat.DenseCopyOf(&inverse), residuals: make([]float64, n), s2: math.NaN()}
	fitted.MulVec(x, &beta)
	var sse float64
	for i := range y {
		f.residuals[i] = y[i] - fitted.AtVec(i)
		sse += f.residuals[i] * f.residuals[i]
	}
	if n > k {
		f.s2 = sse / float64(n-k)
	}
	return f, nil
}

// se is the classical standard error of coefficient k.
func (f *ols) se(k int) float64 { return math.Sqrt(f.s2 * f.inverse.At(k, k)) }

// neweyWest is the covariance of the coefficients that allows for residuals correlated up to lags readings apart, with
// Bartlett weights and no small-sample factor. Newey and West 1987, Econometrica 55(3).
func (f *ols) neweyWest(lags int) *mat.Dense {
	n, k := f.x.Dims()
	meat := mat.NewDense(k, k, nil)
	for lag := 0; lag <= min(lags, n-1); lag++ {
		weight := 1 - float64(lag)/float64(lags+1)
		for t := lag; t < n; t++ {
			e := weight * f.residuals[t] * f.residuals[t-lag]
			a, b := f.x.RawRowView(t), f.x.RawRowView(t-lag)
			for i := range k {
				for j := range k {
					v := e * a[i] * b[j]
					if lag > 0 {
						v += e * b[i] * a[j]
					}
					meat.Set(i, j, meat.At(i, j)+v)
				}
			}
		}
	}
	var cov mat.Dense
	cov.Product(f.inverse, meat, f.inverse)
	return &cov
}

// An Interruption is the segmented regression y = b0 + b1 t + b2 [t >= T0] + b3 max(0, t-T0): Level is the jump b2 at
// the event and Slope the change b3 of the trend, each with its Newey-West error.
// Wagner et al. 2002, J. Clin. Pharm. Ther. 27; Bernal, Cummins and Gasparrini 2017, IJE 46(1).
type Interruption struct {
	Coefficients [4]float64
	Level, Slope measure.Estimate
	OLSLevel     float64 // classical standard error of Level
	OLSSlope     float64
	S2           float64 // residual variance
	Lags         int
	Before       int // readings before the event
	After        int // readings at or after it
	covariance   *mat.Dense
	event        float64
}

// MinSide is the fewest readings on each side of an event from which a segmented regression is tried.
const MinSide = 4

// Interrupt fits an interrupted series: y at times t (ascending), the event at time at. lags is the reach of the
// correlation that the errors allow for; below 0 the rule floor(4 (n/100)^(2/9)), at least 1, is used.
func Interrupt(t, y []float64, at float64, lags int, level float64) (Interruption, error) {
	if len(t) != len(y) {
		return Interruption{}, fmt.Errorf("interrupted series of %d times and %d values", len(t), len(y))
	}
	r := Interruption{event: at, Lags: lags}
	x := mat.NewDense(max(len(t), 1), 4, nil)
	for i, v := range t {
		if !measure.Finite(v) || !measure.Finite(y[i]) {
			return Interruption{}, fmt.Errorf("interrupted series: reading %d is not finite", i+1)
		}
		after, since := 0.0, 0.0
		if v >= at {
			after, since = 1, v-at
			r.After++
		} else {
			r.Before++
		}
		x.SetRow(i, []float64{1, v - at, after, since}) // time from the event: better conditioned, same b1..b3
	}
	if r.Before < MinSide || r.After < MinSide {
		return r, fmt.Errorf("%d readings before and %d after the event: want at least %d on each side", r.Before, r.After, MinSide)
	}
	f, err := fitOLS(x, y)
	if err != nil {
		return r, err
	}
	if lags < 0 {
		r.Lags = max(1, int(4*math.Pow(float64(len(t))/100, 2.0/9)))
	}
	r.covariance = f.neweyWest(r.Lags)
	copy(r.Coefficients[:], f.beta)
	r.Coefficients[0] -= f.beta[1] * at
	r.S2, r.OLSLevel, r.OLSSlope = f.s2, f.se(2), f.se(3)
	r.Level = r.estimate(f.beta[2], r.covariance.At(2, 2), level)
	r.Slope = r.estimate(f.beta[3], r.covariance.At(3, 3), level)
	return r, nil
}

func (r Interruption) estimate(point, variance, level float64) measure.Estimate {
	e := measure.Normal(point, math.Sqrt(max(0, variance)), level, "interrupted series, Newey-West")
	e.N = r.Before + r.After
	return e
}

// EffectAt is how far the series lies at time t from where its former trend would have led, b2 + b3 (t - T0).
func (r Interruption) EffectAt(t, level float64) measure.Estimate {
	d := t - r.event
	variance := r.covariance.At(2, 2) + d*d*r.covariance.At(3, 3) + 2*d*r.covariance.At(2, 3)
	return r.estimate(r.Coefficients[2]+r.Coefficients[3]*d, variance, level)
}

// A Counterfactual is what an unaffected covariate, related to the series before the event, predicts for after it.
type Counterfactual struct {
	Intercept, Slope float64
	Pointwise        []float64        // observed minus predicted, by reading after the event
	Cumulative       measure.Estimate // their sum, with predictive uncertainty
	Relative         float64          // Cumulative over the sum of the predictions
}

// Predict fits y on x before the event only and compares the readings after it with the prediction. The uncertainty is
// that of a prediction, s2 (k + 1'X(X'X)^-1X'1), not of its mean. x must not itself be touched by the event.
// The regression core of Brodersen et al. 2015, Ann. Appl. Stat. 9(1).
func Predict(preX, preY, postX, postY []float64, level float64) (Counterfactual, error) {
	if len(preX) != len(preY) || len(postX) != len(postY) || len(preX) < 3 || len(postX) == 0 {
		return Counterfactual{}, fmt.Errorf("counterfactual from %d pairs before and %d after: want at least 3 and 1", len(preX), len(postX))
	}
	design := mat.NewDense(len(preX), 2, nil)
	for i, v := range preX {
		design.SetRow(i, []float64{1, v})
	}
	f, err := fitOLS(design, preY)
	if err != nil {
		return Counterfactual{}, err
	}
	c := Counterfactual{Intercept: f.beta[0], Slope: f.beta[1]}
	var sum, predicted float64
	total := []float64{0, 0}
	for i, v := range postX {
		p := f.beta[0] + f.beta[1]*v
		c.Pointwise = append(c.Pointwise, postY[i]-p)
		sum, predicted = sum+postY[i]-p, predicted+p
		total[0], total[1] = total[0]+1, total[1]+v
	}
	g := mat.NewVecDense(2, total)
	variance := f.s2 * (total[0] + mat.Inner(g, f.inverse, g))
	c.Cumulative = measure.Normal(sum, math.Sqrt(variance), level, "counterfactual regression")
	c.Cumulative.N, c.Relative = len(preX), math.NaN()
	if predicted != 0 {
		c.Relative = sum / predicted
	}
	return c, nil
}
