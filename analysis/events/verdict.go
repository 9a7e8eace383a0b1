package events

import (
	"fmt"
	"math"
	"strings"
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
			readings(e.Before), e.After, MinSide)
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

func readings(n int) string {
	if n == 1 {
		return "1 reading"
	}
	return fmt.Sprintf("%d readings", n)
}

// control fills Q over all effects that were tested, and the verdicts.
func control(effects []Effect) error {
	var p []float64
	for _, e := range effects {
		if !math.IsNaN(e.P) {
			p = append(p, e.P)
		}
	}
	q, err := BenjaminiHochberg(p)
	if err != nil {
		return err
	}
	for i := range effects {
		if e := &effects[i]; !math.IsNaN(e.P) {
			e.Q, q = q[0], q[1:]
		}
		effects[i].conclude()
	}
	return nil
}
