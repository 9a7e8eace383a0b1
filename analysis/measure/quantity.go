package measure

import (
	"errors"
	"fmt"
	"math"
)

// A Kind is a kind of count, such as "registered_users", "monthly_active_users" or "followers".
type Kind string

// ErrKinds is returned by arithmetic across kinds of count.
var ErrKinds = errors.New("counts of different kinds")

// A Quantity is an estimate of one kind of count. Sums and differences exist only within a kind; a quotient of two
// kinds (posts per user) must be asked for by name, see [Quantity.Per].
type Quantity struct {
	Kind Kind
	Estimate
}

func (q Quantity) same(op string, o Quantity) error {
	if q.Kind != o.Kind || q.Kind == "" {
		return fmt.Errorf("%s %q and %q: %w", op, q.Kind, o.Kind, ErrKinds)
	}
	return nil
}

// Add is q + o with independent errors; the interval is normal at the lower of the two levels.
func (q Quantity) Add(o Quantity) (Quantity, error) {
	if err := q.same("add", o); err != nil {
		return Quantity{}, err
	}
	return q.join(o, q.Point+o.Point, "sum"), nil
}

// Sub is q - o with independent errors.
func (q Quantity) Sub(o Quantity) (Quantity, error) {
	if err := q.same("subtract", o); err != nil {
		return Quantity{}, err
	}
	return q.join(o, q.Point-o.Point, "difference"), nil
}

func (q Quantity) join(o Quantity, point float64, method string) Quantity {
	e := Normal(point, math.Hypot(q.SD, o.SD), jointLevel(q.Estimate, o.Estimate), method)
	e.N, e.Flags = q.N+o.N, q.Flags.With(o.Flags...)
	return Quantity{q.Kind, e}
}

// LogRatio is ln(q/o) with independent errors (delta method), the comparable quantity of two platforms. It is undefined
// where either side is not positive.
func (q Quantity) LogRatio(o Quantity) (Estimate, error) {
	if err := q.same("compare", o); err != nil {
		return Estimate{}, err
	}
	return logRatio(q.Estimate, o.Estimate), nil
}

// Per is the quotient of two different kinds, such as posts per user, with the name of that quotient as its kind. It is
// undefined where the divisor is not positive.
func (q Quantity) Per(o Quantity, name Kind) (Quantity, error) {
	if name == "" || q.Kind == o.Kind {
		return Quantity{}, fmt.Errorf("%q per %q: a quotient of two kinds needs a name, and one kind a ratio", q.Kind, o.Kind)
	}
	return Quantity{name, ratio(q.Estimate, o.Estimate)}, nil
}

func logRatio(a, b Estimate) Estimate {
	if !(a.Point > 0 && b.Point > 0) {
		return Undefined("log ratio", NonPositive)
	}
	e := Normal(math.Log(a.Point/b.Point), math.Hypot(a.SD/a.Point, b.SD/b.Point), jointLevel(a, b), "log ratio, delta method")
	e.N, e.Flags = a.N+b.N, a.Flags.With(b.Flags...)
	return e
}

// ratio is a/b; its interval comes from the log scale where both are positive, else from the delta method.
func ratio(a, b Estimate) Estimate {
	if !(b.Point > 0) {
		return Undefined("ratio", NonPositive)
	}
	point := a.Point / b.Point
	sd := math.Hypot(a.SD, point*b.SD) / b.Point
	e := Normal(point, sd, jointLevel(a, b), "ratio, delta method")
	if a.Point > 0 && Finite(sd) {
		half := math.Exp(Z(e.Level) * sd / point)
		e.Lo, e.Hi = point/half, point*half
	}
	e.N, e.Flags = a.N+b.N, a.Flags.With(b.Flags...)
	return e
}

func jointLevel(a, b Estimate) float64 {
	level := min(a.Level, b.Level)
	if !(level > 0 && level < 1) {
		return 0.95
	}
	return level
}
