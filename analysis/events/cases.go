package events

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A Case is a question that people ask of the history: did these events change anything? Its events are those of the
// platforms and kinds within the days, both included.
type Case struct {
	Title            string
	Platforms, Kinds []string
	From, To         time.Time
}

func caseDay(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// Cases are the questions of the shipped history.
var Cases = []Case{
	{"Sina Weibo's partnerships of June 2011", []string{"sina_weibo"}, []string{"partnership"}, caseDay(2011, 6, 1), caseDay(2011, 6, 30)},
	{"The real-name rule of March 2012", []string{"sina_weibo", "tencent_weibo", "sohu_weibo", "netease_weibo"}, []string{"regulation"}, caseDay(2012, 3, 16), caseDay(2012, 3, 16)},
	{"Twitter's sale in October 2022", []string{"twitter"}, []string{"ownership"}, caseDay(2022, 10, 27), caseDay(2022, 10, 31)},
	{"The opening of Threads in July 2023", []string{"threads"}, []string{"product"}, caseDay(2023, 7, 5), caseDay(2023, 7, 6)},
	{"The opening of Bluesky to all in February 2024", []string{"bluesky"}, []string{"product"}, caseDay(2024, 2, 6), caseDay(2024, 2, 6)},
}

func (c Case) holds(e Event) bool {
	return slices.Contains(c.Platforms, e.Platform) && slices.Contains(c.Kinds, e.Kind) && !e.On.Before(c.From) && !e.On.After(c.To)
}

// A Finding is what one method says of a case.
type Finding struct {
	Method         string  // interrupted_series, event_study, difference_in_differences or synthetic_control
	Made, Possible int     // tests that could be made, and that were looked for
	Changed        int     // of those made, the ones with a change seen
	Detectable     float64 // smallest relative change that the most telling test could have seen; NaN where unknown
	Verdict        Verdict
	Target, Metric string // the series of the most telling test; empty where there is none
	Words          string // and what it says
}

// A CaseVerdict is a case with what every method says of it, and the honest sum.
type CaseVerdict struct {
	Case
	Events   int
	Findings []Finding
	Verdict  Verdict
	Words    string
}

// JudgeCases gathers the verdicts of all methods on each case that has events.
func JudgeCases(cases []Case, all []Event, effects []Effect, studies []GrowthStudy, controls []Control) []CaseVerdict {
	var out []CaseVerdict
	for _, c := range cases {
		v := CaseVerdict{Case: c}
		for _, e := range all {
			if c.holds(e) {
				v.Events++
			}
		}
		if v.Events == 0 {
			continue
		}
		its, es := finding{method: "interrupted_series"}, finding{method: "event_study"}
		did, sc := finding{method: MethodDifference}, finding{method: MethodSynthetic}
		for _, e := range effects {
			its.add(c.holds(e.Event), e.Target, e.Metric, e.Verdict, e.Words, e.Q, e.Detectable)
		}
		for _, s := range studies {
			es.add(c.holds(s.Event), s.Target, s.Metric, s.Verdict, s.Words, s.Q, halfWidth(s.Abnormal))
		}
		for _, x := range controls {
			if x.Method == MethodDifference {
				did.add(c.holds(x.Event), x.Target, x.Metric, x.Verdict, x.Words, x.Q, halfWidth(x.Effect))
			} else {
				sc.add(c.holds(x.Event), x.Target, x.Metric, x.Verdict, x.Words, x.Q, halfWidth(x.Effect))
			}
		}
		for _, f := range []finding{its, es, did, sc} {
			v.Findings = append(v.Findings, f.sum())
		}
		v.conclude()
		out = append(out, v)
	}
	return out
}

// A finding gathers the tests of one method on one case; the most telling one speaks for it.
type finding struct {
	method                 string
	made, possible, change int
	best, target, metric   string
	bestP, detectable      float64
	bestRank               int
}

// halfWidth is half of an interval: an effect smaller than that could not have been told from none.
func halfWidth(e measure.Estimate) float64 { return (e.Hi - e.Lo) / 2 }

func (f *finding) add(mine bool, target, metric string, v Verdict, words string, p, detectable float64) {
	if !mine {
		return
	}
	f.possible++
	rank := map[Verdict]int{CannotBeTold: 1, Unchanged: 2, Changed: 3}[v]
	if rank > 1 || measure.Finite(p) {
		f.made++
	}
	if v == Changed {
		f.change++
	}
	if rank > f.bestRank || rank == f.bestRank && p < f.bestP || rank == f.bestRank && measure.Finite(p) && !measure.Finite(f.bestP) {
		f.bestRank, f.bestP, f.detectable = rank, p, detectable
		f.best, f.target, f.metric = words, target, metric
	}
}

func (f *finding) sum() Finding {
	out := Finding{Method: f.method, Made: f.made, Possible: f.possible, Changed: f.change, Words: f.best, Target: f.target, Metric: f.metric, Verdict: CannotBeTold, Detectable: f.detectable}
	switch f.bestRank {
	case 0:
		out.Words = "cannot be told from this data: no series has a reading within a year of the event"
	case 2:
		out.Verdict = Unchanged
	case 3:
		out.Verdict = Changed
	}
	return out
}

// material is the relative change that a test must have been able to see for its silence to mean anything.
const material = 0.2

// conclude is the sum over the methods: a change is only said where methods do not contradict one another, and no change
// only where one of a fifth would have been seen.
func (v *CaseVerdict) conclude() {
	count := map[Verdict]int{}
	made, finest := 0, math.Inf(1)
	for _, f := range v.Findings {
		count[f.Verdict]++
		made += f.Made
		if f.Verdict == Unchanged && f.Detectable < finest {
			finest = f.Detectable
		}
	}
	v.Verdict = CannotBeTold
	switch {
	case count[Changed] > 0 && count[Unchanged] == 0:
		v.Verdict = Changed
		v.Words = fmt.Sprintf("A change is seen at this date by %d of 4 methods and contradicted by none; that the event caused it is not shown.", count[Changed])
	case count[Changed] > 0:
		v.Words = fmt.Sprintf("Cannot be told from this data: %d of 4 methods see a change and %d see none.", count[Changed], count[Unchanged])
	case count[Unchanged] > 0 && finest <= material:
		v.Verdict = Unchanged
		v.Words = fmt.Sprintf("Of 4 methods %d could be used and none sees a change; one under %.2g %% would not show in this data.", count[Unchanged], 100*finest)
	case count[Unchanged] > 0:
		v.Words = fmt.Sprintf("Cannot be told from this data: of 4 methods %d could be used and none sees a change, but even the sharpest could not have seen one under %.2g %%.", count[Unchanged], 100*finest)
	case made > 0:
		v.Words = "Cannot be told from this data: no test that could be made is clear enough."
	default:
		v.Words = "Cannot be told from this data: not one test could be made."
	}
}
