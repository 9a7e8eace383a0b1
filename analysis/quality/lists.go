package quality

import (
	"fmt"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/turnover"
)

// ofLists applies the rules that look at published lists.
func ofLists(lists []turnover.List) []Finding {
	var out []Finding
	for _, l := range lists {
		f := Finding{Platform: l.Platform, Metric: "followers", On: l.On}
		if top, n := len(l.Top()), len(l.Entries); top < n {
			g := f
			g.Rule, g.Severity, g.Affected = "list_incomplete", Info, n-top
			g.What, g.Consequence = fmt.Sprintf("%s: %d of %d lines stand after a missing rank", l.SourceURL, n-top, n), "turnover uses the unbroken part only"
			out = append(out, g)
		}
		if n := censoredLines(l); n > 0 {
			g := f
			g.Rule, g.Severity, g.Affected, g.Consequence = "list_censored", Warn, n, "no sum or share of the list is told"
			g.What = fmt.Sprintf("%s: %d of %d lines (%.0f %%) are only lower bounds", l.SourceURL, n, len(l.Entries), 100*float64(n)/float64(len(l.Entries)))
			out = append(out, g)
		}
		wrong := 0
		for i := 1; i < len(l.Entries); i++ {
			wrong += count(l.Entries[i-1].Followers.Hi < l.Entries[i].Followers.Lo)
		}
		if wrong > 0 {
			g := f
			g.Rule, g.Severity, g.Affected, g.Consequence = "list_not_descending", Warn, wrong, toldOnly
			g.What = fmt.Sprintf("%s: %d lines have more followers than the line above, beyond rounding", l.SourceURL, wrong)
			out = append(out, g)
		}
	}
	return append(out, coverage(lists)...)
}

func censoredLines(l turnover.List) int {
	n := 0
	for _, e := range l.Entries {
		n += count(e.Followers.Mode == measure.CensoredRight)
	}
	return n
}

// coverage says of each platform how much of a full list its published lists show.
func coverage(lists []turnover.List) []Finding {
	var out []Finding
	for len(lists) > 0 {
		platform, n, full, lines, best := lists[0].Platform, 0, 0, 0, 0
		var last time.Time
		for n < len(lists) && lists[n].Platform == platform {
			top := len(lists[n].Top())
			full += count(top >= fullList)
			lines += top
			if top > best {
				best = top
			}
			if lists[n].On.After(last) {
				last = lists[n].On
			}
			n++
		}
		severity := Info
		if best < fullList {
			severity = Warn
		}
		out = append(out, Finding{platform, "followers", time.Time{}, "list_coverage", severity,
			fmt.Sprintf("%d lists, the last of %s: %d hold all %d places from the first on, the longest holds %d, the mean %.1f", n,
				last.Format(time.DateOnly), full, fullList, best, float64(lines)/float64(n)), lines, toldOnly})
		lists = lists[n:]
	}
	return out
}
