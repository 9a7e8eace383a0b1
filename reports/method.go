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
	return b.render(w, "method", struct{ Words []chanceRange }{b.chanceRanges()})
}

// A chanceRange is a probability word with its range, for the legend.
type chanceRange struct{ Word, Range string }

func (l *locale) chanceRanges() []chanceRange {
	var all []chanceRange
	upper := ""
	for i, c := range chanceWords {
		from := probabilityBound(c.From)
		switch {
		case i == 0:
			all = append(all, chanceRange{l.say(c.Word), l.say("%s or more", from+l.percentSign())})
		case c.From == 0:
			all = append(all, chanceRange{l.say(c.Word), l.say("below %s", upper+l.percentSign())})
		default:
			all = append(all, chanceRange{l.say(c.Word), from + "–" + upper + l.percentSign()})
		}
		upper = from
	}
	return all
}

func probabilityBound(p float64) string { return digits(100*p, 3) }
