package reports

import (
	"cmp"
	"context"
	"io"
	"slices"
)

// citations is the section that lists every page cited.
type citations struct{}

func (citations) ID() string    { return "sources" }
func (citations) Title() string { return "Sources" }

// A citation is one row of marts.sources.
type citation struct {
	URL, Title, Trust, Licence, Note string
	Figures                          int64
}

// A cited series is a page, or many pages of one title on one site, such as one for each day.
type citedSeries struct {
	citation
	Pages int64
}

// bySeries joins the pages that have one title on one site, and sorts by figures.
func bySeries(all []citation) []citedSeries {
	var joined []citedSeries
	at := map[string]int{}
	for _, c := range all {
		key := host(c.URL) + " " + c.Title
		i, ok := at[key]
		if !ok || c.Title == "" {
			at[key] = len(joined)
			joined = append(joined, citedSeries{c, 1})
			continue
		}
		joined[i].Pages++
		joined[i].Figures += c.Figures
	}
	slices.SortStableFunc(joined, func(x, y citedSeries) int { return cmp.Compare(y.Figures, x.Figures) })
	return joined
}

func (citations) Render(ctx context.Context, b *Book, w io.Writer) error {
	all, err := collect[citation](ctx, b.store, `
		select source_url, coalesce(title, ''), coalesce(trust, ''), coalesce(licence, ''), coalesce(note, ''), coalesce(figures, 0)
		from marts.sources
		where figures > 0
		order by figures desc, source_url`)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return b.empty(w, "No source is described in the warehouse. They come from the data set sources.")
	}
	t := &Table{ID: "sources-table", Caption: "Pages cited, those with the most figures first", Show: 400, Columns: []Column{
		{Key: "title", Head: "Page"}, {Key: "source_url", Head: "Site"}, {Key: "trust", Head: "Trust"},
		{Key: "figures", Head: "Figures", Number: true}, {Key: "pages", Head: "Pages", Number: true}, {Key: "licence", Head: "Licence"},
	}}
	figures := int64(0)
	for _, c := range all {
		figures += c.Figures
	}
	for _, c := range bySeries(all) {
		s := source{c.URL, c.Title, c.Trust}
		t.Rows = append(t.Rows, []Cell{
			{Text: sourceTitle(s), Raw: c.Title, URL: c.URL}, {Text: host(c.URL), Raw: c.URL, Name: true}, text(c.Trust),
			integer(c.Figures), integer(c.Pages), name(c.Licence),
		})
	}
	if t, err = b.table(t); err != nil {
		return err
	}
	return b.render(w, "citations", struct {
		Pages   int
		Figures int64
		Table   *Table
	}{len(all), figures, t})
}
