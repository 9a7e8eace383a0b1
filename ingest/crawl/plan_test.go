package crawl

import (
	"math"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

// planned is a site that is never asked.
type planned struct{ traits Traits }

func (planned) Name() string                    { return "planned" }
func (planned) Platform() ingest.Platform       { return "planned" }
func (p planned) Traits() Traits                { return p.traits }
func (planned) Request(Ask) (Request, error)    { panic("plan asks nobody") }
func (planned) Read(ingest.Page) (Reply, error) { panic("plan reads nothing") }
func sampling(n int, accounts ...string) Orders {
	return Orders{Accounts: accounts, Collect: []What{Profiles, Followers}, Strategy: ingest.StrategySample, Sample: n}
}

func TestPlanCountsRequests(t *testing.T) {
	site := planned{Traits{Whats: []What{Profiles, Profile, Followers, Members}, Batch: 2, Page: 100, Relations: 2,
		Requests: 60, Per: time.Minute, USD: map[What]float64{Followers: .01}}}
	p := MakePlan(site, sampling(50, "a", "b", "c", "d"), map[string]Size{"a": {Followers: 1000}, "b": {Followers: 101}, "c": {Followers: 20}})
	// profiles: 4 in batches of 2; lists: 10 + 2 + 1 + 1 (unknown); checks: 3 others in two requests each for 50 + 50 + 20 + 50.
	want := map[What]int64{Profiles: 2, Followers: 14, Members: 340}
	for _, l := range p.Lines {
		if want[l.What] != l.Requests {
			t.Errorf("%s: %d requests, want %d", l.What, l.Requests, want[l.What])
		}
		delete(want, l.What)
	}
	if len(want) > 0 || p.Requests != 356 || p.Took != 356*time.Second || math.Abs(p.USD-.14) > 1e-9 || p.Unknown != 1 || p.Draws != 170 {
		t.Errorf("%+v, left %v", p, want)
	}
}

// TestPlanForeseesTheInterval with the figures of a published example: a sum of a million, sd(1/c) = .316 of a mean of .674667,
// and ± 2 % of reach at 95 % take 2106 draws.
func TestPlanForeseesTheInterval(t *testing.T) {
	site := planned{Traits{Whats: []What{Profiles, Followers, Members}, Batch: 1, Page: 100, Relations: 30}}
	const mean, sd, million = .674667, .315877, 1_000_000
	p := MakePlan(site, sampling(2106, "a"), map[string]Size{"a": {Followers: million, Mean: mean, SD: sd}})
	finite := math.Sqrt(1 - 2106./million)
	if got, want := p.HalfWidth/mean/finite, .02; math.Abs(got-want) > 1e-5 {
		t.Errorf("half-width %.6f of reach, want %.6f", got, want)
	}
	if want := 1.959964 * .5 / math.Sqrt(2106) * finite; math.Abs(p.Bound-want) > 1e-6 || p.Bound < p.HalfWidth {
		t.Errorf("bound %v, want %v", p.Bound, want)
	}
	if p := MakePlan(site, sampling(100, "a"), map[string]Size{"a": {Followers: 100}}); p.Bound != 0 {
		t.Errorf("a list that is drawn whole leaves ± %v, want none", p.Bound)
	}
}

// TestBetterSplitIsNeyman: in proportion to size times deviation, nobody beyond the list, and never a wider interval.
func TestBetterSplitIsNeyman(t *testing.T) {
	site := planned{Traits{Whats: []What{Profiles, Followers, Members}, Batch: 1, Page: 100, Relations: 30}}
	sizes := map[string]Size{"big": {Followers: 60_000, SD: .3}, "mid": {Followers: 30_000, SD: .2}, "small": {Followers: 40, SD: .5}}
	p := MakePlan(site, sampling(100, "big", "mid", "small"), sizes)
	got := map[string]int64{}
	for _, a := range p.Split {
		got[a.Account] = a.Better
	}
	// 240 draws; 18000 : 6000 : 20.
	if got["big"] != 180 || got["mid"] != 60 || got["small"] != 2 {
		t.Errorf("split %v, want 180, 60 and the least that has a variance", got)
	}
	better := p
	better.Split = append([]Allocation(nil), p.Split...)
	for i := range better.Split {
		better.Split[i].Draws = better.Split[i].Better
	}
	better.interval(sizes)
	if better.HalfWidth >= p.HalfWidth {
		t.Errorf("± %v with the better split, ± %v before", better.HalfWidth, p.HalfWidth)
	}
	full := MakePlan(site, sampling(100, "big", "tiny"), map[string]Size{"big": {Followers: 150, SD: .1}, "tiny": {Followers: 100, SD: .5}})
	for _, a := range full.Split {
		if a.Better > a.Followers {
			t.Errorf("%+v draws more than there are", a)
		}
	}
}
