package quality

import (
	"fmt"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// A Rule is one thing that is looked for, with what follows where it is found.
type Rule struct {
	Name, Looks string
	Consequence string // words that every finding of the rule repeats, or "see the finding" where it depends
}

// What follows where it depends on the finding.
const depends = "see each finding"

// Rules are all rules of the package in the order in which a reader would ask. Each finding names one of them; a reading
// leaves a computation by one whose consequence says so and by nothing else.
var Rules = []Rule{
	{"impossible", fmt.Sprintf("more active users than accounts, or more daily than monthly users, beyond both intervals and within %d days", pairDays), toldOnly},
	{"out_of_range", "a count below zero, or a share above a whole", toldOnly},
	{"published_before_period", "a figure published before the period that it speaks of began", toldOnly},
	{"contradicts_neighbours", fmt.Sprintf("a figure more than %.0f %% outside what points of better trust within %d days allow", 100*(series.BetweenFactor-1), series.ContextDays), leaves},
	{"sources_disagree", "figures for one day that differ by more than their rounding explains (Cochran's Q, p below 0.01)", depends},
	{"stale", fmt.Sprintf("one value in %d readings or more over at least %d days", staleCount, staleDays), toldOnly},
	{"falling_total", "a count since the launch that falls below an earlier one by more than both errors", flagged},
	{"drop_shared_by_all", fmt.Sprintf("a month in which %.0f %% or more of at least %d accounts lost followers", 100*sharedShare, sharedCount), toldOnly},
	{"outlier", fmt.Sprintf("an account's reading a factor of %.1f away from both neighbours, which agree with one another", awayFactor), toldOnly},
	{"gap", fmt.Sprintf("no reading for %d days in a series usually three times denser, or for %d days in any", series.GapDays, series.LongGapDays), notInterval},
	{"rounding_staircase", "a series of which half the steps or more are smaller than its rounding: what moves is the display", "no rate is told for such a step"},
	{"grid_coarser_than_stated", fmt.Sprintf("%d readings or more of one step that are all multiples of ten steps: they were rounded more than they say", gridCount), toldOnly},
	{"censored", "readings that are only lower bounds (100万+)", "used only where there is nothing else"},
	{"inferred_rounding", "readings whose rounding is guessed from trailing zeros", toldOnly},
	{"derived", "figures that we computed from a page that does not print them", "used, marked, where no printed figure exists"},
	{"weak_sources", "a series that rests on nothing better than trust C", toldOnly},
	{"one_source", "a series all of whose readings come from one site", toldOnly},
	{"list_incomplete", "a published list with missing ranks", "turnover uses the unbroken part only"},
	{"list_not_descending", "lines of a list with more followers than the line above, beyond rounding", toldOnly},
	{"list_censored", "lines of a list whose count is only a lower bound", "no sum or share of the list is told"},
	{"list_coverage", fmt.Sprintf("the lists of a platform: how many, and how many of the %d places they fill", fullList), toldOnly},
	{"follower_lists", "lists of followers that were asked for: how many are whole, and what became of the others", "only complete lists are counted in exact reach"},
	{"quarantined", "rows that could not be read", "not in any figure"},
}

// The numbers of further rules.
const (
	gridCount = 5   // readings from which a coarser grid is told
	fullList  = 100 // places of a full list
)

func ruleTable(findings []Finding) analysis.Table {
	t := analysis.Table{
		Name:    "quality_rules",
		Comment: "Every rule by which data are judged, with how often it found something: a reading leaves a computation only by a rule whose consequence says so.",
		Columns: []analysis.Column{
			{Name: "no", Type: "bigint", Comment: "place in reading order, from 1"},
			{Name: "rule", Type: "varchar", Comment: "name of the rule: key of results.quality"},
			{Name: "looks_for", Type: "varchar", Comment: "what it looks for, with its numbers, in words"},
			{Name: "consequence", Type: "varchar", Comment: "what follows for the readings found, in words"},
			{Name: "findings", Type: "bigint", Comment: "times that it found something, counted; 0 where the data pass"},
			{Name: "n_affected", Type: "bigint", Comment: "readings that the findings touch, counted"},
			{Name: "errors", Type: "bigint", Comment: "findings of severity error, counted"},
		},
	}
	for i, r := range Rules {
		var found, affected, errors int
		for _, f := range findings {
			if f.Rule == r.Name {
				found, affected, errors = found+1, affected+f.Affected, errors+count(f.Severity == Error)
			}
		}
		t.Rows = append(t.Rows, []any{i + 1, r.Name, r.Looks, r.Consequence, found, affected, errors})
	}
	return t
}
