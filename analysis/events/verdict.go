package events

import (
	"fmt"
	"math"
	"strings"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A Verdict is what an interrupted series allows to say, for programs; Effect.Words says it for people.
type Verdict string

// The three verdicts.
const (
	Changed      Verdict = "change_seen"
	Unchanged    Verdict = "no_change_seen"
	CannotBeTold Verdict = "cannot_be_told"
)

// conclude writes the verdict once Q is known.
func (e *Effect) conclude() {
	jump := fmt.Sprintf("%+.3g %% (95 %% interval %+.3g to %+.3g %%)", 100*e.Level.Point, 100*e.Level.Lo, 100*e.Level.Hi)
	e.Verdict = CannotBeTold
	switch {
	case math.IsNaN(e.P):
		e.Words = fmt.Sprintf("cannot be told from this data: %s before the event and %d after, and the test wants %d on each side",
			counted(e.Before, "reading"), e.After, MinSide)
	case e.P >= alpha:
		e.Verdict = Unchanged
		e.Words = fmt.Sprintf("no change of level that this data could show: %s; a jump under %.2g %% would not be seen", jump, 100*e.Detectable)
	case !(e.Q < alpha):
		e.Words = fmt.Sprintf("cannot be told from this data: a jump of %s, but among so many events tested one such is expected by chance (q = %.2f)", jump, e.Q)
	case e.PretrendP < alpha:
		e.Words = fmt.Sprintf("cannot be told from this data: a jump of %s, but the growth was already bending before the event", jump)
	case !(e.SmoothP < alpha):
		e.Words = fmt.Sprintf("cannot be told from this data: a jump of %s, but growth that slows or quickens smoothly explains it as well (p = %.2f)", jump, e.SmoothP)
	case math.IsNaN(e.PlaceboP) || 1/float64(1+e.Placebos) > placeboGoal:
		e.Words = fmt.Sprintf("cannot be told from this data: a jump of %s, but the series allows only %d placebo dates to compare it with", jump, e.Placebos)
	case e.PlaceboP > placeboGoal:
		e.Words = fmt.Sprintf("cannot be told from this data: a jump of %s, but %.0f %% of placebo dates show one as large", jump, 100*e.PlaceboP)
	case e.ElsewhereBig > 0:
		e.Words = fmt.Sprintf("cannot be told from this data: a jump of %s, but %d of %d platforms that the event did not touch show one as large at this date", jump, e.ElsewhereBig, e.Elsewhere)
	default:
		e.Verdict = Changed
		e.Words = fmt.Sprintf("the level changed by %s at this date; that the event caused it is not shown", jump)
	}
	if e.Verdict == Changed && len(e.Others) > 0 {
		e.Words += ": within 45 days there were also " + strings.Join(e.Others, "; ")
	}
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// control fills Q over all effects that were tested, and the verdicts.
func control(effects []Effect) error {
	q, err := discoveries(len(effects), func(i int) float64 { return effects[i].P })
	if err != nil {
		return err
	}
	for i := range effects {
		effects[i].Q = q[i]
		effects[i].conclude()
	}
	return nil
}

// conclude writes the verdict of a control once Q is known.
func (c *Control) conclude() {
	c.Verdict = CannotBeTold
	c.Words = "cannot be told from this data: " + c.obstacle()
	if c.obstacle() != "" {
		return
	}
	seen := fmt.Sprintf("growth a month changed by %s more than that of %s", between(c.Effect), counted(c.Controls, "control"))
	if c.Method == MethodSynthetic {
		seen = fmt.Sprintf("after %d months the level lies %s from its synthetic control", c.After, between(c.Effect))
	}
	switch {
	case c.P > c.wanted():
		c.Verdict, c.Words = Unchanged, fmt.Sprintf("no change that this data could show: %s (p = %.2f)", seen, c.P)
	case c.Method == MethodDifference && !(c.Q < alpha):
		c.Words += fmt.Sprintf("%s, but among so many events tested one such is expected by chance (q = %.2f)", seen, c.Q)
	case c.PretrendP < alpha:
		c.Words += seen + ", but they had already parted before the event"
	case c.Placebos == 0 || c.PlaceboP > placeboGoal && 1/float64(1+c.Placebos) > placeboGoal:
		c.Words += fmt.Sprintf("%s, but the data allow only %d placebo dates to compare it with", seen, c.Placebos)
	case c.PlaceboP > placeboGoal:
		c.Words += fmt.Sprintf("%s, but %.0f %% of placebo dates show one as large", seen, 100*c.PlaceboP)
	default:
		c.Verdict, c.Words = Changed, seen+"; that the event caused it is not shown"
	}
}

// wanted is the p-value that a control must reach: of a rank among few placebos no more can be asked than tenths.
func (c *Control) wanted() float64 {
	if measure.Finite(c.LeastP) {
		return placeboGoal
	}
	return alpha
}

// obstacle says why nothing can be concluded whatever the effect; empty where something can.
func (c *Control) obstacle() string {
	switch {
	case c.Treated == 0:
		return fmt.Sprintf("no series covers %d months before the event and %d after it without a silence of more than %d days", leastBefore, leastAfter, bridgeDays)
	case c.Controls == 0:
		return "no series of a platform of another family covers the same months"
	case math.IsNaN(c.P):
		return fmt.Sprintf("%s and %s do not show how large a difference chance makes", counted(c.Controls, "control"), counted(c.Placebos, "placebo date"))
	case c.LeastP > placeboGoal && c.Method == MethodSynthetic:
		return fmt.Sprintf("with %s the smallest possible p is %.2f", counted(c.Controls, "control"), c.LeastP)
	case c.LeastP > placeboGoal:
		return fmt.Sprintf("with %s and %s the smallest possible p is %.2f", counted(c.Controls, "control"), counted(c.Placebos, "placebo date"), c.LeastP)
	case c.Fit > poorFit:
		return fmt.Sprintf("no mean of the %d controls runs with it before the event (it misses %.0f %% of the movement)", c.Controls, 100*c.Fit)
	}
	return ""
}
