package reports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/analysis"
)

// Options say where a report goes and what it may know.
type Options struct {
	// Dir is the report's folder. It is made, or replaced as a whole if it is a report of ours already.
	Dir string
	// AsOf is the last day whose publications the report may show; zero means the day that the warehouse was analyzed for.
	AsOf time.Time
	// Lang is the language of the page and its charts: one of [Languages], or with a region ("zh-CN"); empty is English.
	Lang string
	// Scope narrows the report down; the zero value is everything.
	Scope Scope
	// Sections are the ids of the sections to show, in this order; none means all of them. See [ReadTemplate].
	Sections []string
	// Compare is the folder of an earlier report: a section then says what has changed since. It may be Dir itself.
	Compare string
	// Version is the program's version, shown on the page and kept in the manifest.
	Version string
	// Generated is the time of the run. It stands in the manifest only.
	Generated time.Time
	// Log gets one line when the report stands; nil means none.
	Log *slog.Logger
}

// Build makes the report from the warehouse that q reads and puts it in place of whatever report stood at o.Dir. The
// folder is untouched unless Build succeeds. The same warehouse, day and version give the same bytes in every file but
// the manifest.
func Build(ctx context.Context, q analysis.Querier, o Options) (Manifest, error) {
	start := time.Now()
	m, err := build(ctx, q, o, start)
	if err != nil {
		return Manifest{}, fmt.Errorf("build report %s: %w", o.Dir, err)
	}
	if o.Log != nil {
		o.Log.Info("report", "dir", o.Dir, "files", len(m.Files), "hash", m.ReportHash[:12], "took", time.Since(start))
	}
	return m, nil
}

func build(ctx context.Context, q analysis.Querier, o Options, start time.Time) (Manifest, error) {
	var m Manifest
	if o.Dir == "" {
		return m, errors.New("no folder named")
	}
	dir, err := checkTarget(o.Dir)
	if err != nil {
		return m, err
	}
	files, in, err := compose(ctx, q, o)
	if err != nil {
		return m, err
	}
	m = Manifest{Format: manifestFormat, Inputs: in}
	m.Files, m.ReportHash = listFiles(files)
	m.Run = Run{Generated: stamp(o.Generated), TookMS: float64(time.Since(start).Microseconds()) / 1000}
	if files[manifestName], err = m.encode(); err != nil {
		return m, err
	}
	if err := ctx.Err(); err != nil {
		return m, err
	}
	return m, publish(dir, files)
}

// compose makes every file of the report but the manifest.
func compose(ctx context.Context, q analysis.Querier, o Options) (map[string][]byte, Inputs, error) {
	var in Inputs
	b, err := open(ctx, q, o)
	if err != nil {
		return nil, in, err
	}
	defer b.pictures.Wait() // whatever happens, no goroutine outlives the report
	sections, err := b.sections(o)
	if err != nil {
		return nil, in, err
	}
	parts, err := renderSections(ctx, b, sections)
	if err != nil {
		return nil, in, err
	}
	if in, err = b.exports(ctx); err != nil {
		return nil, in, err
	}
	in.AsOf, in.Version, in.Lang, in.Sections = b.AsOf.Format(time.DateOnly), o.Version, b.lang(), o.Sections
	if !o.Scope.All() {
		in.Scope = &o.Scope
	}
	page, err := renderPage(b, in, parts)
	if err != nil {
		return nil, in, err
	}
	b.add("index.html", page)
	return b.files, in, b.pictures.Wait()
}

// open makes the book that sections work with, and reads what several of them need.
func open(ctx context.Context, q analysis.Querier, o Options) (*Book, error) {
	l, err := findLocale(o.Lang)
	if err != nil {
		return nil, err
	}
	s, err := openStore(ctx, q)
	if err != nil {
		return nil, err
	}
	asOf, err := reportDay(ctx, s, o.AsOf)
	if err != nil {
		return nil, err
	}
	b := &Book{store: s, shared: &shared{version: o.Version, AsOf: asOf, files: map[string][]byte{}, ids: map[string]bool{}, drawing: make(chan struct{}, runtime.GOMAXPROCS(0))}}
	for _, section := range Sections() {
		b.ids[section.ID()] = true // anchors of the same page as those of figures and tables
	}
	b.ids[changes{}.ID()] = true
	if b.names, err = loadNames(ctx, s, l); err != nil {
		return nil, err
	}
	if err := o.Scope.check(b.names); err != nil {
		return nil, err
	}
	if err := s.narrow(ctx, asOf, o.Scope); err != nil {
		return nil, err
	}
	for _, load := range []func(context.Context) error{b.loadSeriesOnce, b.loadEvents, b.loadOvertakes, b.loadSources} {
		if err := load(ctx); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// reportDay is the day that the warehouse was analyzed for, or else the last day of publications. Asked for another day
// than the results were made for, it refuses: they know too much or too little.
func reportDay(ctx context.Context, s *store, asked time.Time) (time.Time, error) {
	var analyzed, published *time.Time
	if s.known["meta.run"] {
		if err := s.scan(ctx, "select max(try_cast(value as date)) from meta.run where key = 'as_of'", &analyzed); err != nil {
			return time.Time{}, err
		}
	}
	switch {
	case analyzed != nil && !asked.IsZero() && !analyzed.Equal(asked):
		return time.Time{}, fmt.Errorf("the warehouse was analyzed as of %s, not as of %s: run the analysis for that day first",
			analyzed.Format(time.DateOnly), asked.Format(time.DateOnly))
	case analyzed != nil:
		return analyzed.UTC(), nil
	case !asked.IsZero():
		return asked, nil
	}
	if s.known["marts.platform_readings"] {
		if err := s.scan(ctx, "select max(published_on) from marts.platform_readings", &published); err != nil {
			return time.Time{}, err
		}
	}
	if published == nil {
		return time.Time{}, nil
	}
	return published.UTC(), nil
}

// A part is a rendered section.
type part struct {
	ID, Title string
	Body      template.HTML // written by the section's own html/template
}

// renderSections renders all sections, some at a time, in the order of the page.
func renderSections(ctx context.Context, b *Book, sections []Section) ([]part, error) {
	parts := make([]part, len(sections))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, s := range sections {
		g.Go(func() error {
			var body bytes.Buffer
			if err := s.Render(ctx, b.forSection(), &body); err != nil {
				return fmt.Errorf("section %s: %w", s.ID(), err)
			}
			parts[i] = part{s.ID(), b.say(s.Title()), template.HTML(body.String())}
			return nil
		})
	}
	return parts, g.Wait()
}
