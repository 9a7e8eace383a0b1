package overtake

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCrossingsAskForClearLeads(t *testing.T) {
	build := func(values ...[3]any) *facts {
		f := &facts{lines: map[[2]string]line{}}
		for _, v := range values {
			k := [2]string{v[0].(string), "m"}
			l := f.lines[k]
			p := pointOn(v[1].(string), v[2].(float64))
			p.sd = .02
			l.points = append(l.points, p)
			f.lines[k] = l
		}
		return f
	}
	for _, c := range []struct {
		name string
		f    *facts
		want []string
	}{
		{"clear", build([3]any{"a", "2010-01-01", 50.}, [3]any{"a", "2010-07-01", 80.}, [3]any{"b", "2010-01-01", 60.}, [3]any{"b", "2010-07-01", 60.}), []string{"a passes b after 2010-01-01 by 2010-07-01"}},
		{"within the errors", build([3]any{"a", "2010-01-01", 50.}, [3]any{"a", "2010-07-01", 50.5}, [3]any{"b", "2010-01-01", 60.}, [3]any{"b", "2010-07-01", 50.}), nil},
		{"there and back on one day", build([3]any{"a", "2010-01-01", 50.}, [3]any{"a", "2010-03-01", 90.}, [3]any{"a", "2010-07-01", 50.}, [3]any{"b", "2010-01-01", 60.}, [3]any{"b", "2010-03-01", 60.}, [3]any{"b", "2010-07-01", 60.}), nil},
		{"never on one day", build([3]any{"a", "2010-01-01", 50.}, [3]any{"b", "2012-01-01", 60.}), nil},
		{"between readings of the other", build([3]any{"a", "2010-01-01", 50.}, [3]any{"a", "2010-12-01", 90.}, [3]any{"b", "2010-02-01", 60.}, [3]any{"b", "2010-11-01", 60.}), []string{"a passes b after 2010-02-01 by 2010-11-01"}},
	} {
		var got []string
		for _, x := range c.f.crossings("m", "a", "b") {
			got = append(got, x.Challenger+" passes "+x.Leader+" after "+x.After.Format(time.DateOnly)+" by "+x.By.Format(time.DateOnly))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestOutcomes(t *testing.T) {
	f := &facts{lines: map[[2]string]line{
		{"a", "m"}: {points: []point{pointOn("2010-01-01", 50), pointOn("2010-07-01", 80), pointOn("2011-07-01", 90)}},
		{"b", "m"}: {points: []point{pointOn("2010-01-01", 60), pointOn("2010-07-01", 60), pointOn("2011-07-01", 60)}},
	}}
	for _, c := range []struct{ challenger, from, to, want string }{
		{"a", "2010-01-01", "2010-12-31", held},
		{"a", "2010-05-01", "2010-12-31", possible},
		{"a", "2010-09-01", "2010-12-31", failed},
		{"a", "2009-06-01", "2009-12-31", failed},
		{"a", "2010-01-01", "", held},
		{"b", "2010-09-01", "2010-12-31", failed},
		{"b", "2010-09-01", "2012-12-31", open},
		{"b", "2011-09-01", "2011-12-01", notObserved},
	} {
		p := publishedForecast{metric: "m", challenger: c.challenger, leader: strings.Trim("ab", c.challenger), madeOn: day("2009-01-01"), from: day(c.from)}
		if c.to != "" {
			p.to = day(c.to)
		}
		if got := f.outcome(p, day("2012-01-01")); got != c.want {
			t.Errorf("%s within %s..%s: %s, want %s", c.challenger, c.from, c.to, got, c.want)
		}
	}
}
