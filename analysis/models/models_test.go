package models

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const example = `-- Followers of each account at the end of each day,
-- as last seen that day.
--
-- Gaps stay gaps.
--
-- grain:    one row per (platform, day)
-- reads:    lake.snapshots, staging.stg_history__accounts,
--           marts.platforms
-- columns:
--   platform  varchar  short name,
--                      key of marts.platforms
--   day       date     calendar day, UTC
-- checks:   unique(platform, day); not null(platform);
--           warn day >= date '2006-01-01'
select platform, day
from lake.snapshots -- where from
`

func TestParse(t *testing.T) {
	got, err := Parse(Marts, "daily", example)
	if err != nil {
		t.Fatal(err)
	}
	want := Model{
		Layer: Marts, Name: "daily",
		Description: "Followers of each account at the end of each day, as last seen that day.\n\nGaps stay gaps.",
		Grain:       "one row per (platform, day)",
		Reads:       []string{"lake.snapshots", "staging.stg_history__accounts", "marts.platforms"},
		Columns: []Column{
			{"platform", "varchar", "short name, key of marts.platforms"},
			{"day", "date", "calendar day, UTC"},
		},
		Checks: []Check{
			{Severity: Error, Kind: "unique", Columns: []string{"platform", "day"}},
			{Severity: Error, Kind: "not null", Columns: []string{"platform"}},
			{Severity: Warn, Kind: "holds", Condition: "day >= date '2006-01-01'"},
		},
		SQL: "select platform, day\nfrom lake.snapshots -- where from",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Parse (-want +got):\n%s", d)
	}
	if got, want := got.Summary(), "Followers of each account at the end of each day, as last seen that day."; got != want {
		t.Errorf("Summary = %q, want %q", got, want)
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	change := func(old, new string) string {
		if !strings.Contains(example, old) {
			t.Fatalf("the example has no %q", old)
		}
		return strings.Replace(example, old, new, 1)
	}
	tests := []struct{ name, text, want string }{
		{"no header", "select 1", "marts/daily.sql:1: no description"},
		{"empty", "", "marts/daily.sql:1: no description"},
		{"no grain", change("-- grain:    one row per (platform, day)\n", ""), `:1: no "grain:"`},
		{"no reads", change("-- reads:    lake.snapshots, staging.stg_history__accounts,\n--           marts.platforms\n", ""), `:1: no "reads:"`},
		{"read of no layer", change("lake.snapshots,", "snapshots,"), `daily.sql:7: reads "snapshots"`},
		{"column without comment", change("calendar day, UTC", ""), `daily.sql:12: column "day date": want name, type and comment`},
		{"unknown type", change("day       date ", "day       int8 "), `daily.sql:12: column day: type "int8"`},
		{"column name", change("day       date ", "Day       date "), `daily.sql:12: column "Day"`},
		{"column twice", change("day       date ", "platform  date "), `daily.sql:12: column platform stands twice`},
		{"key twice", change("-- checks:", "-- grain:"), `daily.sql:13: key "grain" stands twice`},
		{"unknown key", change("-- checks:", "-- cheques:"), `daily.sql:13: "cheques:`},
		{"check of an unknown column", change("unique(platform, day)", "unique(platform, dya)"), `check unique(platform, dya): no column "dya"`},
		{"check with open bracket", change("warn day >=", "warn (day >="), "unbalanced brackets"},
		{"no query", change("select platform, day\nfrom lake.snapshots -- where from\n", ""), "no query below the header"},
		{"two queries", change("from lake", "from x; select 2 from lake"), "semicolon"},
		{"severity of a mart", change("-- checks:", "-- severity: warn\n-- checks:"), `"severity:" is for checks`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(Marts, "daily", tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
	if _, err := Parse(Checks, "x", "-- A check.\n--\n-- severity: fatal\n-- reads: marts.a\nselect 1"); err == nil || !strings.Contains(err.Error(), `severity "fatal"`) {
		t.Errorf("unknown severity: error %v", err)
	}
	if _, err := Parse(Lake, "x", "-- Rows.\n--\n-- grain: one\n-- columns:\n--   a date a day\nselect 1"); err == nil || !strings.Contains(err.Error(), "declares columns only") {
		t.Errorf("lake file with a query: error %v", err)
	}
}

func TestOrder(t *testing.T) {
	model := func(layer, name string, reads ...string) Model { return Model{Layer: layer, Name: name, Reads: reads} }
	names := func(ms []Model) (out []string) {
		for _, m := range ms {
			out = append(out, m.Table())
		}
		return out
	}
	t.Run("what is read comes first", func(t *testing.T) {
		got, err := Order([]Model{
			model(Checks, "c", "marts.a"), model(Marts, "a", "marts.z", "staging.s"), model(Marts, "z", "staging.s"),
			model(Staging, "s", "lake.l"), model(Lake, "l"), model(Lake, "k"),
		})
		want := []string{"lake.k", "lake.l", "staging.s", "marts.z", "marts.a", "checks.c"}
		if err != nil || !slices.Equal(names(got), want) {
			t.Errorf("Order = %v, %v, want %v", names(got), err, want)
		}
	})
	t.Run("a circle is named", func(t *testing.T) {
		_, err := Order([]Model{model(Marts, "a", "marts.b"), model(Marts, "b", "marts.c"), model(Marts, "c", "marts.b")})
		if err == nil || !strings.Contains(err.Error(), "marts.b -> marts.c -> marts.b") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("an unknown table is named", func(t *testing.T) {
		_, err := Order([]Model{model(Marts, "a", "lake.nowhere")})
		if err == nil || !strings.Contains(err.Error(), "marts.a: reads lake.nowhere") {
			t.Errorf("error %v", err)
		}
	})
}

func TestShippedModelsReadWhatTheySay(t *testing.T) {
	table := regexp.MustCompile(`\b(?:lake|staging|marts)\.[a-z0-9_]+`)
	for _, m := range shipped(t) {
		got := table.FindAllString(withoutComments(m.SQL), -1)
		slices.Sort(got)
		got = slices.Compact(got)
		want := slices.Sorted(slices.Values(m.Reads))
		if !slices.Equal(got, want) {
			t.Errorf("%s: the query reads %v, the header says %v", m.Table(), got, want)
		}
	}
}

func TestLayersReadDownwards(t *testing.T) {
	allowed := map[string][]string{
		Staging: {Lake, Staging},
		Marts:   {Staging, Marts},
		Checks:  {Lake, Staging, Marts},
	}
	for _, m := range shipped(t) {
		for _, read := range m.Reads {
			layer, _, _ := strings.Cut(read, ".")
			if !slices.Contains(allowed[m.Layer], layer) {
				t.Errorf("%s reads %s: %s may read %v", m.Table(), read, m.Layer, allowed[m.Layer])
			}
		}
	}
}

func TestMartsPromiseAKey(t *testing.T) {
	withoutKey := []string{"quarantine", "attempts"} // rows of a log may repeat
	for _, m := range shipped(t) {
		if m.Layer != Marts || slices.Contains(withoutKey, m.Name) {
			continue
		}
		if !slices.ContainsFunc(m.Checks, func(c Check) bool { return c.Kind == "unique" && c.Severity == Error }) {
			t.Errorf("%s promises no unique key", m.Table())
		}
	}
}

func shipped(t *testing.T) []Model {
	t.Helper()
	ms, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if len(ms) < 30 {
		t.Fatalf("%d models, want those of all layers", len(ms))
	}
	return ms
}

func FuzzParse(f *testing.F) {
	f.Add("marts", example)
	for _, m := range []string{"lake/snapshots", "staging/stg_journal__pages", "marts/coverage", "checks/active_above_registered"} {
		layer, _, _ := strings.Cut(m, "/")
		text, err := files.ReadFile(m + ".sql")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(layer, string(text))
	}
	f.Add("marts", "-- a\n-- columns:\n--      x date y\n--    z date w\n")
	f.Add("marts", "--\r\n-- checks: unique(;)\n-- checks:\n")
	f.Fuzz(func(t *testing.T, layer, text string) {
		m, err := Parse(layer, "x", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "model "+layer+"/x.sql:") {
				t.Errorf("error %q does not say where", err)
			}
			return
		}
		for _, c := range m.Columns {
			if !IsIdentifier(c.Name) || !columnTypes[c.Type] || c.Comment == "" {
				t.Errorf("column %+v was let through", c)
			}
		}
		for _, c := range m.Checks {
			if m.CheckSQL(c) == "" || c.String() == "" {
				t.Errorf("check %+v has no query", c)
			}
		}
	})
}
