package main

import (
	"fmt"
	"strings"

	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// collected says what each source brought, a line each.
func collected(all []crawl.Summary) string {
	lines := make([]string, len(all))
	for i, s := range all {
		lines[i] = fmt.Sprintf("%s: %d answers, %s done", s.Site, s.Pages, plural(int64(s.Walks), "reading"))
		for _, v := range []string{"complete", "truncated", "hidden", "partial_federation", "budget", "error"} {
			if n := s.Verdicts[v]; n > 0 {
				lines[i] += fmt.Sprintf(", %d %s", n, v)
			}
		}
		if later := laterOf(s); later > 0 {
			lines[i] += fmt.Sprintf("; the budget is used up, %s go on in the next run", plural(int64(later), "reading"))
		}
	}
	return strings.Join(lines, "\n")
}

// laterOf counts what is not done because of the budget only.
func laterOf(s crawl.Summary) (n int) {
	for _, m := range s.Missing {
		if m.Budget {
			n++
		}
	}
	return n
}

// shownMissing is how many readings a message lists.
const shownMissing = 10

// missingOf says what could not be read although it was due; "" where nothing is amiss.
func missingOf(all []crawl.Summary) string {
	var lines []string
	for _, s := range all {
		n := 0
		if s.Stopped != "" {
			lines = append(lines, fmt.Sprintf("  %s: stopped: %s", s.Site, s.Stopped))
		}
		for _, m := range s.Missing {
			if m.Budget || m.Reason == s.Stopped {
				continue
			}
			if n++; n <= shownMissing {
				lines = append(lines, fmt.Sprintf("  %s: %s: %s", s.Site, m.Walk, m.Reason))
			}
		}
		if n > shownMissing {
			lines = append(lines, fmt.Sprintf("  %s: %d more", s.Site, n-shownMissing))
		}
	}
	if lines == nil {
		return ""
	}
	return "not everything that was due could be read\n" + strings.Join(lines, "\n")
}
