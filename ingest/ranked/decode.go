package ranked

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

// A LayoutError says that a page is not what its description describes: the site has changed, or this is another page,
// such as a login.
type LayoutError struct{ Description, Reason string }

// Error implements error.
func (e *LayoutError) Error() string {
	return fmt.Sprintf("page of %s: %s; nothing of it is used", e.Description, e.Reason)
}

func (d *Description) layout(format string, args ...any) error {
	return &LayoutError{d.Name, fmt.Sprintf(format, args...)}
}

// Read reads the rows of a page. It is pure, and all or nothing, as a page that has lost its marks must not become a list of
// five.
func (d *Description) Read(page ingest.Page) (crawl.Reply, error) {
	w, err := crawl.ParseDocument(page.Document)
	if err != nil {
		return crawl.Reply{}, err
	}
	if page.Status/100 != 2 {
		return crawl.Reply{}, fmt.Errorf("status %d", page.Status)
	}
	markup, err := d.markup(page)
	if err != nil {
		return crawl.Reply{}, err
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(markup))
	if err != nil {
		return crawl.Reply{}, d.layout("%v", err)
	}
	if err := d.blocked(doc); err != nil {
		return crawl.Reply{}, err
	}
	table, headers, err := d.table(doc)
	if err != nil {
		return crawl.Reply{}, err
	}
	l := list{Rows: observed.Of(page, d.cite(page)), name: w.List()}
	if l.before, err = d.before(page.URL); err != nil {
		return crawl.Reply{}, err
	}
	l.Page.Platform = d.Platform
	if err := d.date(&l); err != nil {
		return crawl.Reply{}, err
	}
	scope := doc.Selection
	if table != nil {
		scope = table
	}
	found := scope.Find(d.Rows)
	for range d.Climb {
		found = found.Parent() // of several in one row it is one
	}
	for _, row := range rowsOf(found, headers) {
		d.row(&l, row)
	}
	if l.n < d.Least {
		return crawl.Reply{}, d.layout("%d rows, want at least %d", l.n, d.Least)
	}
	return crawl.Reply{Rows: l.Done()}, nil
}

// A list is the rows of a page as far as they are read.
type list struct {
	*observed.Rows
	name   string
	before int // rows of the pages before this one
	n      int // rows so far
}

// blocked sees login and challenge pages, which come with status 200.
func (d *Description) blocked(doc *goquery.Document) error {
	for _, text := range d.Blocked {
		if strings.Contains(doc.Find("title").Text(), text) || strings.Contains(doc.Find("h1").First().Text(), text) {
			return d.layout("it is a login or challenge page (%q)", text)
		}
	}
	return nil
}

// cite is the page itself: a ranking is evidence of its own.
func (d *Description) cite(page ingest.Page) ingest.Citation {
	return ingest.Citation{URL: page.URL, Title: d.Title, Trust: "B", Licence: d.Licence, Note: d.Note}
}

// date dates an archived page by its capture rather than by when we asked: each capture is a list of its own.
func (d *Description) date(l *list) error {
	if d.Captured == "" {
		return nil
	}
	m := regexp.MustCompile(d.Captured).FindStringSubmatch(l.Page.URL)
	if len(m) < 2 {
		return d.layout("its address %s does not say when it was captured", l.Page.URL)
	}
	at, err := time.Parse("20060102150405", (m[1] + "00000000000000")[:14])
	if err != nil {
		return d.layout("capture time %q, want one like 20120131093000", m[1])
	}
	l.Dating = observed.At(at)
	l.Dating.PublishedBasis = "memento"
	l.name += "/" + at.Format(time.RFC3339)
	return nil
}

// row reads one row. Headings, advertisements and legends, which name nobody and count nothing, are passed over.
func (d *Description) row(l *list, c cells) {
	count, countField := c.find(d.Count)
	handle, _ := c.find(d.Handle)
	handle = strings.TrimPrefix(strings.TrimSpace(handle), "@")
	id, _ := c.find(d.ID)
	if id == "" {
		id = strings.ToLower(handle)
	}
	switch {
	case id == "" && count == "":
		return
	case id == "":
		l.Reject(c.text(), errors.New("a row without a name"))
		return
	}
	l.n++ // the row is there, and those behind it keep their ranks whatever becomes of it
	rank, err := d.rank(c, l.before+l.n)
	if err != nil {
		l.Reject(c.text(), err)
		return
	}
	label, _ := c.find(d.Label)
	l.Accounts = append(l.Accounts, ingest.Account{Platform: d.Platform, NativeID: id, Handle: handle, DisplayName: label})
	reading, err := countField.reading(d.Kind, count)
	if err != nil {
		l.Reject(c.text(), err)
		return
	}
	if !d.Profile {
		l.Rankings = append(l.Rankings, ingest.RankingEntry{Platform: d.Platform, List: l.name, Rank: rank, NativeID: id,
			Reading: reading, Dating: l.Dating, Evidence: l.Evidence})
	}
	l.Snapshot(id, reading, "")
	for _, more := range d.More {
		text, f := c.find([]Field{more.Field})
		if f == nil || text == "" || text == "--" {
			continue
		}
		if reading, err := f.reading(more.Kind, text); err != nil {
			l.Reject(text, err)
		} else {
			l.Snapshot(id, reading, "")
		}
	}
}

// rank is the printed rank, or the row's place where none is printed.
func (d *Description) rank(c cells, place int) (int, error) {
	text, f := c.find(d.Rank)
	if f == nil {
		return place, nil
	}
	n, err := strconv.Atoi(strings.Trim(text, " .#"))
	if err != nil || n < 1 {
		return 0, fmt.Errorf("rank %q, want a number", text)
	}
	return n, nil
}

// reading reads a count as the field says it is written.
func (f *Field) reading(kind ingest.Kind, text string) (ingest.Reading, error) {
	opt := ingest.ParseOptions{}
	unit := ""
	if f != nil {
		opt.Mode, unit = ingest.Mode(f.Mode), f.Unit
		if f.Decimal != "" {
			opt.Decimal = rune(f.Decimal[0])
		}
	}
	r, err := ingest.ParseCount(strings.TrimSpace(text)+unit, kind, opt)
	switch {
	case err != nil || f == nil || f.Step == 0 || r.Mode == ingest.CensoredRight:
		return r, err
	case opt.Mode == ingest.Floor:
		return ingest.FlooredReading(kind, r.Value, f.Step, ingest.BasisStated)
	}
	return ingest.RoundedReading(kind, r.Value, f.Step, ingest.BasisStated)
}

// Decoders are the decoders of the descriptions, by name.
func Decoders(descriptions ...map[string]*Description) map[string]ingest.Decoder {
	out := map[string]ingest.Decoder{}
	for _, set := range descriptions {
		for _, d := range set {
			out[d.Decoder()] = crawl.Decoder(d.Read)
		}
	}
	return out
}
