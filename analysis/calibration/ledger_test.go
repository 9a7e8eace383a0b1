package calibration

import (
	"database/sql"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func entry(platform, on string, q ...float64) Entry {
	return Entry{MadeAt: day("2026-01-10").Add(90 * time.Minute), AsOf: "2026-01-10", Version: "v1", DataHash: "abc", Forecaster: "overtake",
		Platform: platform, Metric: "monthly_active_users", On: on, Model: "m", Levels: []float64{.1, .25, .5, .75, .9}, Quantiles: q}
}

func mustOpen(t *testing.T, path string) *Ledger {
	t.Helper()
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLedgerKeepsWhatWasPublished(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	l := mustOpen(t, path)
	a, b := entry("twitter", "2026-02-28", 1, 2, 3, 4, 5), entry("threads", "2026-02-28", 1, 2, 3, 4, 5)
	if n, err := l.Append(a, b, a); err != nil || n != 2 {
		t.Fatalf("appended %d, %v", n, err)
	}
	first, _ := os.ReadFile(path)
	l = mustOpen(t, path)
	if n, err := l.Append(a); err != nil || n != 0 {
		t.Fatalf("the same forecast again: appended %d, %v", n, err)
	}
	c := entry("twitter", "2026-02-28", 1, 2, 3, 4, 6)
	c.DataHash = "def"
	if n, err := l.Append(c); err != nil || n != 1 {
		t.Fatalf("other data: appended %d, %v", n, err)
	}
	if d := cmp.Diff([]Entry{a, b, c}, mustOpen(t, path).Entries()); d != "" {
		t.Error(d)
	}
	now, _ := os.ReadFile(path)
	if !strings.HasPrefix(string(now), string(first)) {
		t.Error("earlier lines were rewritten")
	}
}

func TestLedgerFindsWhatWasChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	l := mustOpen(t, path)
	for _, p := range []string{"a", "b", "c"} {
		if _, err := l.Append(entry(p, "2026-02-28", 1, 2, 3, 4, 5)); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := os.ReadFile(path)
	lines := strings.SplitAfter(string(text), "\n")
	for name, changed := range map[string]string{
		"a quantile":      strings.Replace(string(text), "[1,2,3,4,5]", "[1,2,3,4,9]", 1),
		"the last line":   lines[0] + lines[1] + strings.Replace(lines[2], "[1,2,3,4,5]", "[1,2,3,4,9]", 1),
		"a line gone":     lines[0] + lines[2],
		"the first gone":  lines[1] + lines[2],
		"lines swapped":   lines[1] + lines[0] + lines[2],
		"words put in":    lines[0] + "hello\n" + lines[1] + lines[2],
		"a field put in":  strings.Replace(string(text), `"as_of"`, `"note":"x","as_of"`, 1),
		"a line repeated": lines[0] + lines[1] + lines[1] + lines[2],
	} {
		if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); !errors.Is(err, ErrChanged) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestLedgerDropsTheTornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	l := mustOpen(t, path)
	if _, err := l.Append(entry("a", "2026-02-28", 1, 2, 3, 4, 5)); err != nil {
		t.Fatal(err)
	}
	whole, _ := os.ReadFile(path)
	for cut := 1; cut < len(whole); cut += 37 {
		if err := os.WriteFile(path, append([]byte(whole), whole[:cut]...), 0o644); err != nil {
			t.Fatal(err)
		}
		l := mustOpen(t, path)
		if !l.Torn || len(l.Entries()) != 1 {
			t.Fatalf("cut at %d: torn %v, %d entries", cut, l.Torn, len(l.Entries()))
		}
		if _, err := l.Append(entry("b", "2026-02-28", 1, 2, 3, 4, 5)); err != nil {
			t.Fatal(err)
		}
		if n := len(mustOpen(t, path).Entries()); n != 2 {
			t.Fatalf("cut at %d: %d entries after the next append", cut, n)
		}
	}
}

func TestLedgerRefusesWhatIsNoForecast(t *testing.T) {
	l := mustOpen(t, filepath.Join(t.TempDir(), "ledger.jsonl"))
	bad := map[string]Entry{
		"falling quantiles": entry("a", "2026-02-28", 5, 4, 3, 2, 1),
		"not a number":      entry("a", "2026-02-28", 1, 2, math.NaN(), 4, 5),
		"infinite":          entry("a", "2026-02-28", 1, 2, 3, 4, math.Inf(1)),
		"too few quantiles": entry("a", "2026-02-28", 1, 2),
		"no such day":       entry("a", "2026-02-31", 1, 2, 3, 4, 5),
		"no platform":       entry("", "2026-02-28", 1, 2, 3, 4, 5),
	}
	for name, e := range bad {
		if n, err := l.Append(entry("good", "2026-02-28", 1, 2, 3, 4, 5), e); err == nil || n != 0 {
			t.Errorf("%s: appended %d, %v", name, n, err)
		}
	}
	if len(l.Entries()) != 0 {
		t.Error("a bad entry must keep out those beside it")
	}
}

func TestPublishedForecastsAreJudgedWhenTheirDayComes(t *testing.T) {
	tr := truth{{"twitter", "monthly_active_users"}: {{day("2026-02-01"), 100}, {day("2026-03-01"), 128}, {day("2026-09-01"), 500}}}
	late := entry("twitter", "2026-02-15", 1, 2, 3, 4, 5)
	late.MadeAt = day("2026-02-15")
	es := []Entry{
		entry("twitter", "2026-02-28", 110, 115, 120, 126, 133), // between two readings: 127
		entry("twitter", "2026-03-01", 110, 115, 120, 126, 127), // above its 80 % interval
		entry("twitter", "2026-06-01", 110, 115, 120, 126, 133), // readings too far
		entry("threads", "2026-02-28", 110, 115, 120, 126, 133), // no series
		entry("twitter", "2026-09-01", 110, 115, 120, 126, 133), // after the as-of day
		late, // made when the day had come
	}
	got := published(es, tr, day("2026-08-01"))
	if len(got) != 2 {
		t.Fatalf("%d judged: %+v", len(got), got)
	}
	if got[0].outcome != 127 || got[0].months != 1 || got[1].outcome != 128 {
		t.Errorf("%+v", got)
	}
	want, _ := WIS(es[0].Levels, es[0].Quantiles, 127)
	if got[0].wis != want {
		t.Errorf("wis %v, want %v", got[0].wis, want)
	}
	tb := scoredTable(got)
	if len(tb.Rows) != 2 || tb.Rows[0][10] != true || tb.Rows[1][10] != false {
		t.Errorf("inside80: %v", tb.Rows)
	}
	sum := calibrationTable(got)
	if len(sum.Rows) != 2 || sum.Rows[0][3] != int64(2) || sum.Rows[0][8] != 0.5 {
		t.Errorf("summary %v", sum.Rows)
	}
}

func TestSharesOfTheReliabilityChartSumToOne(t *testing.T) {
	var fs []judged
	for i := range 40 {
		fs = append(fs, judged{kind: "replay", forecaster: "overtake", platform: "p", metric: "m", months: 1 + i%2*2, p: []float64{.1, .25, .5, .75, .9},
			q: []float64{1, 2, 3, 4, 5}, outcome: float64(i) / 6, wis: 1, wisDrift: 2, drift: 3, hasDrift: true})
	}
	tb := calibrationTable(fs)
	if len(tb.Rows) != 3 {
		t.Fatalf("rows %v", tb.Rows)
	}
	for _, row := range tb.Rows {
		var s float64
		for i, c := range tb.Columns {
			switch c.Name {
			case "below_q10", "q10_to_q25", "q25_to_q50", "q50_to_q75", "q75_to_q90", "above_q90":
				s += row[i].(float64)
			case "rel_wis_drift":
				if math.Abs(row[i].(float64)-0.5) > 1e-12 {
					t.Errorf("relative score %v, want 0.5", row[i])
				}
			}
		}
		if math.Abs(s-1) > 1e-12 {
			t.Errorf("shares sum to %v", s)
		}
	}
}

func overtakeEntry(question, on string, p float64) Entry {
	return Entry{MadeAt: day("2026-01-10").Add(time.Hour), AsOf: "2026-01-10", Version: "v1", DataHash: "abc", Forecaster: Us, Platform: "threads", Leader: "twitter",
		Metric: "daily_active_users", Question: question, On: on, P: &p}
}

// Probabilities of overtakes are judged by the figures of both platforms and by the crossings that were seen; what these leave open is left out.
func TestOvertakesAreJudgedWhenTheFiguresAreClear(t *testing.T) {
	tr := truth{
		{"threads", "daily_active_users"}: {{day("2026-02-01"), 90}, {day("2026-03-01"), 99.8}, {day("2026-04-01"), 120}, {day("2026-05-01"), 80}},
		{"twitter", "daily_active_users"}: {{day("2026-02-01"), 100}, {day("2026-03-01"), 100}, {day("2026-04-01"), 100}, {day("2026-05-01"), 100}},
	}
	all := []crossing{{"daily_active_users", "threads", "twitter", day("2026-03-05"), day("2026-04-01")}}
	es := []Entry{
		overtakeEntry(aheadAt, "2026-02-01", .2), overtakeEntry(aheadAt, "2026-03-01", .5), // the second: too close
		overtakeEntry(aheadAt, "2026-04-01", .7), overtakeEntry(everBy, "2026-05-01", .8), // ahead once, though not on the day
		overtakeEntry(everBy, "2026-02-01", .1),
		overtakeEntry(aheadAt, "2026-12-01", .9), // not due
	}
	for _, e := range es {
		if err := e.Check(); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]bool{}
	for _, o := range judgeOvertakes(es, tr, all, day("2026-06-01")) {
		got[o.Question+" "+o.On] = o.happened
	}
	want := map[string]bool{"ahead_at 2026-02-01": false, "ahead_at 2026-04-01": true, "ever_by 2026-05-01": true, "ever_by 2026-02-01": false}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	tb := overtakesTable(judgeOvertakes(es[2:3], tr, all, day("2026-06-01")))
	if len(tb.Rows) != 1 || math.Abs(tb.Rows[0][len(tb.Columns)-1].(float64)-.09) > 1e-12 {
		t.Errorf("Brier score of 0.7 for what happened: %v, want 0.09", tb.Rows)
	}
}

func TestWhoWasNearer(t *testing.T) {
	num := func(v float64) sql.NullFloat64 { return sql.NullFloat64{Float64: v, Valid: true} }
	for _, c := range []struct {
		contest
		want string
	}{
		{contest{kind: "value", theirs: num(280), ours: num(300), outcome: num(313)}, nearerOurs},
		{contest{kind: "value", theirs: num(313), ours: num(300), outcome: num(313)}, nearerTheirs},
		{contest{kind: "value", theirs: num(300), outcome: num(313)}, noneOfOurs},
		{contest{kind: "value", theirs: num(300), ours: num(1)}, undecided},
		{contest{kind: "window", theirs: num(1), ours: num(.6), outcome: num(1)}, nearerTheirs},
		{contest{kind: "window", theirs: num(1), ours: num(.6), outcome: num(0)}, nearerOurs},
		{contest{kind: "window", theirs: num(.4), ours: num(.4), outcome: num(0)}, nearerTie},
		{contest{kind: "window", theirs: num(1), ours: num(.6), verdict: stillOpen}, stillOpen},
	} {
		if c.settle(); c.verdict != c.want {
			t.Errorf("%s: theirs %v, ours %v, outcome %v: %s, want %s", c.kind, c.theirs, c.ours, c.outcome, c.verdict, c.want)
		}
	}
	for _, c := range []struct {
		p, q []float64
		want float64
	}{
		{[]float64{.5}, []float64{7}, 7}, {[]float64{.1, .9}, []float64{0, 10}, 5}, {[]float64{.1, .2}, []float64{1, 2}, 2}, {[]float64{.8}, []float64{3}, 3},
	} {
		if got := medianOf(c.p, c.q); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("median of %v at %v: %v, want %v", c.q, c.p, got, c.want)
		}
	}
}

// What goes into the ledger depends on the data alone; days that had come when the run was made stay out.
func TestPickedDaysDoNotMoveWithTheClock(t *testing.T) {
	var fan []Entry
	for m := 1; m <= 24; m++ {
		e := entry("twitter", time.Date(2026, time.Month(1+m), 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), 1, 2, 3, 4, 5)
		fan = append(fan, e)
	}
	days := func(made string) (out []string) {
		for _, e := range pick(fan, Publication{MadeAt: day(made), AsOf: day("2025-12-31")}) {
			out = append(out, e.On)
		}
		return out
	}
	if got := days("2026-01-05"); !slices.Equal(got, []string{"2026-01-31", "2026-03-31", "2026-06-30", "2026-12-31", "2027-12-31"}) {
		t.Errorf("days %v", got)
	}
	if got := days("2026-11-24"); !slices.Equal(got, []string{"2026-12-31", "2027-12-31"}) {
		t.Errorf("made eleven months later: days %v, want those still to come, and no others", got)
	}
}

// Whatever the file holds, Open gives entries that are forecasts or an error, and a ledger that opened takes the next one.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte(`{"prev":"","made_at":"2026-01-10T01:30:00Z","as_of":"2026-01-10","version":"v1","data_hash":"abc","forecaster":"overtake","platform":"a","metric":"m","on":"2026-02-28","model":"m","levels":[0.5],"quantiles":[1]}` + "\n"))
	f.Add([]byte("{\"prev\":\"\"}\n{"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "ledger.jsonl")
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		l, err := Open(path)
		if err != nil {
			return
		}
		for _, e := range l.Entries() {
			if err := e.Check(); err != nil {
				t.Fatalf("entry %+v: %v", e, err)
			}
		}
		if _, err := l.Append(entry("next", "2027-02-28", 1, 2, 3, 4, 5)); err != nil {
			t.Fatal(err)
		}
		mustOpen(t, path)
	})
}
