package overtake

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// textWidth is how wide the printed answer is at most, in characters; only addresses may be longer.
const textWidth = 78

// WriteText prints the answer for a reader at a terminal.
func (a *Answer) WriteText(w io.Writer) error {
	t := &text{}
	t.line("%s and %s: %s", a.Challenger.Name, a.Leader.Name, lowerFirst(a.MetricName))
	t.line("as of %s, from what had been published by then", date(a.AsOf.Time))
	a.writeNow(t)
	if a.Reason != "" {
		t.head("No forecast")
		t.wrap("  ", "Too little is known: "+a.Reason+".")
	} else {
		a.writeQuestions(t)
	}
	a.writeSeen(t)
	a.writeGrowth(t)
	a.writePublished(t)
	a.writeNotes(t)
	_, err := io.WriteString(w, t.String())
	return err
}

func (a *Answer) writeNow(t *text) {
	t.head("Who is ahead")
	if n := a.Now; n != nil {
		ahead, behind := a.Leader, a.Challenger
		if n.Ahead == a.Challenger.Platform {
			ahead, behind = behind, ahead
		}
		sign := 1.0
		if n.Ahead == a.Challenger.Platform {
			sign = -1
		}
		lo, hi := math.Exp(sign*n.LogRatioLo80), math.Exp(sign*n.LogRatioHi80)
		p := n.PChallengerAhead
		if sign > 0 {
			p = 1 - p
		}
		t.wrap("  ", fmt.Sprintf("%s is ahead (probability %s): %s has %.0f %% of its %s (80 %% interval %.0f to %.0f %%).",
			ahead.Name, percent(p), behind.Name, 100*math.Exp(sign*n.LogRatio), a.Unit, 100*min(lo, hi), 100*max(lo, hi)))
	}
	for _, p := range []Party{a.Challenger, a.Leader} {
		if p.Level == nil {
			t.wrap("  ", p.Name+": no figure known.")
			continue
		}
		derived := ""
		if p.Derived {
			derived = ", derived"
		}
		t.wrap("  ", fmt.Sprintf("%s: %s %s on %s (%s%s).", p.Name, count(*p.Level), a.Unit, date(p.On.Time), plusMinus(*p.LevelSD / *p.Level), derived))
	}
	for _, c := range a.Crossings {
		t.wrap("  ", fmt.Sprintf("Seen so far: %s came ahead between %s and %s.", a.nameOf(c.Challenger), date(c.After.Time), date(c.By.Time)))
	}
}

func (a *Answer) nameOf(platform string) string {
	for _, p := range []Party{a.Challenger, a.Leader} {
		if p.Platform == platform {
			return p.Name
		}
	}
	return platform
}

var questionWords = map[string]string{
	AheadAt: "ahead on the day",
	EverBy:  "ahead at least once",
	ForGood: "ahead for good",
}

func (a *Answer) writeQuestions(t *text) {
	t.head("When does " + a.Challenger.Name + " overtake " + a.Leader.Name + "?")
	t.line("  %-20s %-12s %-28s %6s", "", "median", "80 % interval", "never*")
	for _, q := range a.Questions {
		t.line("  %-20s %-12s %-28s %6s", questionWords[q.Question], a.dayWord(q.Median), a.dayWord(q.Lo80)+" to "+a.dayWord(q.Hi80), percent(q.PNever))
	}
	t.line("  (dates by which the probability passes 50 %%, and 10 and 90 %%;")
	t.line("  * before %s, where this forecast ends)", date(a.Horizon.Time))
	t.line("")
	head := fmt.Sprintf("  %-20s", "probability by")
	for _, c := range a.Questions[0].By {
		head += fmt.Sprintf(" %11s", short(c.On.Time))
	}
	t.line("%s", head)
	for _, q := range a.Questions {
		row := fmt.Sprintf("  %-20s", questionWords[q.Question])
		for _, c := range q.By {
			row += fmt.Sprintf(" %11s", percent(c.P))
		}
		t.line("%s", row)
	}
	t.line("  %-20s %11s %11s", "probability within", "1 year", "2 years")
	for _, q := range a.Questions {
		t.line("  %-20s %11s %11s", questionWords[q.Question], percent(q.PWithin1Y), percent(q.PWithin2Y))
	}
}

// writeSeen says when figures will show it, and how the platforms' errors go together.
func (a *Answer) writeSeen(t *text) {
	if s := a.Seen; s != nil {
		t.line("")
		known := "Figures come"
		if s.Assumed {
			known = "Figures are taken to come"
		}
		t.wrap("  ", known+fmt.Sprintf(" about every %.0f days. On a day of figures it is first seen ahead: median %s, 80 %% interval %s to %s, never %s.",
			s.EveryDays, a.dayWord(s.Median), a.dayWord(s.Lo80), a.dayWord(s.Hi80), percent(s.PNever)))
	}
	if a.CorrBasis != "" {
		t.wrap("  ", "The two platforms' errors: "+a.CorrBasis+".")
	}
}

// dayWord is a date, "already" on the as-of day, or "later" beyond the horizon.
func (a *Answer) dayWord(d *Day) string {
	switch {
	case d == nil:
		return "later"
	case !d.After(a.AsOf.Time):
		return "already"
	}
	return short(d.Time)
}

func (a *Answer) writeGrowth(t *text) {
	if a.Challenger.GrowthMonth == nil && a.Leader.GrowthMonth == nil {
		return
	}
	t.head("How the growth was estimated")
	for _, p := range []Party{a.Challenger, a.Leader} {
		if p.GrowthMonth == nil {
			continue
		}
		from := "from its own series"
		if p.Method == "evidence" {
			from = "pieced together from other evidence"
			if p.Accounts > 0 {
				from = "from " + plural(p.Accounts, "account", "accounts") + " of its top list"
				if slices.ContainsFunc(a.Evidence, func(e Evidence) bool { return e.Platform == p.Platform && e.Role == roleOwn }) {
					from += " and its own readings"
				}
			}
		}
		t.wrap("  ", fmt.Sprintf("%s: %+.1f %% a month (±%.1f) at %s, %s.", p.Name, 100*math.Expm1(*p.GrowthMonth), 100**p.GrowthSD, date(p.On.Time), from))
		t.wrap("    ", p.Basis+".")
		a.writeEvidence(t, p)
	}
}

// mostEvidence is how many stretches of one platform are printed, the newest.
const mostEvidence = 12

func (a *Answer) writeEvidence(t *text, p Party) {
	var rows []Evidence
	for _, e := range a.Evidence {
		if e.Platform == p.Platform {
			rows = append(rows, e)
		}
	}
	if more := len(rows) - mostEvidence; more > 0 {
		rows = rows[more:]
		t.line("    (%d older or longer stretches are not shown)", more)
	}
	for _, e := range rows {
		who := e.AccountName
		if who == "" {
			who = strings.ReplaceAll(e.Metric, "_", " ")
		}
		t.line("    %s %s to %s  %s to %s %+5.1f %%", pad(clean(who), 20), e.From.Format(time.DateOnly), e.To.Format(time.DateOnly),
			compact(e.FromValue), compact(e.ToValue), 100*math.Expm1(e.GrowthMonth))
	}
}

func (a *Answer) writePublished(t *text) {
	if len(a.Published) == 0 {
		return
	}
	t.head("What others said")
	for _, p := range a.Published {
		late := ""
		if p.Later {
			late = ", after this forecast's date and not used"
		}
		window := "from " + date(p.From.Time) + " on"
		if !p.To.IsZero() {
			window = date(p.From.Time) + " to " + date(p.To.Time)
		}
		t.wrap("  ", fmt.Sprintf("%s (%s%s): %s.", clean(p.Forecaster), date(p.MadeOn.Time), late, strings.TrimSuffix(clean(p.Statement), ".")))
		if a.Reason == "" {
			t.wrap("    ", fmt.Sprintf("Our probability that it first comes ahead in that window (%s): %s.", window, percent(p.POurs)))
		}
	}
}

func (a *Answer) writeNotes(t *text) {
	if len(a.Warnings) > 0 {
		t.head("Mind")
		for _, w := range a.Warnings {
			t.wrap("  ", clean(w))
		}
	}
	var urls []string
	for _, u := range slices.Concat(a.Challenger.Sources, a.Leader.Sources) {
		if !slices.Contains(urls, u) {
			urls = append(urls, u)
		}
	}
	for _, e := range a.Evidence {
		if e.SourceURL != "" && !slices.Contains(urls, e.SourceURL) {
			urls = append(urls, e.SourceURL)
		}
	}
	if len(urls) > 0 {
		t.head("Sources")
		for _, u := range urls {
			t.line("  %s", clean(u))
		}
	}
}

// A text gathers lines.
type text struct{ strings.Builder }

func (t *text) line(format string, args ...any) {
	t.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
}

func (t *text) head(words string) { t.line("\n%s", words) }

// wrap prints words within textWidth, every line after the indent, later ones two characters further in.
func (t *text) wrap(indent, words string) {
	line, hang := indent, indent+"  "
	empty := true
	for _, word := range strings.Fields(words) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > textWidth {
			t.line("%s", line)
			line, empty = hang, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	t.line("%s", line)
}

// clean takes out what could move a terminal's cursor: names come from strangers.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff {
			return ' '
		}
		return r
	}, s)
}

// pad cuts or fills s to n characters.
func pad(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s + strings.Repeat(" ", n-len(r))
}

func short(t time.Time) string { return t.Format("2 Jan 2006") }

// plusMinus writes a relative error.
func plusMinus(share float64) string {
	if share < .0001 {
		return "±<0.01 %"
	}
	return fmt.Sprintf("±%.2g %%", 100*share)
}

// percent is a probability in words that do not claim certainty.
func percent(p float64) string {
	switch {
	case p < .005:
		return "<1 %"
	case p > .995:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", 100*p)
}

// count writes a number the way a reader says it: 313 million, 5.83 million, 43,692.
func count(v float64) string {
	switch {
	case v >= 999.95e6:
		return fmt.Sprintf("%.4g billion", v/1e9)
	case v >= .99995e6:
		return fmt.Sprintf("%.4g million", v/1e6)
	}
	return thousands(int64(math.Round(v)))
}

// compact is count for a table: 313M, 5.833M, 43,692, seven characters wide.
func compact(v float64) string {
	s := strings.NewReplacer(" billion", "B", " million", "M").Replace(count(v))
	return strings.Repeat(" ", max(0, 7-len(s))) + s
}

// thousands groups the digits of n >= 0 by commas.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func listOf(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
