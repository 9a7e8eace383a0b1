package reports

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// changes is the section of what has changed since an earlier report: figures that are new, revised or gone, and how the
// answers moved. It stands in reports that were asked for a comparison.
type changes struct{ was earlier }

func (changes) ID() string    { return "changes" }
func (changes) Title() string { return "What has changed since the last report" }

// An earlier report, as far as it can be compared.
type earlier struct {
	Manifest
	series map[figureKey]float64
	pairs  map[pairKey]pairThen
}

type (
	figureKey struct{ Platform, Metric, On string }
	pairKey   struct{ Challenger, Leader, Metric string }
	pairThen  struct{ logRatio, chance float64 } // NaN: not given
)

// readEarlier reads the report in dir. It refuses one whose files are not as its manifest says: a comparison with figures
// that somebody has changed would be worth nothing.
func readEarlier(dir string) (earlier, error) {
	m, err := Verify(dir)
	was := earlier{Manifest: m, series: map[figureKey]float64{}, pairs: map[pairKey]pairThen{}}
	if err != nil {
		return was, fmt.Errorf("compare with an earlier report: %w", err)
	}
	err = readTable(dir, "results.series.csv", func(row map[string]string) {
		if v, err := strconv.ParseFloat(row["value"], 64); err == nil {
			was.series[figureKey{row["platform"], row["metric"], row["on"]}] = v
		}
	})
	if err != nil {
		return was, err
	}
	return was, readTable(dir, "pairs.csv", func(row map[string]string) {
		was.pairs[pairKey{row["challenger"], row["leader"], row["metric"]}] = pairThen{parsed(row["ratio"]), parsed(row["p_challenger_ahead_now"])}
	})
}

// readTable hands over each row of a table of a report. A report without the table has no rows.
func readTable(dir, name string, row func(map[string]string)) error {
	data, err := os.ReadFile(filepath.Join(dir, "tables", name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("compare with an earlier report: %w", err)
	}
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return fmt.Errorf("compare with an earlier report: %s: %w", name, err)
	}
	for i, r := range records {
		if i == 0 {
			continue
		}
		named := map[string]string{}
		for j, head := range records[0] {
			named[head] = r[j]
		}
		row(named)
	}
	return nil
}

func parsed(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// A moved is one figure that is not what it was.
type moved struct {
	figureKey
	day      time.Time
	Was, Now *float64
}

// kind says what became of the figure.
func (m moved) kind() string {
	switch {
	case m.Was == nil:
		return word("new")
	case m.Now == nil:
		return word("gone")
	}
	return word("revised")
}

// compare lists the figures that differ: revised ones first, by size of the revision, then new ones, then those gone;
// within a kind the counts that platforms are compared by come first.
func (c changes) compare(b *Book) []moved {
	var all []moved
	seen := map[figureKey]bool{}
	for _, p := range b.points {
		k := figureKey{p.Platform, p.Metric, p.On.Format(time.DateOnly)}
		if seen[k] {
			continue // a second figure of one day, known to another precision
		}
		seen[k] = true
		now := p.Value
		switch was, ok := c.was.series[k]; {
		case !ok:
			all = append(all, moved{k, p.On, nil, &now})
		case was != now:
			all = append(all, moved{k, p.On, &was, &now})
		}
	}
	for k, was := range c.was.series {
		if on, err := time.Parse(time.DateOnly, k.On); err == nil && !seen[k] {
			all = append(all, moved{k, on, &was, nil})
		}
	}
	kinds := []string{"revised", "new", "gone"}
	main := func(m moved) int {
		if i := slices.Index(b.mains(), m.Metric); i >= 0 {
			return i
		}
		return len(b.mains())
	}
	slices.SortFunc(all, func(x, y moved) int {
		return cmp.Or(slices.Index(kinds, x.kind())-slices.Index(kinds, y.kind()), main(x)-main(y), cmp.Compare(y.size(), x.size()), y.day.Compare(x.day),
			cmp.Compare(x.Platform, y.Platform), cmp.Compare(x.Metric, y.Metric))
	})
	return all
}

// size is how large a revision is, in log units.
func (m moved) size() float64 {
	if m.Was == nil || m.Now == nil || *m.Was <= 0 || *m.Now <= 0 {
		return 0
	}
	return math.Abs(math.Log(*m.Now / *m.Was))
}

// revisionsNamed is the most revisions that the words name; the table has all.
const revisionsNamed = 3

func (c changes) Render(_ context.Context, b *Book, w io.Writer) error {
	all := c.compare(b)
	n := map[string]int{}
	for _, m := range all {
		n[m.kind()]++
	}
	var v struct {
		Summary string
		Lines   []string
		Table   *Table
	}
	day := c.was.Inputs.AsOf
	if t, err := time.Parse(time.DateOnly, day); err == nil {
		day = b.day(t)
	}
	answers := c.answers(b)
	switch {
	case len(all)+len(answers) == 0:
		v.Summary = b.say("Nothing has changed since the report as of %s: the same figures, and the same answers.", day)
	case len(all) == 0:
		v.Summary = b.say("Since the report as of %s no figure has changed; the answers have moved with time.", day)
	default:
		v.Summary = b.say("Since the report as of %s: %s revised, %s new, %s gone.", day, b.counted(n["revised"], "figure"), b.counted(n["new"], "figure"), b.counted(n["gone"], "figure"))
	}
	v.Lines = answers
	for _, m := range all[:min(len(all), n["revised"], revisionsNamed)] {
		v.Lines = append(v.Lines, b.say("%s, %s for %s revised: %s, before %s.", b.platform(m.Platform), b.measure(m.Metric), b.shortDay(m.day), b.long(*m.Now), b.long(*m.Was)))
	}
	if len(all) > 0 {
		var err error
		if v.Table, err = b.table(changeTable(b, all)); err != nil {
			return err
		}
	}
	return b.render(w, "changes", v)
}

// answers says how the comparisons of the first screen have moved.
func (c changes) answers(b *Book) []string {
	var all []string
	pairs := b.currentPairs()
	for _, v := range pairs[:min(len(pairs), answersShown)] {
		then, ok := c.was.pairs[pairKey{v.Challenger, v.Leader, v.Metric}]
		if !ok {
			all = append(all, b.say("%s and %s are compared by %s for the first time.", b.platform(v.Challenger), b.platform(v.Leader), b.measure(v.Metric)))
			continue
		}
		if v.LogRatio == nil || math.IsNaN(then.logRatio) {
			continue
		}
		points := 100 * (math.Exp(*v.LogRatio) - math.Exp(then.logRatio))
		if math.Abs(points) < 0.05 {
			continue
		}
		s := b.say("%s stands at %s of %s in %s, %s points from before.", b.platform(v.Challenger), b.ratioPercent(*v.LogRatio), b.platform(v.Leader), b.measure(v.Metric), plusMinus(points))
		if v.PNow != nil && !math.IsNaN(then.chance) && b.probability(*v.PNow) != b.probability(then.chance) {
			s = b.sentences(s, b.say("The chance that it is ahead went from %s to %s.", b.probability(then.chance), b.probability(*v.PNow)))
		}
		all = append(all, s)
	}
	return all
}

// plusMinus prints a difference of percentage points with its sign.
func plusMinus(v float64) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', 1, 64)
	if v > 0 {
		return "+" + s
	}
	return signed(v, s)
}

func changeTable(b *Book, all []moved) *Table {
	t := &Table{ID: "changes-table", Caption: "Figures that are not what they were", Show: 30, Columns: []Column{
		{Key: "change", Head: "Change"}, {Key: "platform", Head: "Platform"}, {Key: "metric", Head: "Count"}, {Key: "on", Head: "On"},
		{Key: "was", Head: "Before", Number: true}, {Key: "now", Head: "Now", Number: true}, {Key: "difference", Head: "Difference", Number: true},
	}}
	for _, m := range all {
		difference := Cell{Text: dash}
		if m.Was != nil && m.Now != nil && *m.Was != 0 {
			x := *m.Now / *m.Was - 1
			difference = number(&x, b.change)
		}
		t.Rows = append(t.Rows, []Cell{
			coded(b.say(m.kind()), m.kind()), coded(b.platform(m.Platform), m.Platform), coded(b.measure(m.Metric), m.Metric), date(&m.day, b.shortDay),
			number(m.Was, b.short), number(m.Now, b.short), difference,
		})
	}
	return t
}
