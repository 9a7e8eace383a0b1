package models

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Functions that mean the same in DuckDB and in Trino. Before adding one, look it up in both manuals: greatest, least and
// concat treat nulls differently, date_add has other arguments.
var portable = strings.Fields(`
	count sum min max avg max_by min_by
	row_number rank dense_rank lag lead first_value last_value
	coalesce nullif cast abs floor ceil round power sqrt ln exp mod
	lower upper trim replace substr length starts_with
	date_diff date_trunc year month day
`)

// Words that may stand before a bracket without being functions.
var syntax = strings.Fields(`
	over in as and or not on using values exists with select from where join by partition having when then else filter
	union all any case distinct varchar decimal
`)

// What only one of the two engines understands, or what they understand differently.
var foreign = []struct{ pattern, instead string }{
	{`::`, "cast(x as type)"},
	{`\bgroup\s+by\s+all\b`, "name the columns"},
	{`\border\s+by\s+all\b`, "name the columns"},
	{`\bqualify\b`, "row_number in a with block, and where"},
	{`\bexclude\b`, "name the columns"},
	{`(\bselect|\bdistinct|,)\s*\*|\.\*`, "name the columns, so that a column added below does not change the table"},
	{`\bilike\b`, "lower(x) like ..."},
	{`\basof\b`, "a window function"},
	{`\b(semi|anti)\s+join\b`, "exists"},
	{`\bto\s+strict\b|\busing\s+sample\b`, ""},
	{`\[`, "no lists"},
	{`\{`, "no structs"},
	{`"`, "a name that needs no quotes"},
	{`==`, "="},
	{`!=`, "<>"},
	{`//`, "floor(x / y)"},
	{`\bstring\b|\btext\b\s*\(`, "varchar"},
	{`\bread_(parquet|csv|json)\b`, "reads of the lake happen in package warehouse"},
}

var called = regexp.MustCompile(`([a-z_][a-z0-9_]*)\s*\(`)

// faults lists what in a query is not common to both engines.
func faults(query string) []string {
	var found []string
	text := strings.ToLower(withoutTexts(withoutComments(query)))
	for _, f := range foreign {
		if at := regexp.MustCompile(f.pattern).FindString(text); at != "" {
			found = append(found, "has "+at+", want "+f.instead)
		}
	}
	for _, call := range called.FindAllStringSubmatch(text, -1) {
		if name := call[1]; !slices.Contains(portable, name) && !slices.Contains(syntax, name) && !isBlock(text, name) {
			found = append(found, "calls "+name+", which is not known to mean the same in both engines")
		}
	}
	return found
}

// isBlock reports whether a name before a bracket is that of a with block with a list of columns.
func isBlock(text, name string) bool {
	return regexp.MustCompile(`(with|,)\s+` + name + `\s*\([^)]*\)\s+as\s*\(`).MatchString(text)
}

func withoutComments(query string) string {
	return regexp.MustCompile(`--[^\n]*`).ReplaceAllString(query, "")
}

func withoutTexts(query string) string {
	return regexp.MustCompile(`'(?:[^']|'')*'`).ReplaceAllString(query, "''")
}

func TestModelsArePortable(t *testing.T) {
	for _, m := range shipped(t) {
		for _, f := range faults(m.SQL) {
			t.Errorf("%s: %s", m.Table(), f)
		}
		for _, c := range m.Checks {
			for _, f := range faults(c.Condition) {
				t.Errorf("%s: check %s: %s", m.Table(), c, f)
			}
		}
	}
}

func TestPortableRefuses(t *testing.T) {
	for _, query := range []string{
		"select a::date from t",
		"select a, count(*) from t group by all",
		"select a from t qualify row_number() over (partition by a order by b) = 1",
		"select arg_max(a, b) from t",
		"select * from t",
		"select t.* from t",
		"select [1, 2] as a",
		"select list(a) from t",
		"select a != b from t",
		"select strftime(a, '%Y') from t",
		"select a from t where a ilike 'x'",
		"select struct_pack(a := 1)",
	} {
		if len(faults(query)) == 0 {
			t.Errorf("%s: let through", query)
		}
	}
	for _, query := range []string{
		"with a (x, y) as (select 1, 2) select max_by(x, y), count(*), 2 * 3 from a -- list(*)",
		"select cast('list(x)::[' as varchar), a * b from t where c in (1, 2)",
		"select date_diff('day', a, b), row_number() over (partition by a order by b) from t",
	} {
		if f := faults(query); len(f) > 0 {
			t.Errorf("%s: refused: %v", query, f)
		}
	}
}
