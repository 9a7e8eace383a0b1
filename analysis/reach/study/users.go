package study

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/reach"
)

// A usersReading is one statement of how many users a platform has.
type usersReading struct {
	metric        string
	value, lo, hi float64
	on            time.Time
	source        string
}

// The denominators of reach, and how far in days a statement may lie from the lists.
var denominators = []string{"registered_users", "monthly_active_users"}

const nearUsers = 400

// loadUsers reads the statements known at asOf, oldest first; of one day the better source goes first.
func loadUsers(ctx context.Context, q analysis.Querier, platform string, asOf time.Time) ([]usersReading, error) {
	var out []usersReading
	err := each(ctx, q, func(scan func(...any) error) error {
		var r usersReading
		err := scan(&r.metric, &r.value, &r.lo, &r.hi, &r.on, &r.source)
		out = append(out, r)
		return err
	}, `
		select metric, value, lo, coalesce(hi, cast('Infinity' as double)), effective_to, source_url
		from marts.platform_readings
		where platform = ? and metric in ('registered_users', 'monthly_active_users') and published_on <= cast(? as date) and value > 0
		order by effective_to, coalesce(trust, 'Z'), source_url, value`, platform, asOf)
	return out, err
}

// cap is the first statement of registered accounts that is not older than the day: they only grow, so a later statement
// caps an earlier list. Where sources disagree about its day the largest counts.
func cap(users []usersReading, on time.Time) registered {
	var c registered
	for _, r := range users {
		if r.metric != "registered_users" || r.on.Before(on) || math.IsInf(r.hi, 1) || on.IsZero() {
			continue
		}
		if !c.on.IsZero() && r.on.After(c.on) {
			break
		}
		if c.on.IsZero() || r.hi > c.hi {
			c = registered{r.on, r.hi, r.source}
		}
	}
	return c
}

// perUser divides the reach by the platform's registered and monthly active users, as stated nearest to the lists.
func (s *study) perUser(users []usersReading) error {
	a := s.a
	for _, metric := range denominators {
		var best *usersReading
		for i, r := range users {
			if r.metric == metric && apart(r.on, a.To.Time) <= nearUsers && (best == nil || apart(r.on, a.To.Time) < apart(best.on, a.To.Time)) {
				best = &users[i]
			}
		}
		if best == nil || a.To.IsZero() {
			continue
		}
		p := PerUser{Metric: metric, Users: best.value, On: Day{best.on}, Source: best.source}
		switch e := a.reach; {
		case e.HasValue():
			share, err := reach.Per(e.Value, e.SE, best.value, (best.hi-best.lo)/math.Sqrt(12), s.Level)
			if err != nil {
				return err
			}
			p.Share = figure(share)
		case e.Lo > 0:
			p.Share = Figure{Lo: num(math.Min(1, e.Lo/best.hi)), Hi: num(math.Min(1, e.Hi/best.lo)), Level: 1}
		default:
			continue
		}
		a.PerUser = append(a.PerUser, p)
	}
	return nil
}

func apart(a, b time.Time) float64 { return math.Abs(measure.DaysBetween(a, b)) }

// A Ratio compares the reach of two platforms per user: the one comparison across platforms that needs no union of their
// people, which nobody can count.
type Ratio struct {
	Platform string `json:"platform"`
	Other    string `json:"other"`
	Accounts [2]int `json:"accounts"` // how many accounts of each
	Metric   string `json:"metric"`
	LogRatio Figure `json:"log_ratio"` // ln of the share of Platform by that of Other
	Apart    int    `json:"days_apart"`
	Methods  string `json:"methods"`
}

// Compare gives the log-ratios of two answers, one per denominator that both have; none where their lists are more than
// 400 days apart.
func Compare(a, b *Answer, level float64) ([]Ratio, error) {
	var out []Ratio
	for _, x := range a.PerUser {
		for _, y := range b.PerUser {
			if x.Metric != y.Metric || apart(a.To.Time, b.To.Time) > nearUsers {
				continue
			}
			r := Ratio{Platform: a.Platform, Other: b.Platform, Metric: x.Metric, Accounts: [2]int{len(a.Accounts), len(b.Accounts)}, Apart: int(apart(a.To.Time, b.To.Time)), Methods: a.Method + ", " + b.Method}
			switch {
			case x.Share.Value != nil && y.Share.Value != nil:
				e, err := reach.LogRatio(estimateOf(x.Share), estimateOf(y.Share), level)
				if err != nil {
					return nil, fmt.Errorf("compare %s and %s: %w", a.Platform, b.Platform, err)
				}
				r.LogRatio = figure(e)
			default: // one of them is bounds: so is the ratio
				r.LogRatio = Figure{Level: 1, Lo: logOf(deref(x.Share.Lo), deref(y.Share.Hi)), Hi: logOf(deref(x.Share.Hi), deref(y.Share.Lo))}
			}
			out = append(out, r)
		}
	}
	return out, nil
}

func estimateOf(f Figure) reach.Estimate {
	e := reach.Estimate{Value: *f.Value, Level: f.Level}
	if f.SE != nil {
		e.SE = *f.SE
	}
	return e
}

func logOf(x, y float64) *float64 { return num(math.Log(x / y)) }

// CompareAll compares every pair of answers.
func CompareAll(answers []*Answer, level float64) (out []Ratio, err error) {
	for i, a := range answers {
		for _, b := range answers[i+1:] {
			ratios, err := Compare(a, b, level)
			if err != nil {
				return nil, err
			}
			out = append(out, ratios...)
		}
	}
	return out, nil
}

// WriteRatios prints comparisons of platforms for a reader at a terminal; nothing where fewer than two were asked about.
func WriteRatios(w io.Writer, answers []*Answer, ratios []Ratio) error {
	if len(answers) < 2 {
		return nil
	}
	t := &text{}
	t.head("The platforms compared")
	names := map[string]string{}
	for _, a := range answers {
		names[a.Platform] = a.Name
	}
	for _, r := range ratios {
		t.wrap("  ", fmt.Sprintf("%s against %s, reach by %s: the first reaches %s times the share of the second (log-ratio %s; %s against %d, lists %d days apart).", names[r.Platform], names[r.Other],
			strings.ReplaceAll(r.Metric, "_", " "), r.LogRatio.mapped(math.Exp).words(twoPlaces), r.LogRatio.words(twoPlaces), plural(r.Accounts[0], "account"), r.Accounts[1], r.Apart))
	}
	if len(ratios) == 0 {
		t.wrap("  ", "Their lists, or the counts of their users, lie too far apart in time.")
	}
	t.wrap("  ", "Nobody can say who is the same person on two platforms, so their people are never added up.")
	_, err := io.WriteString(w, t.String())
	return err
}

func twoPlaces(x float64) string { return fmt.Sprintf("%.2f", x) }

// mapped applies a rising function to the value and the ends; the standard error has no place there.
func (f Figure) mapped(g func(float64) float64) Figure {
	to := func(x *float64) *float64 {
		if x == nil {
			return nil
		}
		return num(g(*x))
	}
	return Figure{Value: to(f.Value), Lo: to(f.Lo), Hi: to(f.Hi), Level: f.Level}
}
