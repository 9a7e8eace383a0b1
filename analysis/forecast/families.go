package forecast

import (
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// Examples are the panels that anybody can run: they need no file.
var Examples = []string{"history", "families", "speed"}

// Example makes a panel by name: "history", the shipped history (see [HistoryPanel]); "families", made-up series of kinds that forecasting must cope
// with, 20 of each kind, 72 months; "speed", 10,000 made-up series of 60 months. The made-up ones are the same on every machine.
func Example(name string, history fs.FS) (*Panel, error) {
	switch name {
	case "history":
		return HistoryPanel(history)
	case "families":
		p := &Panel{}
		for _, f := range families {
			p.Series = append(p.Series, f.draw(20, 72)...)
		}
		return p, nil
	case "speed":
		return &Panel{Series: families[0].draw(10000, 60)}, nil
	}
	return nil, fmt.Errorf("no example %q: there are %s", name, strings.Join(Examples, ", "))
}

// A family is a kind of made-up series: at gives the value of a month from the state that a series carries along.
type family struct {
	name string
	at   func(rng *rand.Rand, i int, s *familyState) float64
}

// A familyState is what a made-up series remembers.
type familyState struct{ level, growth, a, b float64 }

// families are ordered by name, as panels are by id. The first is the plain one.
var families = []family{
	{"a fading growth", func(rng *rand.Rand, _ int, s *familyState) float64 {
		s.growth *= 0.97
		s.level *= math.Exp(s.growth + 0.01*rng.NormFloat64())
		return math.Round(s.level)
	}},
	{"b s-curves", func(rng *rand.Rand, i int, s *familyState) float64 {
		return math.Round(1e6 * s.level / (1 + math.Exp(-0.08*(1+s.a)*(float64(i)-36-12*s.b))) * math.Exp(0.01*rng.NormFloat64()))
	}},
	{"c staircases of rounding", func(rng *rand.Rand, _ int, s *familyState) float64 {
		s.level *= math.Exp(0.3*s.growth + 0.003*rng.NormFloat64())
		step := math.Pow(10, math.Floor(math.Log10(s.level))-1)
		return step * math.Round(s.level/step)
	}},
	{"d absurd outliers", func(rng *rand.Rand, _ int, s *familyState) float64 {
		s.level *= math.Exp(0.5*s.growth + 0.01*rng.NormFloat64())
		if rng.Float64() < 0.03 {
			return math.Round(s.level * 1000)
		}
		return math.Round(s.level)
	}},
	{"e level shifts", func(rng *rand.Rand, _ int, s *familyState) float64 {
		if rng.Float64() < 0.03 {
			s.level *= math.Exp(0.5 * rng.NormFloat64())
		}
		return math.Round(s.level * math.Exp(0.01*rng.NormFloat64()))
	}},
	{"f strong seasons", func(rng *rand.Rand, i int, s *familyState) float64 {
		s.level *= math.Exp(0.1*s.growth + 0.005*rng.NormFloat64())
		return math.Round(s.level * (1 + 0.3*math.Sin(2*math.Pi*(float64(i)/12+s.b))) * math.Exp(0.02*rng.NormFloat64()))
	}},
	{"g mostly zero", func(rng *rand.Rand, _ int, s *familyState) float64 {
		if rng.Float64() < 0.7 {
			return 0
		}
		return math.Round(1 + 5*rng.ExpFloat64())
	}},
	{"h pure noise", func(rng *rand.Rand, _ int, s *familyState) float64 {
		return math.Round(s.level * math.Exp(0.1*rng.NormFloat64()))
	}},
	{"i random walks", func(rng *rand.Rand, _ int, s *familyState) float64 {
		s.a += rng.NormFloat64()
		return s.level + 0.02*s.level*s.a
	}},
}

// draw makes n series of so many months from January 2015 on.
func (f family) draw(n, months int) []*Series {
	out := make([]*Series, n)
	for k := range out {
		rng := rand.New(rand.NewPCG(20110228, uint64(k)<<8|uint64(f.name[0])))
		s := familyState{level: math.Exp(math.Log(1e4) + 3*rng.Float64()), growth: 0.02 + 0.06*rng.Float64(), a: rng.NormFloat64() / 3, b: rng.NormFloat64() / 3}
		if f.name == "b s-curves" {
			s.level = 0.1 + rng.Float64()
		}
		out[k] = &Series{ID: fmt.Sprintf("%s/%05d", f.name, k), Dated: true, Points: make([]Point, months)}
		for i := range out[k].Points {
			day := time.Date(2015, time.Month(1+i), 1, 0, 0, 0, 0, time.UTC)
			out[k].Points[i] = Point{DS: day.Format(time.DateOnly), T: Days(day), Y: f.at(rng, i, &s)}
		}
	}
	return out
}

// familyOf is the family of a made-up series.
func familyOf(id string) string {
	name, _, _ := strings.Cut(id, "/")
	return name
}
