package overtake

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// A Part is one part of a top list and the accounts that stand for it.
type Part struct {
	Size     string   `json:"size"` // which part, in words
	Accounts []string `json:"accounts"`
	Share    float64  `json:"share_of_total"` // of the list's total that these accounts hold; of the rest: what all others hold
	Mean     float64  `json:"mean_followers"` // of an account of the part
	N        int      `json:"n"`
}

// The parts by the size of an account relative to the list's average.
var partSizes = []struct {
	least float64
	words string
}{{2, "at least twice the average account"}, {1, "from the average account to twice its size"}, {.5, "from half of the average account to it"}, {0, "below half of the average account"}}

// partsOf says which accounts stand for which part of a list of size accounts that have total followers in all. The last part is the rest: the accounts of
// which nothing is known, taken to grow like the panel does at their own average size.
func partsOf(evidence []stretch, total float64, size int) []Part {
	var panel []stretch
	for _, e := range evidence {
		if e.role == rolePanel {
			panel = append(panel, e)
		}
	}
	if len(panel) == 0 || size < 1 {
		return nil
	}
	slices.SortStableFunc(panel, func(a, b stretch) int {
		return cmp.Or(cmp.Compare(b.toValue, a.toValue), strings.Compare(a.account, b.account))
	})
	average := total / float64(size)
	var out []Part
	var known float64
	for i, s := range partSizes {
		p := Part{Size: s.words}
		for _, e := range panel {
			if r := e.toValue / average; r >= s.least && (i == 0 || r < partSizes[i-1].least) {
				p.Accounts = append(p.Accounts, e.name)
				p.Mean += e.toValue
			}
		}
		if p.N = len(p.Accounts); p.N == 0 {
			continue
		}
		known += p.Mean
		p.Share, p.Mean = p.Mean/total, p.Mean/float64(p.N)
		out = append(out, p)
	}
	rest := Part{Size: "all others", N: max(0, size-len(panel)), Share: math.Max(0, 1-known/total)}
	if rest.N > 0 {
		rest.Mean = math.Max(0, total-known) / float64(rest.N)
		out = append(out, rest)
	}
	return out
}

// partWords says the parts aloud.
func partWords(parts []Part) string {
	var out []string
	for _, p := range parts {
		if len(p.Accounts) > 0 {
			out = append(out, fmt.Sprintf("%s stand%s for accounts %s (%.0f %% of the total)", listOf(p.Accounts), map[bool]string{true: "s"}[p.N == 1], p.Size, 100*p.Share))
			continue
		}
		out = append(out, fmt.Sprintf("nobody known stands for the other %d (%.0f %% of the total, %s followers on average): they are taken to grow like the known ones at that size",
			p.N, 100*p.Share, count(p.Mean)))
	}
	return strings.Join(out, "; ")
}
