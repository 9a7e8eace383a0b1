package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/overtake-analytics/overtake/reports"
	"github.com/overtake-analytics/overtake/reports/chart"
)

// chartCmd draws a single picture.
type chartCmd struct {
	Name        string   `arg:"" optional:"" placeholder:"NAME" help:"A chart of the report, or a kind of count to draw through time. Without one: the list of them."`
	Out         string   `short:"o" placeholder:"FILE" help:"Where to write; the ending, .png, .svg or .pdf, says what. Default: NAME.png."`
	Size        string   `default:"slide" enum:"slide,paper,square,report" help:"slide (960 x 540), paper (680 x 440), square (720 x 720) or report (900 wide). Default: ${default}."`
	Scale       float64  `default:"2" placeholder:"N" help:"Pixels of a PNG for each unit of the size. Default: ${default}."`
	Transparent bool     `help:"Without the white paper. An SVG never has it."`
	Title       string   `placeholder:"TEXT" help:"A title in the place of its own."`
	Lang        string   `placeholder:"LANG" help:"en or zh. Default: report.lang of the configuration."`
	Platforms   []string `sep:"," placeholder:"NAME,..." help:"Of a kind of count: these platforms only."`
	Since       dayFlag  `placeholder:"DATE" help:"Of a kind of count: from this day on."`
	Until       dayFlag  `placeholder:"DATE" help:"Of a kind of count: to this day."`
	Log         bool     `help:"Of a kind of count: a logarithmic axis."`
}

// Help shows examples.
func (chartCmd) Help() string {
	return `One picture for a slide, a paper or a post, drawn from the warehouse in the style of the report. A PDF is all vectors, Chinese names
too. With --as-of it shows what was known on that day, if the warehouse was analyzed for it.

Examples:
  overtake chart                                          the list of charts
  overtake chart actives-lines --out slide.png
  overtake chart families-picture --size paper --out figure-1.pdf
  overtake chart monthly_active_users --platforms twitter,sina_weibo --since 2011-01-01 --transparent --out mau.png`
}

// sizes are the sizes by name. A report's chart takes the height that its data need.
var sizes = map[string]chart.Size{"slide": chart.SizeSlide, "paper": chart.SizePaper, "square": chart.SizeSquare, "report": {}}

// Run writes one file, whole or not at all.
func (c chartCmd) Run(a *app) error {
	db, err := a.openPublished()
	if err != nil {
		return err
	}
	defer db.Close()
	lang := c.Lang
	if lang == "" {
		lang = a.conf.Report.Lang
	}
	if err := reports.CheckLang(lang); err != nil {
		return usage{fmt.Errorf("--lang: %w", err)}
	}
	o := reports.Options{AsOf: a.AsOf.Time, Lang: lang, Version: buildVersion()}
	if c.Name == "" {
		return c.list(a, db, o)
	}
	path, write, err := c.file()
	if err != nil {
		return err
	}
	figure, err := reports.Draw(a.ctx, db, o, reports.Picture{
		Name: c.Name, Title: c.Title, Size: sizes[c.Size], Platforms: c.Platforms, From: c.Since.Time, To: c.Until.Time, Log: c.Log,
	})
	if errors.Is(err, reports.ErrNoPicture) {
		return usage{withHint(err, "overtake chart --dir %s lists the charts", a.space.root)}
	}
	if err != nil {
		return err
	}
	made, err := db.AsOf(a.ctx)
	if err != nil {
		return err
	}
	if err := writeWhole(path, func(w io.Writer) error { return write(figure, w, made) }); err != nil {
		return err
	}
	if figure.Notes != "" {
		a.log.Warn(figure.Notes)
	}
	if a.JSON {
		return writeJSON(a.std.out, map[string]any{"file": path, "title": figure.Title, "alt": figure.Alt(), "width": figure.Width, "height": figure.Height})
	}
	_, err = fmt.Fprintln(a.std.out, path)
	return err
}

// list prints what can be drawn.
func (chartCmd) list(a *app, db published, o reports.Options) error {
	all, err := reports.Pictures(a.ctx, db, o)
	if err != nil {
		return err
	}
	if a.JSON {
		return writeJSON(a.std.out, all)
	}
	w := tabwriter.NewWriter(a.std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CHART OF THE REPORT\tTITLE")
	counts := false
	for _, p := range all {
		if p.Count && !counts {
			counts = true
			fmt.Fprintln(w, "\nKIND OF COUNT\tNAME")
		}
		fmt.Fprintf(w, "%s\t%s\n", p.Name, p.Title)
	}
	return w.Flush()
}

// file says where the picture goes and how it is written.
func (c chartCmd) file() (path string, write func(*chart.Figure, io.Writer, time.Time) error, err error) {
	path = c.Out
	if path == "" {
		path = c.Name + ".png"
	}
	if !(c.Scale > 0) || c.Scale > 8 {
		return "", nil, usage{fmt.Errorf("--scale %g: want more than 0 and at most 8", c.Scale)}
	}
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".png":
		return path, func(f *chart.Figure, w io.Writer, _ time.Time) error {
			scale := c.Scale
			if want := sizes[c.Size]; want.W > 0 {
				scale *= want.W / f.Width // a chart that needed more room still has the wanted pixels
			}
			if c.Transparent {
				return f.TransparentPNG(w, scale)
			}
			return f.PNG(w, scale)
		}, nil
	case ".svg":
		return path, func(f *chart.Figure, w io.Writer, _ time.Time) error {
			if _, err := io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"); err != nil {
				return err
			}
			return f.SVG(w)
		}, nil
	case ".pdf":
		return path, func(f *chart.Figure, w io.Writer, made time.Time) error { return f.PDF(w, made, c.Transparent) }, nil
	default:
		return "", nil, usage{withHint(fmt.Errorf("%s: the ending %q says no format", path, ext), "a file that ends in .png, .svg or .pdf")}
	}
}
