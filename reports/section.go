package reports

import (
	"context"
	"io"
)

// A Section is one part of the report. Render asks the book for rows, hands it figures and tables, and writes a
// complete HTML fragment (without its own heading) or nothing. A section whose tables are missing or empty says what
// is missing and how to get it. Sections may run at the same time and share nothing but the book.
type Section interface {
	ID() string    // anchor, unique in the page
	Title() string // heading, and line in the contents
	Render(ctx context.Context, b *Book, w io.Writer) error
}

// Sections is the report in the order of the page.
func Sections() []Section {
	return []Section{
		headline{},
		families{},
		replay{},
		actives{},
		platforms{},
		accounts{},
		rates{},
		stickiness{},
		outlook{},
		record{},
		events{},
		concentration{},
		reach{},
		unknowns{},
		citations{},
		method{},
	}
}
