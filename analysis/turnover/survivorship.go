package turnover

import (
	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/growth"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// tripleOf is the growth of the top k of two lists in the three ways. Counts that a list does not give come from readings
// near its day.
func tripleOf(a, b List, k int, sightings Sightings) growth.Triple {
	first, last := ids(a.Top()[:k]), ids(b.Top()[:k])
	named := append(ids(a.Top()[:k]), last...)
	return growth.SurvivorshipOf(first, last, sightings.counts(a, named), sightings.counts(b, named))
}

// topTotal is the metric of published totals of a top list, of which only the sum is known.
const topTotal = "top100_followers_total"

func survivorshipTable(compared map[string][]List, sightings Sightings, d series.Data) analysis.Table {
	t := analysis.Table{
		Name:    "survivorship",
		Comment: "Growth of the top of a platform, always told in three ways: of the accounts that led at the start (cohort), of those that lead at the end (survivor), and of whoever led then and now (slot). One row per pair of neighbouring lists, and per pair of published totals of a top 100.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "basis", Type: "varchar", Comment: "lists (accounts are known) or total (a published sum; the accounts behind it are not)"},
			{Name: "k", Type: "bigint", Comment: "length of the top compared"},
			{Name: "from_on", Type: "date", Comment: "day of the earlier list or total"},
			{Name: "to_on", Type: "date", Comment: "day of the later list or total"},
			{Name: "cohort", Type: "double", Comment: "growth of the accounts of the earlier list, relative (0.1 is ten percent); null where why says so"},
			{Name: "cohort_lo95", Type: "double", Comment: "lower end of its 95 % interval from rounding"},
			{Name: "cohort_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "survivor", Type: "double", Comment: "growth of the accounts of the later list; null where why says so"},
			{Name: "survivor_lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "survivor_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "slot", Type: "double", Comment: "growth of the places: the later sum over the earlier one, less one"},
			{Name: "slot_lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "slot_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "why", Type: "varchar", Comment: "why a figure is missing, in words; null where none is"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: within_error, incomplete, gap, censored, non_positive and those of the totals"},
		},
	}
	for _, platform := range sortedKeys(compared) {
		lists := compared[platform]
		for i := 1; i < len(lists); i++ {
			a, b := lists[i-1], lists[i]
			triple := tripleOf(a, b, min(len(a.Top()), len(b.Top())), sightings)
			flags := triple.Slot.Flags.With(triple.Cohort.Flags...).With(triple.Survivor.Flags...)
			if measure.DaysBetween(a.On, b.On) > silentDays {
				flags = flags.With(measure.Gap)
			}
			why := ""
			if flags.Has(growth.Incomplete) {
				why = "accounts of one list have no reading within ten days of the other"
			}
			t.Rows = append(t.Rows, tripleRow([]any{platform, "lists", triple.K, a.On, b.On}, triple, why, flags))
		}
	}
	for _, s := range d.Series {
		for i := 1; s.Metric == topTotal && i < len(s.Points); i++ {
			a, b := s.Points[i-1], s.Points[i]
			unknown := measure.Undefined("growth of a list", growth.Incomplete)
			change := growth.ChangeOf(d.Metrics[s.Metric], s.Points[i-1:i+1])
			triple := growth.Triple{Cohort: unknown, Survivor: unknown, Slot: change.Rate, K: 100}
			t.Rows = append(t.Rows, tripleRow([]any{s.Platform, "total", 100, a.On, b.On}, triple,
				"the source gives the sum and not the accounts: only whoever led then and now can be told", change.Flags.With(growth.Incomplete)))
		}
	}
	return t
}

func tripleRow(row []any, t growth.Triple, why string, flags measure.Flags) []any {
	row = append(row, measure.Cells(t.Cohort)...)
	row = append(row, measure.Cells(t.Survivor)...)
	row = append(row, measure.Cells(t.Slot)...)
	return append(row, measure.TextCell(why), flags.String())
}
