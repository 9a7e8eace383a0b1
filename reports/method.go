package reports

import (
	"context"
	"io"
)

// method is the section that says in short how the numbers are made, for readers who are not statisticians.
type method struct{}

func (method) ID() string    { return "method" }
func (method) Title() string { return "How we know" }

func (method) Render(_ context.Context, b *Book, w io.Writer) error {
	return render(w, "method", struct{ Words []chanceRange }{chanceRanges()})
}

// A chanceRange is a probability word with its range, for the legend.
type chanceRange struct{ Word, Range string }

func chanceRanges() []chanceRange {
	var all []chanceRange
	upper := ""
	for i, c := range chanceWords {
		from := probabilityBound(c.From)
		switch {
		case i == 0:
			all = append(all, chanceRange{c.Word, from + thin + "% or more"})
		case c.From == 0:
			all = append(all, chanceRange{c.Word, "below " + upper + thin + "%"})
		default:
			all = append(all, chanceRange{c.Word, from + "–" + upper + thin + "%"})
		}
		upper = from
	}
	return all
}

func probabilityBound(p float64) string { return digits(100*p, 3) }
