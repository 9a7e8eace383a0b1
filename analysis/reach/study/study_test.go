package study

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"github.com/overtake-analytics/overtake/analysis/reach"
	"github.com/overtake-analytics/overtake/analysis/reach/exact"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

// A world is a warehouse and follower lists made up for a test.
type world struct {
	t  *testing.T
	db *sql.DB
	ls memoryLists
}

// memoryLists are follower lists in memory, by platform.
type memoryLists map[string][]List

func (m memoryLists) FollowerLists(_ context.Context, platform string, keep func(uint32, string) bool) (out []List, err error) {
	for _, l := range m[platform] {
		if keep(l.No, l.Key) {
			out = append(out, l)
		}
	}
	return out, nil
}

func newWorld(t *testing.T) *world {
	w := &world{t, warehousetest.Marts(t), memoryLists{}}
	w.exec(`insert into marts.platforms (platform, name) values ('p', 'Platform P'), ('q', 'Platform Q')`)
	return w
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.db.Exec(query, args...); err != nil {
		w.t.Fatal(err)
	}
}

// A row of marts.lists with the defaults of a complete list.
type listRow struct {
	platform, id, verdict, strategy, basis string
	collected, stated, frame               int64
	on                                     string
}

// list records the reading of a list; followers are held unless nil.
func (w *world) list(no uint32, r listRow, followers []uint32) string {
	def := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	def(&r.platform, "p")
	def(&r.verdict, "complete")
	def(&r.strategy, "all")
	def(&r.on, "2020-01-05")
	def(&r.id, fmt.Sprint("id", no))
	if r.collected == 0 {
		r.collected = int64(len(followers))
	}
	key := r.platform + "/" + r.id + "/" + r.on + "/" + r.strategy
	w.exec(`insert into marts.lists (platform, list, account_no, account_id, direction, strategy, verdict, collected, stated, frame, probability, basis, ended_at)
		values (?, ?, ?, ?, 'followers', ?, ?, ?, nullif(?, -1), nullif(?, -1), 1, nullif(?, ''), ?::timestamp)`,
		r.platform, key, no, r.id, r.strategy, r.verdict, r.collected, r.stated, r.frame, r.basis, r.on)
	w.exec(`insert into marts.accounts (platform, account_no, account_id, handle, display_name)
		select ?, ?, ?, ?, ? where not exists (from marts.accounts where platform = ? and account_no = ?)`, r.platform, no, r.id, r.id, r.id, r.platform, no)
	if followers != nil {
		w.ls[r.platform] = append(w.ls[r.platform], List{exact.InMemory(no, followers), key})
	}
	return key
}

func (w *world) users(platform, metric string, value float64, on string) {
	w.exec(`insert into marts.platform_readings (platform, metric, value, lo, hi, effective_to, published_on, source_url) values (?, ?, ?, ?, ?, ?::date, ?::date, 'https://example.org/users')`,
		platform, metric, value, value, value, on, on)
}

func (w *world) ask(req Request) *Answer {
	w.t.Helper()
	if req.Platform == "" {
		req.Platform = "p"
	}
	if req.Top == 0 && req.Accounts == nil {
		req.Top = 100
	}
	if req.AsOf.IsZero() {
		req.AsOf = date("2020-12-31")
	}
	a, err := Ask(w.t.Context(), w.db, w.ls, req)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// crowd makes lists of k accounts among users people, of Zipf sizes.
func crowd(k, users int, share float64) [][]uint32 {
	rng := rand.New(rand.NewPCG(uint64(k), uint64(users)))
	lists := make([][]uint32, k)
	for u := range users {
		activity := math.Exp(rng.NormFloat64() - .5)
		for a := range lists {
			if rng.Float64() < math.Min(.95, share/float64(a+1)*activity) {
				lists[a] = append(lists[a], uint32(u))
			}
		}
	}
	return lists
}

func sets(lists [][]uint32) []reach.Set {
	var out []reach.Set
	for i, l := range lists {
		out = append(out, reach.Set{Account: uint32(i), Followers: l})
	}
	return out
}

func TestCompleteListsAreCountedExactly(t *testing.T) {
	w := newWorld(t)
	lists := crowd(20, 5000, .6)
	for i, l := range lists {
		w.list(uint32(i), listRow{}, l)
	}
	w.users("p", "registered_users", 10_000, "2020-02-01")
	a := w.ask(Request{Small: 1})
	want := reach.FromSets(sets(lists))
	if a.Method != "exact" || a.Why != "" {
		t.Fatalf("method %s because %s, want exact", a.Method, a.Why)
	}
	if *a.Sum.Value != float64(want.Sum) || *a.Reach.Value != float64(want.Unique) || *a.Twice.Value != float64(want.AtLeast(2)) {
		t.Errorf("sum %v, reach %v, twice %v, want %d, %d, %d", *a.Sum.Value, *a.Reach.Value, *a.Twice.Value, want.Sum, want.Unique, want.AtLeast(2))
	}
	if len(a.Order) != 20 || *a.Order[19].Reached != want.Unique || len(a.Overlap) != 190 || a.Guarantee == "" {
		t.Errorf("%d picks, %d pairs, guarantee %q", len(a.Order), len(a.Overlap), a.Guarantee)
	}
	if p := a.PerUser[0]; *p.Share.Value != float64(want.Unique)/10_000 {
		t.Errorf("per registered user %v", *p.Share.Value)
	}
	named := w.ask(Request{Accounts: []string{"id3", "@id1", "id3"}, Small: 1})
	pair := reach.FromSets([]reach.Set{sets(lists)[1], sets(lists)[3]})
	if len(named.Accounts) != 2 || *named.Reach.Value != float64(pair.Unique) || *named.Overlap[0].Both != pair.Pairs.At(0, 1) {
		t.Errorf("two named accounts: %+v, want a reach of %d", named, pair.Unique)
	}
	if early := w.ask(Request{AsOf: date("2019-01-01")}); early.Method != "" {
		t.Errorf("before the lists were read: method %q", early.Method)
	}
	if _, err := Ask(t.Context(), w.db, w.ls, Request{Platform: "p", Accounts: []string{"nobody"}}); err == nil || !strings.Contains(err.Error(), `"nobody"`) {
		t.Errorf("unknown account: %v", err)
	}
}

func TestAnswersAreWholeAsTextAndJSON(t *testing.T) {
	w := newWorld(t)
	for i, l := range crowd(30, 3000, .5) {
		w.list(uint32(i), listRow{}, l)
	}
	a := w.ask(Request{})
	var b bytes.Buffer
	if err := a.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"people reached", "Guarantee", "63.2 %", "Jaccard", "withheld", "every list is complete"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("text lacks %q:\n%s", want, b.String())
		}
	}
	if _, err := json.Marshal(a); err != nil {
		t.Error(err)
	}
	for _, part := range Parts {
		header, rows := a.Part(part)
		for _, r := range rows {
			if len(r) != len(header) {
				t.Errorf("%s: row of %d cells under %d headings", part, len(r), len(header))
			}
		}
		if len(rows) == 0 {
			t.Errorf("%s has no rows", part)
		}
	}
}

func TestSketchesAreNearTheTruthAndSayHowNear(t *testing.T) {
	w := newWorld(t)
	lists := crowd(12, 60_000, .6)
	for i, l := range lists {
		w.list(uint32(i), listRow{}, l)
	}
	want := reach.FromSets(sets(lists))
	a := w.ask(Request{Memory: 1 << 20}) // too little for the windows: 1,024 to 262,144 hashes are kept
	if a.Method != "sketch" || !strings.Contains(a.Why, "MiB are allowed") {
		t.Fatalf("method %q because %q", a.Method, a.Why)
	}
	if off := math.Abs(*a.Reach.Value-float64(want.Unique)) / *a.Reach.SE; *a.Reach.SE == 0 || off > 4 {
		t.Errorf("reach %v ± %v, want %d", *a.Reach.Value, *a.Reach.SE, want.Unique)
	}
	if both := want.Pairs.At(0, 1); math.Abs(float64(*a.Overlap[0].Both-both)) > 4**a.Overlap[0].BothSE {
		t.Errorf("overlap %d ± %v, want %d", *a.Overlap[0].Both, *a.Overlap[0].BothSE, both)
	}
	if n := float64(want.Frequency[1]); math.Abs(a.Frequency[0].Persons-n) > 4**a.Frequency[0].SE {
		t.Errorf("followers of one: %v ± %v, want %v", a.Frequency[0].Persons, *a.Frequency[0].SE, n)
	}
	if a.Order[0].ID != "id0" || *a.Order[1].Gain == 0 {
		t.Errorf("order begins with %+v", a.Order[:2])
	}
	if small := w.ask(Request{Sketch: true, Small: 1}); *small.Reach.Value != float64(want.Unique) || small.Overlap[0].BothSE != nil {
		t.Errorf("where all hashes fit the sketch is exact: %v, want %d", *small.Reach.Value, want.Unique)
	}
}

func TestOrderThatDoesNotFitIsSampled(t *testing.T) {
	w := newWorld(t)
	lists := crowd(40, 30_000, .9)
	for i, l := range lists {
		w.list(uint32(i), listRow{}, l)
	}
	want := reach.FromSets(sets(lists))
	need := exact.Fixed(40, 1)
	a := w.ask(Request{Memory: need + 4<<10, Threads: 1, Small: 1})
	if a.Method != "exact" || *a.Reach.Value != float64(want.Unique) || !strings.Contains(strings.Join(a.Notes, " "), "random") {
		t.Fatalf("method %q, reach %v, notes %q", a.Method, *a.Reach.Value, a.Notes)
	}
	if p := a.Order[1]; p.GainSE == nil || math.Abs(float64(*p.Gain-want.Greedy[1].Gain)) > 5**p.GainSE {
		t.Errorf("second pick %+v, want a gain of %d", p, want.Greedy[1].Gain)
	}
}

func TestTruncatedListsGiveBounds(t *testing.T) {
	w := newWorld(t)
	lists := crowd(5, 4000, .6)
	want := reach.FromSets(sets(lists)).Unique
	for i, l := range lists {
		w.list(uint32(i), listRow{verdict: "truncated", stated: int64(len(l))}, l[:len(l)/3])
	}
	w.users("p", "registered_users", 100_000, "2020-02-01")
	a := w.ask(Request{})
	if a.Method != "bounds_truncated" || a.Reach.Value != nil || !slices.Contains(a.Flags, "recency_biased") {
		t.Fatalf("method %s, reach %+v, flags %v", a.Method, a.Reach, a.Flags)
	}
	if !(*a.Reach.Lo <= float64(want) && float64(want) <= *a.Reach.Hi) || *a.Reach.Lo < float64(len(lists[0])) {
		t.Errorf("bounds %v to %v do not hold %d", *a.Reach.Lo, *a.Reach.Hi, want)
	}
	if len(a.Order)+len(a.Overlap)+len(a.Frequency) > 0 {
		t.Error("parts of lists gave figures that look exact")
	}
}

// sample draws n followers of each account and asks how many of the accounts they follow.
func (w *world) sample(lists [][]uint32, n int, rng *rand.Rand) {
	follows := map[uint32]int{}
	for _, l := range lists {
		for _, u := range l {
			follows[u]++
		}
	}
	for i, l := range lists {
		key := w.list(uint32(i), listRow{strategy: "sample", basis: "uniform", collected: int64(n), stated: int64(len(l)), frame: int64(len(l))}, nil)
		var rows []string
		for d := range n {
			u := l[rng.IntN(len(l))]
			rows = append(rows, fmt.Sprintf("('p', '%s', %d, 'f%d', %d, %d)", key, i, d, len(lists), follows[u]))
		}
		w.exec(`insert into marts.memberships (platform, list, account_no, follower_key, checked, follows) values ` + strings.Join(rows, ", "))
	}
}

func TestSamplesGiveAnEstimate(t *testing.T) {
	w := newWorld(t)
	lists := crowd(8, 6000, .6)
	want := reach.FromSets(sets(lists))
	w.sample(lists, 80, rand.New(rand.NewPCG(8, 9)))
	a := w.ask(Request{Flagged: 62, Checked: 400, Test: reach.Classifier{Sensitivity: .85, Specificity: .92, SensitivityN: 200, SpecificityN: 300}})
	if a.Method != "multiplicity" || !strings.Contains(a.Why, "not exact") || a.N != 640 {
		t.Fatalf("method %q because %q from %d", a.Method, a.Why, a.N)
	}
	for name, f := range map[string]struct {
		got  Figure
		want int64
	}{"reach": {a.Reach, want.Unique}, "twice": {a.Twice, want.AtLeast(2)}} {
		if math.Abs(*f.got.Value-float64(f.want)) > 4**f.got.SE {
			t.Errorf("%s %v ± %v, want %d", name, *f.got.Value, *f.got.SE, f.want)
		}
	}
	var all float64
	for _, b := range a.Frequency {
		all += b.Persons
	}
	if math.Abs(all-*a.Reach.Value) > 100 {
		t.Errorf("frequency table adds to %v, reach is %v", all, *a.Reach.Value)
	}
	if m := a.Accounts[0].Marginal; m == nil || *m.Lo > float64(want.Exclusive[0]) || *m.Hi < float64(want.Exclusive[0]) {
		t.Errorf("marginal reach of the largest %+v, want %d", m, want.Exclusive[0])
	}
	if a.Real == nil || !(*a.Real.Reach.Value < *a.Reach.Value) || !strings.Contains(a.Real.Basis, "0.85 (200 cases)") {
		t.Errorf("discounted reach %+v", a.Real)
	}
	// Asked about eight accounts, the followers say nothing of a set of two.
	two := w.ask(Request{Accounts: []string{"id0", "id1"}})
	if two.Method != "bounds_counts" || !strings.Contains(strings.Join(two.Notes, " "), "not asked about exactly these") {
		t.Errorf("subset of the accounts asked about: %s, %q", two.Method, two.Notes)
	}
}

func TestJobPublishesNoSmallGroup(t *testing.T) {
	w := newWorld(t)
	for i, l := range crowd(25, 2000, .4) {
		w.list(uint32(i), listRow{}, l)
		w.list(uint32(i), listRow{on: "2020-02-05"}, append(l[len(l)/20:len(l):len(l)], 5000, 5001))
	}
	for i, l := range crowd(3, 900, .5) {
		w.list(uint32(i), listRow{platform: "q"}, l)
	}
	w.users("p", "registered_users", 9000, "2020-02-01")
	w.users("q", "registered_users", 5000, "2020-02-01")
	job := Job{Lists: w.ls}
	tables, err := job.Run(t.Context(), w.db, analysis.Env{AsOf: date("2020-12-31")})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.CheckTables(t, tables...)
	hidden := 0
	for _, table := range tables {
		for _, r := range measuretest.Rows(table) {
			for _, name := range []string{"persons", "both", "exclusive", "gain", "reached_twice", "gained", "lost"} {
				n, ok := r[name].(int64)
				if ok && n > 0 && n < reach.SmallCell {
					t.Errorf("%s tells %s = %d", table.Name, name, n)
				}
				if v, there := r[name]; there && v == nil {
					hidden++
				}
			}
		}
	}
	if hidden == 0 {
		t.Error("nothing was withheld of a graph with small groups")
	}
	if n := len(named(tables, "reach").Rows); n != 2 {
		t.Errorf("%d platforms with a reach, want 2", n)
	}
	if n := len(named(tables, "follower_changes").Rows); n != 25 {
		t.Errorf("%d changes, want 25", n)
	}
	if r := measuretest.Rows(named(tables, "reach_ratio"))[0]; r["log_ratio"] == nil || r["level"] != .95 || r["platform"] != "p" {
		t.Errorf("ratio %v", r)
	}
	again, err := job.Run(t.Context(), w.db, analysis.Env{AsOf: date("2020-12-31"), Workers: 5})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(tables, again); d != "" {
		t.Errorf("another number of workers, another result: %s", d)
	}
}

func TestChangesAreToldWhereBothEndsAreComplete(t *testing.T) {
	w := newWorld(t)
	early, late := make([]uint32, 100), make([]uint32, 0, 130)
	for i := range early {
		early[i] = uint32(i)
	}
	late = append(late, early[20:]...) // 20 went
	for i := range uint32(50) {
		late = append(late, 1000+i) // 50 came
	}
	w.list(1, listRow{on: "2020-01-01"}, early)
	w.list(1, listRow{on: "2020-01-02"}, late)
	w.list(1, listRow{on: "2020-01-03", verdict: "truncated", stated: 150}, late[:40])
	w.list(1, listRow{on: "2020-01-04"}, late[3:]) // against 150 stated
	tables, err := Job{Lists: w.ls}.Run(t.Context(), w.db, analysis.Env{AsOf: date("2020-12-31")})
	if err != nil {
		t.Fatal(err)
	}
	rows := measuretest.Rows(named(tables, "follower_changes"))
	if len(rows) != 3 {
		t.Fatalf("%d changes, want 3", len(rows))
	}
	if r := rows[0]; r["gained"] != int64(50) || r["lost"] != int64(20) || r["net"] != 30. || r["churn_share"] != .2 || r["quick_ratio"] != 2.5 {
		t.Errorf("both complete: %v", r)
	}
	for _, r := range rows[1:] {
		if r["gained"] != nil || r["lost"] != nil || r["flags"] != "net_only" || r["net"] == nil {
			t.Errorf("one end is not complete: %v", r)
		}
	}
}
