package reports

import (
	"context"
	"slices"
	"strings"
)

// sourcesShown is the most pages that a figure lists by itself.
const sourcesShown = 12

// Cited are the figure's most trusted sources.
func (f *figure) Cited() []source { return f.Sources[:min(len(f.Sources), sourcesShown)] }

// Uncited is the number of sources that only the list of all sources has.
func (f *figure) Uncited() int { return len(f.Sources) - len(f.Cited()) }

// A source is a page that figures were read from.
type source struct {
	URL, Title, Trust string
}

// A citing is a page with what it gives figures of.
type citing struct {
	Platform, Metric string
	source
}

// loadSources reads which pages stand behind which figures.
func (b *Book) loadSources(ctx context.Context) error {
	rows, err := collect[struct{ Platform, Metric, URL, Title, Trust string }](ctx, b.store, `
		select platform, metric, source_url, coalesce(max(source_title), ''), coalesce(min(trust), '')
		from (
			select platform, metric, source_url, source_title, trust from marts.platform_readings
			where published_on <= ? and source_url is not null
			union all
			select platform, metric, source_url, source_title, trust from marts.account_readings
			where published_on <= ? and source_url is not null
		)
		group by 1, 2, 3
		order by 5, 4, 3, 1, 2`, b.AsOf, b.AsOf)
	for _, r := range rows {
		b.cites = append(b.cites, citing{r.Platform, r.Metric, source{r.URL, r.Title, r.Trust}})
	}
	return err
}

// sourcesOf finds the pages behind some kinds of count, best trust first. No platforms means all.
func (b *Book) sourcesOf(platforms []string, measures ...string) []source {
	var all []source
	seen := map[string]bool{}
	for _, c := range b.cites {
		if slices.Contains(measures, c.Metric) && (platforms == nil || slices.Contains(platforms, c.Platform)) && !seen[c.URL] {
			seen[c.URL] = true
			all = append(all, c.source)
		}
	}
	slices.SortStableFunc(all, func(x, y source) int { return strings.Compare(order(x.Trust), order(y.Trust)) })
	return all
}

// order puts sources without a trust class last.
func order(trust string) string {
	if trust == "" {
		return "Z"
	}
	return trust
}

// sourceNote sums sources up in one line: "43 pages cited (12 filings, releases or agencies, 31 trade press or compilers)".
func (l *locale) sourceNote(sources []source) string {
	if len(sources) == 0 {
		return ""
	}
	n := map[string]int{}
	for _, s := range sources {
		n[s.Trust]++
	}
	var parts []string
	for _, t := range []struct{ class, words string }{
		{"A", word("%s of filings, releases or agencies")}, {"B", word("%s of trade press or compilers")}, {"C", word("%s of blogs or copies")}, {"", word("%s not graded")},
	} {
		if n[t.class] > 0 {
			parts = append(parts, l.say(t.words, whole(float64(n[t.class]))))
		}
	}
	return l.say("%s cited, %s", l.counted(len(sources), "page"), l.listed(parts))
}
