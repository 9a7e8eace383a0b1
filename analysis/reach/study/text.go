package study

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// How much of the long tables WriteText shows; WriteTable gives all of each.
const (
	shownBands = 12
	shownPicks = 20
	shownPairs = 10
	textWidth  = 100
	nameWidth  = 24
)

var methodWords = map[string]string{
	"exact":            "exact: every list is complete, every person was counted once",
	"multiplicity":     "estimate from random followers, each asked how many of the accounts it follows",
	"sketch":           "estimate from threshold samples (theta sketches) of complete lists",
	"bounds_pairs":     "bounds from counts and pairwise overlaps; there is no best guess between them",
	"bounds_truncated": "bounds, as the platform shows a part of the lists only; there is no best guess between them",
	"bounds_counts":    "bounds from counts alone, between the largest account and the sum; there is no best guess between them",
	"":                 "nothing can be said",
}

// WriteText prints the answer for a reader at a terminal.
func (a *Answer) WriteText(w io.Writer) error {
	t := &text{}
	t.wrap("", fmt.Sprintf("Reach on %s: %s", a.Name, a.Set))
	t.wrap("  ", a.when())
	t.wrap("  ", "Method: "+methodWords[a.Method]+".")
	if a.Why != "" {
		t.wrap("  ", "Why no better one: "+a.Why+".")
	}
	a.writeFigures(t)
	a.writeFrequency(t)
	a.writeOrder(t)
	a.writePairs(t)
	a.writePerUser(t)
	if len(a.Notes)+len(a.Flags) > 0 || a.hides() {
		t.head("Notes")
	}
	for _, n := range a.Notes {
		t.wrap("  ", upper(n)+".")
	}
	if len(a.Flags) > 0 {
		t.wrap("  ", "Flags: "+strings.Join(a.Flags, ", ")+".")
	}
	if a.hides() {
		t.wrap("  ", fmt.Sprintf("Groups of fewer than %d persons, and numbers that would tell them, are withheld (--small-cell).", a.SmallCell))
	}
	_, err := io.WriteString(w, t.String())
	return err
}

func (a *Answer) when() string {
	asOf := "as of " + day(a.AsOf)
	switch {
	case a.From.IsZero():
		return asOf
	case a.From.Equal(a.To.Time):
		return "read on " + day(a.From) + ", " + asOf
	}
	return "read from " + day(a.From) + " to " + day(a.To) + ", " + asOf
}

func (a *Answer) writeFigures(t *text) {
	if a.Method == "" {
		return
	}
	t.line("")
	t.line("  %-26s %s", "sum of followers", a.Sum.words(grouped)+"  (a person once per account followed)")
	t.line("  %-26s %s", "people reached", a.Reach.words(grouped))
	if a.Real != nil {
		t.line("  %-26s %s", "of them not fake", a.Real.Reach.words(grouped))
	}
	t.line("  %-26s %s", "follows per person reached", a.Duplication.words(func(x float64) string { return fmt.Sprintf("%.3f", x) }))
	if a.Method == "exact" || a.Twice.Value != nil {
		t.line("  %-26s %s", "reached twice or more", a.Twice.words(grouped))
	}
	if a.Real != nil {
		t.wrap("  ", upper(a.Real.Basis)+"; share of fakes "+a.Real.FakeShare.words(percent)+".")
	}
}

func (a *Answer) writeFrequency(t *text) {
	if len(a.Frequency) == 0 {
		return
	}
	t.head("How many follow how many of the accounts")
	all := 0.0
	for _, b := range a.Frequency {
		all += b.Persons
	}
	for i, b := range a.Frequency {
		if i == shownBands && len(a.Frequency) > shownBands+1 {
			t.line("  ... and %d lines more: --format csv --part frequency", len(a.Frequency)-i)
			break
		}
		name := strconv.Itoa(b.Accounts)
		if b.OrMore {
			name += " or more"
		}
		t.line("  %-12s %15s%s  %6s  %s", name, grouped(b.Persons), plusMinus(b.SE), percent(b.Persons/all), bar(b.Persons/all))
	}
}

func (a *Answer) writeOrder(t *text) {
	if len(a.Order) == 0 {
		return
	}
	t.head("The order in which each account adds the most people")
	t.line("  %3s  %-*s %14s %14s %14s %8s %8s", "k", nameWidth, "account", "followers", "adds", "reached", "sum by", "of best")
	t.line("  %3s  %-*s %14s %14s %14s %8s %8s", "", nameWidth, "", "", "", "", "reached", "at least")
	for i, p := range a.Order {
		if i == shownPicks && len(a.Order) > shownPicks+1 {
			t.line("  ... and %d accounts more: --format csv --part order", len(a.Order)-i)
			break
		}
		ratio, least := "-", "-"
		if p.Reached != nil && *p.Reached > 0 {
			ratio = fmt.Sprintf("%.3f", float64(p.Sum)/float64(*p.Reached))
		}
		if p.AtLeast != nil {
			least = percent(math.Floor(*p.AtLeast*1000) / 1000)
		}
		t.line("  %3d  %s %14s %14s %14s %8s %8s", p.Pick, fit(p.Name, nameWidth), grouped(float64(p.Followers)), told(p.Gain), told(p.Reached), ratio, least)
	}
	if a.Guarantee != "" {
		t.wrap("  ", "Guarantee: "+a.Guarantee+".")
	}
}

func (a *Answer) writePairs(t *text) {
	pairs := slices.Clone(a.Overlap)
	pairs = slices.DeleteFunc(pairs, func(p Pair) bool { return p.Jaccard == nil })
	if len(pairs) == 0 {
		return
	}
	slices.SortStableFunc(pairs, func(x, y Pair) int { return cmp.Compare(*y.Jaccard, *x.Jaccard) })
	t.head("The audiences that have most in common")
	t.line("  %-*s %-*s %14s %8s %8s %8s %8s", nameWidth, "a", nameWidth, "b", "follow both", "Jaccard", "overlap", "b if a", "a if b")
	names := map[string]string{}
	for _, m := range a.Accounts {
		names[m.ID] = m.Name
	}
	for _, p := range pairs[:min(shownPairs, len(pairs))] {
		t.line("  %s %s %14s %8s %8s %8s %8s", fit(names[p.A], nameWidth), fit(names[p.B], nameWidth), told(p.Both)+plusMinus(p.BothSE),
			share3(p.Jaccard), share3(p.Overlap), share3(p.BGivenA), share3(p.AGivenB))
	}
	if n := len(a.Overlap); n > shownPairs {
		t.line("  ... of %d pairs: --format csv --part overlap", n)
	}
}

func (a *Answer) writePerUser(t *text) {
	if len(a.PerUser) == 0 {
		return
	}
	t.head("Per user of the platform")
	for _, p := range a.PerUser {
		t.wrap("  ", fmt.Sprintf("%s of %s %s (%s, %s).", p.Share.words(percent), grouped(p.Users), strings.ReplaceAll(p.Metric, "_", " "), day(p.On), p.Source))
	}
}

// hides reports whether some number was withheld.
func (a *Answer) hides() bool {
	return a.Method == "exact" && (a.Reach.Value == nil || a.Twice.Value == nil ||
		slices.ContainsFunc(a.Overlap, func(p Pair) bool { return p.Both == nil }) ||
		slices.ContainsFunc(a.Frequency, func(b Band) bool { return b.OrMore }) ||
		slices.ContainsFunc(a.Accounts, func(m Account) bool { return m.Exclusive == nil }) ||
		slices.ContainsFunc(a.Order, func(p Pick) bool { return p.Gain == nil || p.Reached == nil }))
}

// words says a figure with its doubt.
func (f Figure) words(say func(float64) string) string {
	end := func(x *float64, none string) string {
		if x == nil {
			return none
		}
		return say(*x)
	}
	switch {
	case f.Value == nil && f.Lo == nil && f.Hi == nil:
		return "withheld or unknown"
	case f.Value == nil:
		return "at least " + end(f.Lo, "?") + ", at most " + end(f.Hi, "unknown")
	case f.SE == nil || *f.SE == 0:
		return say(*f.Value)
	}
	return fmt.Sprintf("%s ± %s (%.0f %% interval %s to %s)", say(*f.Value), say(*f.SE), 100*f.Level, end(f.Lo, "?"), end(f.Hi, "?"))
}

// A text is lines under way to a terminal.
type text struct{ strings.Builder }

func (t *text) line(format string, args ...any) {
	t.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
}

func (t *text) head(title string) { t.line("\n%s", title) }

// wrap breaks a paragraph between words.
func (t *text) wrap(indent, paragraph string) {
	line := indent
	for _, word := range strings.Fields(clean(paragraph)) {
		if len(line) > len(indent) && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > textWidth {
			t.line("%s", line)
			line = indent
		}
		if len(line) > len(indent) {
			line += " "
		}
		line += word
	}
	t.line("%s", line)
}

// clean takes what a terminal would obey out of strangers' text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, s)
}

// fit cuts or fills a name to a width; Chinese characters take two columns.
func fit(s string, width int) string {
	var b strings.Builder
	at := 0
	for _, r := range clean(s) {
		w := 1
		if r >= 0x1100 {
			w = 2
		}
		if at+w > width-1 {
			b.WriteString("…")
			at++
			break
		}
		b.WriteRune(r)
		at += w
	}
	return b.String() + strings.Repeat(" ", max(0, width-at))
}

// grouped writes a number of persons with separators.
func grouped(x float64) string {
	s := strconv.FormatFloat(math.Round(x), 'f', 0, 64)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func told(n *int64) string {
	if n == nil {
		return "withheld"
	}
	return grouped(float64(*n))
}

func plusMinus(se *float64) string {
	if se == nil {
		return ""
	}
	return " ±" + grouped(*se)
}

func share3(x *float64) string {
	if x == nil {
		return "-"
	}
	return fmt.Sprintf("%.3f", *x)
}

func percent(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) }

func bar(share float64) string { return strings.Repeat("█", int(math.Round(share*30))) }

func day(d Day) string { return d.Format("2 January 2006") }

func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(r)) + s[n:]
}
