package reports

import (
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// stretch is the longest silence, in days, that a coverage strip joins.
const stretch = 400 * 24 * time.Hour

// coverageShown is the most strips that the coverage chart has room for; the table has all.
const coverageShown = 30

// coverageRows turns readings into strips: one per platform and kind of count, those with the most readings, by platform,
// each with the stretches that readings cover. Gaps come with the most readings first.
func (b *Book) coverageRows(gaps []gap) []chart.CoverageRow {
	var rows []chart.CoverageRow
	gaps = gaps[:min(len(gaps), coverageShown)]
	for _, id := range b.inOrder(platformSet(gaps)) {
		for _, g := range gaps {
			if g.Platform != id {
				continue
			}
			rows = append(rows, chart.CoverageRow{
				Platform: id, Label: b.platform(id), Metric: b.measure(g.Metric),
				Spans: b.spans(g), Readings: int(g.Readings), Sources: int(g.Sources),
			})
		}
	}
	return rows
}

func platformSet(gaps []gap) map[string]bool {
	set := map[string]bool{}
	for _, g := range gaps {
		set[g.Platform] = true
	}
	return set
}

// spans are the stretches of one strip. Counts of accounts are no series of the platform: theirs is one stretch.
func (b *Book) spans(g gap) []chart.Span {
	var all []chart.Span
	for _, p := range b.series(g.Platform, g.Metric) {
		n := len(all)
		if n > 0 && p.From.Sub(all[n-1].To) <= stretch && all[n-1].Trust == trustRank(p.Trust) {
			all[n-1].To = p.On
			all[n-1].Readings += int(p.Readings)
			all[n-1].Sources = max(all[n-1].Sources, int(p.Sources))
			continue
		}
		all = append(all, chart.Span{
			From: p.From, To: p.On, Trust: trustRank(p.Trust), Sources: int(p.Sources), Readings: int(p.Readings), Derived: p.Derived,
		})
	}
	if len(all) == 0 {
		all = append(all, chart.Span{From: g.First, To: g.Last, Trust: trustRank(g.Best), Sources: int(g.Sources), Readings: int(g.Readings)})
	}
	return all
}

// trustRank is a trust class as charts grade it.
func trustRank(class string) int {
	switch class {
	case "A":
		return 1
	case "B":
		return 2
	case "C":
		return 3
	}
	return 0
}
