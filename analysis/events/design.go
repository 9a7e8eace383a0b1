package events

import (
	"cmp"
	"slices"
	"time"
)

// A design is what can be compared around a day: paths of equal length of treated and control units.
type design struct {
	treated, controls [][]float64
	names             []string // of the controls
	before, after     int
}

// designAt picks, around a day, the months over which units are compared: the shortest that are enough, made longer as
// long as that costs no control; without any control the longest that a treated unit has.
func designAt(at time.Time, treated, controls []unit) design {
	var longest design
	for _, u := range treated {
		if b, a := u.reach(at); b >= leastBefore && a >= leastAfter && b+a > longest.before+longest.after {
			longest.before, longest.after = b, a
		}
	}
	if longest.before == 0 {
		return design{}
	}
	controls = largest(at, controls)
	covering := func(before, after int) (n int) {
		for _, u := range controls {
			if b, a := u.reach(at); b >= before && a >= after {
				n++
			}
		}
		return n
	}
	d := longest
	if most := covering(leastBefore, leastAfter); most > 0 {
		d.before, d.after = leastBefore, leastAfter
		for d.before < longest.before && covering(d.before+1, d.after) == most {
			d.before++
		}
		for d.after < longest.after && covering(d.before, d.after+1) == most {
			d.after++
		}
	}
	d.treated, _ = pathsOf(at, treated, d.before, d.after)
	d.controls, d.names = pathsOf(at, controls, d.before, d.after)
	return d
}

func pathsOf(at time.Time, units []unit, before, after int) (paths [][]float64, names []string) {
	for _, u := range units {
		if p := u.path(at, before, after); p != nil {
			paths, names = append(paths, p), append(names, u.who())
		}
	}
	return paths, names
}

// largest are the units with the greatest values at the eve of an event.
func largest(at time.Time, units []unit) []unit {
	if len(units) <= mostControls {
		return units
	}
	size := func(u unit) float64 { v, _ := u.at(eve(at)); return v }
	sorted := slices.Clone(units)
	slices.SortStableFunc(sorted, func(a, b unit) int { return cmp.Compare(size(b), size(a)) })
	return sorted[:mostControls]
}

// upTo cuts paths after so many months before the event.
func upTo(paths [][]float64, before int) [][]float64 {
	out := make([][]float64, len(paths))
	for i, p := range paths {
		out[i] = p[:before+1]
	}
	return out
}

// rebased makes the paths of a design zero at its eve.
func rebased(d design) design {
	shift := func(paths [][]float64) [][]float64 {
		out := make([][]float64, len(paths))
		for i, p := range paths {
			out[i] = slices.Clone(p)
			for k := range p {
				out[i][k] -= p[d.before]
			}
		}
		return out
	}
	d.treated, d.controls = shift(d.treated), shift(d.controls)
	return d
}

// placeboDesigns are the designs at days at which nothing is known to have happened to the treated units: every second
// month that is far enough from the event for neither window to touch it.
func placeboDesigns(at time.Time, d design, treated, controls []unit) []design {
	var out []design
	for k := d.after + 1; k <= 24; k += 2 {
		for _, day := range []time.Time{step(at, -k), step(at, k+d.before-d.after)} {
			p := design{before: d.before, after: d.after}
			p.treated, _ = pathsOf(day, treated, d.before, d.after)
			if len(p.treated) == 0 {
				continue
			}
			p.controls, p.names = pathsOf(day, largest(day, controls), d.before, d.after)
			if len(p.controls) > 0 {
				out = append(out, p)
			}
		}
	}
	return out
}
