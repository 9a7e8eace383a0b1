package reports

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// column reads one column of a CSV file.
func column(t *testing.T, data []byte, name string) []string {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.Index(records[0], name)
	if i < 0 {
		t.Fatalf("no column %s in %v", name, records[0])
	}
	var all []string
	for _, r := range records[1:] {
		all = append(all, r[i])
	}
	return all
}

func TestScopeShowsWhatWasAskedForAndSaysSo(t *testing.T) {
	o := options(filepath.Join(t.TempDir(), "report"))
	o.Scope = Scope{Platforms: []string{"sina_weibo"}, Metrics: []string{"monthly_active_users"}, Since: mustDay(t, "2016-01-01"), Until: mustDay(t, "2020-12-31")}
	m := mustBuild(t, fixture(t), o)
	files := readAll(t, o.Dir)
	series := files["tables/results.series.csv"]
	for _, p := range column(t, series, "platform") {
		if p != "sina_weibo" {
			t.Errorf("the series show %s", p)
		}
	}
	days := column(t, series, "on")
	if len(days) != 2 || slices.Min(days) != "2016-12-31" || slices.Max(days) != "2017-03-31" {
		t.Errorf("the series show the days %v, want those of 2016 to 2020", days)
	}
	if page := string(files["index.html"]); !strings.Contains(page, "a part of the data only: Sina Weibo; monthly active users; 1\u00a0January\u00a02016 to 31\u00a0December\u00a02020.") {
		t.Error("the page does not say that it shows a part")
	}
	if m.Inputs.Scope == nil || !slices.Equal(m.Inputs.Scope.Platforms, o.Scope.Platforms) {
		t.Errorf("the manifest says %+v of the scope", m.Inputs.Scope)
	}
}

func TestScopeRefusesWhatIsNotThere(t *testing.T) {
	for name, scope := range map[string]Scope{
		`platform "myspace"`: {Platforms: []string{"sina_weibo", "myspace"}},
		`metric "likes"`:     {Metrics: []string{"likes"}},
		"end before":         {Since: mustDay(t, "2014-01-01"), Until: mustDay(t, "2013-01-01")},
		`platform "' or 1`:   {Platforms: []string{"' or 1=1 --"}},
	} {
		o := options(filepath.Join(t.TempDir(), "report"))
		o.Scope = scope
		if _, err := Build(t.Context(), fixture(t), o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want one about %s", err, name)
		}
	}
	var scope *ScopeError
	o := options(filepath.Join(t.TempDir(), "report"))
	o.Scope.Platforms = []string{"myspace"}
	if _, err := Build(t.Context(), fixture(t), o); !errors.As(err, &scope) || !slices.Contains(scope.Known, "twitter") {
		t.Errorf("error %v does not name what there is", err)
	}
}

// The files of a report as of an early day know nothing that was published later, whatever the warehouse knows.
func TestEarlyReportKeepsNoLaterRows(t *testing.T) {
	q := fixture(t)
	delete(q.tables, "meta.run")
	early := mustDay(t, "2014-06-30")
	o := options(filepath.Join(t.TempDir(), "report"))
	o.AsOf = early
	mustBuild(t, q, o)
	for name, data := range readAll(t, o.Dir) {
		if !regexp.MustCompile(`^tables/(marts|results)\.`).MatchString(name) {
			continue
		}
		records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []string{"published_on", "first_published_on"} {
			if !slices.Contains(records[0], c) {
				continue
			}
			for _, day := range column(t, data, c) {
				if on, err := time.Parse(time.DateOnly, day); err == nil && on.After(early) {
					t.Errorf("%s has a row published on %s", name, day)
				}
			}
		}
	}
}

func TestTemplateChoosesAndOrdersSections(t *testing.T) {
	ids, err := ReadTemplate(strings.NewReader("# ours\ngrowth\n\n  method \nunknowns"))
	if err != nil {
		t.Fatal(err)
	}
	o := options(filepath.Join(t.TempDir(), "report"))
	o.Sections = ids
	mustBuild(t, fixture(t), o)
	root := parse(t, o.Dir)
	var sections []string
	h1, anchors := 0, map[string]bool{}
	for n := range root.Descendants() {
		id, _ := attr(n, "id")
		anchors[id] = true
		switch n.Data {
		case "section":
			sections = append(sections, id)
		case "h1":
			h1++
		}
	}
	if !slices.Equal(sections, []string{"growth", "method", "unknowns"}) || h1 != 1 {
		t.Errorf("sections %v with %d h1, want growth, method, unknowns with one", sections, h1)
	}
	for n := range root.Descendants() {
		if href, _ := attr(n, "href"); strings.HasPrefix(href, "#") && !anchors[href[1:]] {
			t.Errorf("a link leads to %s, which is not shown", href)
		}
	}
	for text, want := range map[string]string{"grwoth": "line 1", "growth\ngrowth": "line 2", "# nothing": "no section", "": "no section"} {
		if _, err := ReadTemplate(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("template %q: error %v, want %q", text, err, want)
		}
	}
}

func TestComparisonTellsWhatChanged(t *testing.T) {
	q, dir := fixture(t), filepath.Join(t.TempDir(), "report")
	mustBuild(t, q, options(dir))
	again := options(dir) // in the place of the one that it is compared with
	again.Compare = dir
	mustBuild(t, q, again)
	if page := string(readAll(t, dir)["index.html"]); !strings.Contains(page, "Nothing has changed since the report as of 15\u00a0January\u00a02026") {
		t.Error("the same data, and the page does not say that nothing has changed")
	}
	q.tables["results.series"] = strings.Replace(q.tables["results.series"], "330e6, 329.5e6, 330.5e6", "336e6, 335.5e6, 336.5e6", 1)
	q.tables["results.series"] = strings.Replace(q.tables["results.series"], "	('twitter', 'twitter_style', 'registered_users', date '2011-01-31', 200e6, 195e6, 205e6, 1, 1, null, false, 'C'),\n", "", 1)
	mustBuild(t, q, again)
	files := readAll(t, dir)
	page := content(parse(t, dir))
	for _, want := range []string{"one figure revised, no figures new, one figure gone", "Twitter/X, monthly active users for 31 Mar 2019 revised: 336 million, before 330 million."} {
		if !strings.Contains(strings.ReplaceAll(page, "\u00a0", " "), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if got := column(t, files["tables/changes-table.csv"], "change"); !slices.Equal(got, []string{"revised", "gone"}) {
		t.Errorf("changes %v, want revised, gone", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "tables", "results.series.csv"), []byte("platform,metric,on,value\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(t.Context(), q, again); err == nil || !strings.Contains(err.Error(), "changed: tables/results.series.csv") {
		t.Errorf("error %v: a report that somebody changed is compared with", err)
	}
}
