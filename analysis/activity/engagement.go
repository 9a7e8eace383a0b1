package activity

import (
	"fmt"
	"math"
	"slices"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"gonum.org/v1/gonum/stat"
)

// A Stickiness is how regularly the users of a window come: mean daily actives over distinct actives.
type Stickiness struct {
	MeanDaily float64 // mean distinct actives per day
	Window    int     // distinct actives in the whole window
	Ratio     float64 // MeanDaily / Window
	Days      int     // length of the window
	PerUser   float64 // active days per active user, Ratio * Days
}

// Stick computes the stickiness of a window from the ids active on each of its days.
func Stick[ID comparable](days [][]ID) (Stickiness, error) {
	window, visits := make(map[ID]bool), 0
	for _, day := range days {
		today := make(map[ID]bool, len(day))
		for _, id := range day {
			today[id], window[id] = true, true
		}
		visits += len(today)
	}
	if len(window) == 0 {
		return Stickiness{}, fmt.Errorf("stickiness of %d days without any active user", len(days))
	}
	s := Stickiness{MeanDaily: float64(visits) / float64(len(days)), Window: len(window), Days: len(days)}
	s.Ratio = s.MeanDaily / float64(s.Window)
	s.PerUser = s.Ratio * float64(s.Days)
	return s, nil
}

// A Post is one post's reactions with the followers that its author had when it was posted. An interaction count may be
// only a lower bound (100万+).
type Post struct {
	Interactions measure.Reading
	Followers    float64
}

// An Engagement holds the three engagement rates that differ, always named: interactions per follower at post time.
// With lower bounds among the posts, Pooled and Mean are lower bounds themselves (Hi infinite) and the median stays exact
// while less than half of the posts are bounded.
type Engagement struct {
	Pooled, Mean, Median measure.Estimate
	Posts, Censored      int
}

// Engage computes the engagement of posts.
func Engage(posts []Post) (Engagement, error) {
	if len(posts) == 0 {
		return Engagement{}, fmt.Errorf("engagement of no posts")
	}
	e := Engagement{Posts: len(posts)}
	rates := make([]measure.Reading, len(posts))
	all := make([]measure.Reading, len(posts))
	var followers float64
	for i, p := range posts {
		if !(p.Followers > 0) || p.Interactions.Lo < 0 {
			return Engagement{}, fmt.Errorf("engagement of post %d: %v interactions of %v followers", i+1, p.Interactions.Value, p.Followers)
		}
		if p.Interactions.Mode == measure.CensoredRight {
			e.Censored++
		}
		all[i], followers = p.Interactions, followers+p.Followers
		rates[i] = scale(p.Interactions, 1/p.Followers)
	}
	e.Pooled = measure.Mean(all).Scale(float64(len(posts)) / followers)
	e.Pooled.Method = "pooled: sum of interactions over sum of followers"
	e.Mean = measure.Mean(rates)
	e.Median = measure.Median(rates)
	return e, nil
}

func scale(r measure.Reading, c float64) measure.Reading {
	r.Value, r.Step, r.Lo, r.Hi = r.Value*c, r.Step*c, r.Lo*c, r.Hi*c
	return r
}

// Shrink pulls a rate of k in n towards a/(a+b), what is usual: (k+a)/(n+a+b). It keeps small accounts from topping every
// list by chance.
func Shrink(k, n, a, b float64) (float64, error) {
	if k < 0 || n < k || !(a >= 0 && b >= 0 && n+a+b > 0) {
		return 0, fmt.Errorf("shrink %v of %v towards beta(%v, %v): want 0 <= k <= n and a, b >= 0", k, n, a, b)
	}
	return (k + a) / (n + a + b), nil
}

// FitBeta estimates the a and b of [Shrink] from the rates k/n of many accounts by the method of moments. ok is false
// where the rates vary no more than chance would make them, so that there is nothing to learn.
func FitBeta(k, n []float64) (a, b float64, ok bool) {
	if len(k) != len(n) || len(k) < 3 {
		return 0, 0, false
	}
	rates := make([]float64, len(k))
	var chance float64
	for i := range k {
		if !(n[i] > 0) || k[i] < 0 || k[i] > n[i] {
			return 0, 0, false
		}
		rates[i] = k[i] / n[i]
	}
	mean, variance := stat.MeanVariance(rates, nil)
	for i := range n {
		chance += mean * (1 - mean) / n[i] / float64(len(n))
	}
	between := variance - chance
	if !(between > 0) || !(mean > 0 && mean < 1) {
		return 0, 0, false
	}
	total := mean*(1-mean)/between - 1
	return mean * total, (1 - mean) * total, total > 0
}

// PerUser is a count per user of a base that the name must tell (registered, monthly active), with both errors.
func PerUser(count, base measure.Quantity) (measure.Quantity, error) {
	return count.Per(base, measure.Kind(string(count.Kind)+"_per_"+string(base.Kind)))
}

// LogRatioOfRatios is ln((a/b)/(c/d)), how many times the quotient of one platform exceeds that of another, the
// comparable form; the errors of all four add.
func LogRatioOfRatios(a, b, c, d measure.Estimate) measure.Estimate {
	first, second := measure.LogRatio(a, b), measure.LogRatio(c, d)
	if !first.Defined() || !second.Defined() {
		return measure.Undefined("log ratio of ratios", measure.NonPositive)
	}
	e := measure.Normal(first.Point-second.Point, math.Hypot(first.SD, second.SD), 0.95, "log ratio of ratios, delta method")
	e.N = first.N + second.N
	return e.With(slices.Concat(first.Flags, second.Flags)...)
}
