package forecast

import (
	"cmp"
	"math"
	"slices"
)

// The job's candidates: the trend over all readings, the same over the latest ones only, the line through the first and the last, and going on as
// far as the series came in a span as long as the one ahead.
const (
	candAll = iota
	candRecent
	candDrift
	candMirror
	candidates
)

// recentReadings is how many readings the second candidate sees.
const recentReadings = 24

// afterBreak drops the readings before the last break: a step by more than a third of the level that is more than thirty times the usual
// step of at least eight readings after it, per day. Such a step is a change of what is counted, not growth.
func afterBreak(obs []Obs) ([]Obs, bool) {
	const enough = 8
	for i := len(obs) - enough; i > 0; i-- {
		rates := make([]float64, 0, len(obs)-i)
		for k := i + 1; k < len(obs); k++ {
			rates = append(rates, math.Abs(obs[k].Y-obs[k-1].Y)/(obs[k].T-obs[k-1].T))
		}
		step := math.Abs(obs[i].Y - obs[i-1].Y)
		if step/(obs[i].T-obs[i-1].T) > 30*median(rates) && 3*step > math.Abs(obs[i-1].Y) && median(rates) > 0 {
			return obs[i:], true
		}
	}
	return obs, false
}

// candidateFans gives for each day a forecast by each candidate, and the flags of the model.
func candidateFans(obs []Obs, days []float64) ([][]rootFan, []string, error) {
	obs, broken := afterBreak(obs)
	m, err := Fit(obs, Spec{Scale: ScaleRoot})
	if err != nil {
		return nil, nil, err
	}
	all := rootFans(m, days)
	recent := all
	if len(obs) > recentReadings {
		r, err := Fit(obs[len(obs)-recentReadings:], Spec{Scale: ScaleRoot})
		if err != nil {
			return nil, nil, err
		}
		recent = rootFans(r, days)
	}
	out := make([][]rootFan, len(days))
	for i, t := range days {
		d := irregularDrift(obs, math.Max(t, obs[len(obs)-1].T), true)
		out[i] = make([]rootFan, candidates)
		out[i][candAll], out[i][candRecent] = all[i], recent[i]
		out[i][candDrift] = rootFan{math.Sqrt(d[2]), meanSize(math.Sqrt(d[0]), math.Sqrt(d[4]))}
		out[i][candMirror] = rootFan{math.Sqrt(mirror(obs, t)), all[i].size}
	}
	flags := m.Flags
	if broken {
		flags = append(flags, "level_break")
	}
	return out, flags, nil
}

// rootFans reads centre and size off a model's quantiles.
func rootFans(m *Model, days []float64) []rootFan {
	out := make([]rootFan, len(days))
	for i, q := range m.Quantiles(days, []float64{0.1, 0.5, 0.9}) {
		out[i] = rootFan{math.Sqrt(q[1]), meanSize(math.Sqrt(q[0]), math.Sqrt(q[2]))}
	}
	return out
}

// meanSize is the mean absolute value of a normal whose 80 % interval is [lo, hi].
func meanSize(lo, hi float64) float64 { return (hi - lo) / 2 / 1.2815515655 * 0.7978845608 }

// mirror goes on as far as the series came in a span as long as the one ahead (or in all of it), never below zero.
func mirror(obs []Obs, t float64) float64 {
	n := len(obs)
	last := obs[n-1]
	h := math.Max(0, t-last.T)
	back := math.Max(obs[0].T, last.T-h)
	i, _ := slices.BinarySearchFunc(obs, back, func(o Obs, t float64) int { return cmp.Compare(o.T, t) })
	then := obs[i].Y
	if i > 0 && obs[i].T > back {
		w := (back - obs[i-1].T) / (obs[i].T - obs[i-1].T)
		then = (1-w)*obs[i-1].Y + w*obs[i].Y
	}
	span := last.T - back
	if span <= 0 {
		return last.Y
	}
	return math.Max(0, last.Y+(last.Y-then)*h/span)
}

// A verdict is how the candidates did on one past forecast: each one's miss over the mean miss, at most three.
type verdict struct {
	id     string
	months int
	known  float64
	loss   [candidates]float64
}

func (f *pastForecast) verdict(id string) verdict {
	v := verdict{id: id, months: f.months, known: f.known}
	var mean float64
	for k, c := range f.by {
		v.loss[k] = math.Abs(math.Sqrt(f.y) - c.centre)
		mean += v.loss[k] / candidates
	}
	for k := range v.loss {
		if mean > 0 {
			v.loss[k] = math.Min(3, v.loss[k]/mean)
		} else {
			v.loss[k] = 1
		}
	}
	return v
}

// combine weighs the candidates by the verdicts known on a day, those of the same series and of like horizons counting more.
func (p *fanPoint) combine(past []verdict, id string, day float64) {
	const prior, power, own, reach = 4.0, 3.0, 2.0, 1.5
	var loss [candidates]float64
	weight := prior
	for k := range loss {
		loss[k] = prior
	}
	for _, v := range past {
		if v.known > day {
			break
		}
		w := math.Exp(-reach * math.Abs(math.Log(float64(p.months)/float64(v.months))))
		if v.id == id {
			w *= 1 + own
		}
		weight += w
		for k := range loss {
			loss[k] += w * v.loss[k]
		}
	}
	var ws [candidates]float64
	var total float64
	for k := range ws {
		ws[k] = math.Pow(loss[k]/weight, -power)
		total += ws[k]
	}
	p.root = rootFan{}
	for k, c := range p.by {
		p.root.centre += ws[k] / total * c.centre
		p.root.size += ws[k] / total * c.size
	}
	var spread float64
	for k, c := range p.by {
		spread += ws[k] / total * math.Abs(c.centre-p.root.centre)
	}
	p.root.size = math.Hypot(p.root.size, spread)
}

// combineAll combines every past forecast by what was known at its origin and every fan by what is known now.
func (st *study) combineAll(now float64) {
	past := st.verdicts()
	for _, l := range st.lines {
		for i := range l.past {
			l.past[i].combine(past, l.id(), l.past[i].origin)
		}
		for i := range l.fan {
			l.fan[i].combine(past, l.id(), now)
		}
	}
}

// verdicts judges the candidates' past, in the order in which it became known.
func (st *study) verdicts() []verdict {
	var past []verdict
	for _, l := range st.lines {
		for i := range l.past {
			past = append(past, l.past[i].verdict(l.id()))
		}
	}
	slices.SortStableFunc(past, func(a, b verdict) int {
		return cmp.Or(cmp.Compare(a.known, b.known), cmp.Compare(a.id, b.id), cmp.Compare(a.months, b.months))
	})
	return past
}
