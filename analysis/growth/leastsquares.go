package growth

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// errNoFit is returned where the search does not come to rest at finite parameters.
var errNoFit = errors.New("the search for the best curve did not converge")

// A problem is a sum of squares to be minimised over n residuals.
type problem struct {
	n         int
	residuals func(dst, theta []float64)
	jacobian  func(dst *mat.Dense, theta []float64) // of the residuals; nil: by central differences
}

// leastSquares minimises the sum of squares from the given start by Levenberg-Marquardt with Marquardt's scaling (gonum
// has no solver for sums of squares). It changes and returns start. Marquardt 1963, SIAM J. Appl. Math. 11(2).
func leastSquares(pr problem, start []float64) (theta []float64, sse float64, err error) {
	const (
		maxSteps  = 200
		tolerance = 1e-11
	)
	theta, p, n := start, len(start), pr.n
	r, trial := make([]float64, n), make([]float64, n)
	jacobian := mat.NewDense(n, p, nil)
	var normal mat.SymDense
	damped := mat.NewSymDense(p, nil)
	var gradient, step mat.VecDense
	var chol mat.Cholesky
	next := make([]float64, p)
	pr.residuals(r, theta)
	sse = floats.Dot(r, r)
	if math.IsNaN(sse) || math.IsInf(sse, 0) {
		return nil, 0, errNoFit
	}
	lambda := 1e-3
	for range maxSteps {
		if pr.jacobian != nil {
			pr.jacobian(jacobian, theta)
		} else {
			differences(jacobian, pr.residuals, theta, n)
		}
		normal.Reset()
		normal.SymOuterK(1, jacobian.T())
		gradient.Reset()
		gradient.MulVec(jacobian.T(), mat.NewVecDense(n, r))
		better := false
		for lambda < 1e12 {
			if !solveDamped(&chol, &step, damped, &normal, &gradient, lambda) {
				lambda *= 10
				continue
			}
			for i := range next {
				next[i] = theta[i] - step.AtVec(i)
			}
			pr.residuals(trial, next)
			if s := floats.Dot(trial, trial); s <= sse {
				better = sse-s > tolerance*(sse+1e-300)
				copy(theta, next)
				copy(r, trial)
				sse, lambda = s, max(lambda/10, 1e-12)
				break
			}
			lambda *= 10
		}
		if !better {
			return theta, sse, nil
		}
	}
	return theta, sse, errNoFit
}

// solveDamped solves (N + lambda diag N) step = gradient; false where the matrix is not positive definite.
func solveDamped(chol *mat.Cholesky, step *mat.VecDense, damped, normal *mat.SymDense, gradient *mat.VecDense, lambda float64) bool {
	p := normal.SymmetricDim()
	damped.CopySym(normal)
	for i := range p {
		d := normal.At(i, i)
		damped.SetSym(i, i, d+lambda*max(d, 1e-30))
	}
	if !chol.Factorize(damped) {
		return false
	}
	step.Reset()
	return chol.SolveVecTo(step, gradient) == nil
}

// differences fills the Jacobian of residuals at theta by central differences.
func differences(jacobian *mat.Dense, residuals func(dst, theta []float64), theta []float64, n int) {
	up, down, at := make([]float64, n), make([]float64, n), make([]float64, len(theta))
	for k := range theta {
		copy(at, theta)
		h := 1e-6 * max(1e-3, math.Abs(theta[k]))
		at[k] = theta[k] + h
		residuals(up, at)
		at[k] = theta[k] - h
		residuals(down, at)
		for i := range n {
			jacobian.Set(i, k, (up[i]-down[i])/(2*h))
		}
	}
}
