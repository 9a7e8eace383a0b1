package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// A Book is what a section works with: the warehouse, names, the report's day, and a place to hand in figures and
// tables. It is safe for concurrent use.
type Book struct {
	*shared
	*store // the section's own, which keeps its queries
}

// shared is what all sections work with.
type shared struct {
	names
	version string
	series0 []string  // queries of what is read once for all: the series
	AsOf    time.Time // last day of publications that the report may know

	points    []point
	byKey     map[[2]string][]point // by platform and kind of count
	cites     []citing
	events    []event
	verdicts  []verdict
	crossings []crossing
	claims    []claim

	wanted func(figureSpec) // takes the figures that sections want instead of drawing them; nil in a report

	pictures errgroup.Group // draws PNGs in the background
	drawing  chan struct{}  // as many at a time as it holds; sections do not wait for them

	mu    sync.Mutex
	files map[string][]byte
	ids   map[string]bool
}

// A figureSpec says what a section wants drawn.
type figureSpec struct {
	ID       string
	Title    string // the finding, a sentence without a full stop
	Subtitle string // what is drawn
	Unit     string
	Caption  string   // how to read it: marks, bands, gaps
	Measures []string // kinds of count whose definitions belong beside the figure
	Sources  []source
	AsOf     time.Time // last day of publications that it shows; zero means the report's
	Format   chart.Format
	Show     int // rows of the data table on the page; 0 means 40

	Roomy bool // needs more width than a phone has: scrolls sideways there

	Draw func(chart.Options) (*chart.Figure, error)
	// Narrow draws the same for a phone; nil means Draw at a phone's width.
	Narrow func(chart.Options) (*chart.Figure, error)
}

// forSection is the book as one section gets it.
func (b *Book) forSection() *Book { return &Book{shared: b.shared, store: b.store.fork()} }

// A figure is a drawn figureSpec, ready for the template "figure".
type figure struct {
	figureSpec
	Wide, Phone template.HTML // SVG from package chart, which escapes every text; the only trusted HTML of the report
	Alt, Notes  string
	Known       string // the day, as printed
	Defs        []measure
	Data        *Table
	SourceNote  string
	Proof       proof
}

// A proof is what it takes to make a figure again and to see that it was not changed.
type proof struct {
	File, SHA256 string   // the figure's data, as in the manifest
	Queries      []string // as asked of the warehouse
	Version      string
}

// embedLimit is the size up to which a table's CSV stands in the page too, to be saved from there.
const embedLimit = 32 << 10

// The drawing widths for screens under 600 pixels.
const (
	phoneWidth = 360
	roomyWidth = 700
)

// figure draws spec for the page, for a phone, and for the files charts/ID.svg and charts/ID.png.
func (b *Book) figure(spec figureSpec) (*figure, error) {
	if err := b.claim(spec.ID); err != nil {
		return nil, err
	}
	if spec.AsOf.IsZero() {
		spec.AsOf = b.AsOf
	}
	spec.Title, spec.Subtitle, spec.Caption, spec.Unit = thinPercent(b.say(spec.Title)), b.say(spec.Subtitle), b.say(spec.Caption), b.say(spec.Unit)
	if b.wanted != nil {
		b.wanted(spec)
		return nil, nil
	}
	f := &figure{figureSpec: spec, Known: b.shortDay(spec.AsOf), SourceNote: b.sourceNote(spec.Sources)}
	for _, id := range spec.Measures {
		if m, ok := b.measures[id]; ok && m.Definition != "" {
			m.Name, m.Definition = b.measure(id), b.say(m.Definition)
			f.Defs = append(f.Defs, m)
		}
	}
	o := chart.Options{ID: spec.ID, Unit: spec.Unit, Format: spec.Format, Lang: b.lang()}
	poster := o // stands alone, so it says everything itself
	poster.Title, poster.Subtitle, poster.Source, poster.AsOf = spec.Title, spec.Subtitle, f.SourceNote, spec.AsOf
	phone := o
	phone.ID, phone.Size = spec.ID+"-phone", chart.Size{W: phoneWidth}
	if spec.Roomy {
		phone.Size.W = roomyWidth
	}

	drawn, err := spec.Draw(poster)
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", spec.ID, err)
	}
	f.Alt, f.Notes = drawn.Alt(), drawn.Notes
	show := spec.Show
	if show == 0 {
		show = 40
	}
	f.Data = b.chartTable(drawn, show)
	if f.Data.Caption = b.say("Data of the chart"); spec.Title != "" {
		f.Data.Caption = b.say("Data of the chart: %s", spec.Title)
	}
	data := f.Data.CSV()
	b.add("tables/"+spec.ID+".csv", data)
	sum := sha256.Sum256(data)
	f.Proof = proof{File: "tables/" + spec.ID + ".csv", SHA256: hex.EncodeToString(sum[:]), Version: b.version, Queries: slices.Clone(b.queries)}
	if len(spec.Measures) > 0 {
		f.Proof.Queries = append(slices.Clone(b.series0), f.Proof.Queries...)
	}
	if err := b.poster(drawn); err != nil {
		return nil, err
	}
	narrow := spec.Narrow
	if narrow == nil {
		narrow = spec.Draw
	}
	inPage := o
	inPage.ID = spec.ID + "-page"
	if f.Wide, err = inline(spec.Draw(inPage)); err != nil {
		return nil, fmt.Errorf("draw %s: %w", inPage.ID, err)
	}
	if f.Phone, err = inline(narrow(phone)); err != nil {
		return nil, fmt.Errorf("draw %s: %w", phone.ID, err)
	}
	return f, nil
}

// poster writes the stand-alone files of a figure, the PNG in the background.
func (b *Book) poster(f *chart.Figure) error {
	var svg bytes.Buffer
	svg.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	if err := f.SVG(&svg); err != nil {
		return fmt.Errorf("draw %s as SVG: %w", f.ID, err)
	}
	b.add("charts/"+f.ID+".svg", svg.Bytes())
	b.pictures.Go(func() error {
		b.drawing <- struct{}{}
		defer func() { <-b.drawing }()
		var png bytes.Buffer
		if err := f.PNG(&png, 2); err != nil {
			return fmt.Errorf("draw %s as PNG: %w", f.ID, err)
		}
		b.add("charts/"+f.ID+".png", png.Bytes())
		return nil
	})
	return nil
}

func inline(f *chart.Figure, err error) (template.HTML, error) {
	if err != nil {
		return "", err
	}
	var buf bytes.Buffer
	if err := f.SVG(&buf); err != nil {
		return "", err
	}
	return template.HTML(buf.String()), nil
}

// table hands in a table for its file. Its caption, headings and hints, written in English, get the report's language.
func (b *Book) table(t *Table) (*Table, error) {
	t.Caption = b.say(t.Caption)
	for i, c := range t.Columns {
		t.Columns[i].Head, t.Columns[i].Hint = b.say(c.Head), b.say(c.Hint)
	}
	if err := b.claim(t.ID); err != nil {
		return nil, err
	}
	b.add("tables/"+t.ID+".csv", t.CSV())
	return t, nil
}

// claim makes sure that no two figures or tables share an id: they would overwrite each other's files.
func (b *Book) claim(id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ids[id] {
		return fmt.Errorf("two figures or tables are called %q", id)
	}
	b.ids[id] = true
	return nil
}

func (b *Book) add(name string, data []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files[name] = data
}
