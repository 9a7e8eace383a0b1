package lake

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/data"
	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/files"
)

// current applies the rule of the package comment: of a document that replaces, only the newest page counts.
func current(t *testing.T, lk *Lake, dataset string) []map[string]any {
	newest := map[string]string{}
	for _, a := range rowsOf(t, lk, "attempts") {
		if a["replaces"] == true {
			key := fmt.Sprint(a["source"], "\x00", a["document"])
			newest[key] = max(newest[key], a["page"].(string))
		}
	}
	var rows []map[string]any
	for _, r := range rowsOf(t, lk, dataset) {
		if r["page"].(string) >= newest[fmt.Sprint(r["source"], "\x00", r["document"])] {
			rows = append(rows, r)
		}
	}
	return rows
}

func TestEditedFileReplacesItsRows(t *testing.T) {
	dir := t.TempDir()
	j := someJournal(t, filepath.Join(dir, "journal"))
	lk := openLake(t, filepath.Join(dir, "lake"))
	mustWrite(t, lk, j)
	var got []string
	for _, r := range current(t, lk, "snapshots") {
		got = append(got, fmt.Sprint(r["document"], " ", r["platform"], " ", r["native_id"], " ", r["value"]))
	}
	slices.Sort(got)
	// Of "file 1" the second page counts: the third one was broken and takes nothing away. The list keeps all of its rows.
	want := []string{"file 1 twitter gaga 12", "list mastodon gargron 1", "list sina_weibo xiena 7", "list sina_weibo yaochen 9",
		"list twitter gaga 11", "list twitter katy 13", "list twitter oprah 5", "list twitter yaochen 2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("current snapshots (-want +got):\n%s", diff)
	}
}

func TestEditedHistoryFile(t *testing.T) {
	dir := t.TempDir()
	header, _, _ := strings.Cut(string(mustRead(t, "history/forecasts.csv")), "\n")
	row := "Somebody,2011-02-11,followers,sina_weibo,twitter,2011-07-01,,%s,http://x,\n"
	fsys := fstest.MapFS{"history/forecasts.csv": {Data: []byte(header + "\n" + fmt.Sprintf(row, "soon") + fmt.Sprintf(row, "never"))}}
	j := openJournal(t, filepath.Join(dir, "journal"))
	lk := openLake(t, filepath.Join(dir, "lake"))
	write := func() []string {
		landHistory(t, j, fsys)
		if _, err := lk.Write(t.Context(), j, files.Decoders()); err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, r := range current(t, lk, "forecasts") {
			all = append(all, r["statement"].(string))
		}
		return all
	}
	if got := write(); !slices.Equal(got, []string{"soon", "never"}) {
		t.Fatalf("at first %v", got)
	}
	fsys["history/forecasts.csv"] = &fstest.MapFile{Data: []byte(header + "\n" + fmt.Sprintf(row, "later"))}
	if got := write(); !slices.Equal(got, []string{"later"}) {
		t.Errorf("after the edit %v, want the new row alone", got)
	}
	fsys["history/forecasts.csv"] = &fstest.MapFile{Data: []byte("oops\n")}
	if got := write(); !slices.Equal(got, []string{"later"}) {
		t.Errorf("after a broken edit %v, want the last good row", got)
	}
}

func mustRead(t testing.TB, name string) []byte {
	t.Helper()
	text, err := data.History.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestBadPagesAndRowsAreKeptAside(t *testing.T) {
	dir := t.TempDir()
	j := someJournal(t, filepath.Join(dir, "journal"))
	failed := ingest.Page{Source: "test", Decoder: "test/v1", Document: "feed", URL: "https://example.org/feed", Platform: "mastodon",
		FetchedAt: time.Unix(1, 0).UTC(), Status: 503, Err: "503 Service\x00Unavailable", Took: 1500 * time.Microsecond}
	if err := j.Land(t.Context(), failed); err != nil {
		t.Fatal(err)
	}
	lk := openLake(t, filepath.Join(dir, "lake"))
	stats := mustWrite(t, lk, j)
	if stats.Pages != 7 || stats.BadPages != 2 || stats.Rejects != 2 {
		t.Errorf("%+v, want 7 pages, of them 2 bad, and 2 rejects", stats)
	}
	attempts := rowsOf(t, lk, "attempts")
	last := attempts[len(attempts)-1]
	for name, want := range map[string]any{"platform": "mastodon", "url": "https://example.org/feed", "status": int32(503), "error": "503 Service␀Unavailable",
		"took_ms": 1.5, "bytes": int64(0), "replaces": false, "decoder": "test/v1"} {
		if last[name] != want {
			t.Errorf("attempt: %s is %v, want %v", name, last[name], want)
		}
	}
	var reasons []string
	for _, q := range rowsOf(t, lk, "quarantine") {
		reasons = append(reasons, fmt.Sprint(q["document"], ": ", q["reason"]))
	}
	want := []string{`file 1: strconv.ParseFloat: parsing "x": invalid syntax`, "file 1: no header"}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Errorf("quarantine (-want +got):\n%s", diff)
	}
}

// TestCarelessDecoder: what a decoder must not hand over goes to quarantine and not into folder names or figures.
func TestCarelessDecoder(t *testing.T) {
	dir := t.TempDir()
	j := openJournal(t, filepath.Join(dir, "journal"))
	land(t, j, "d", "x")
	good, _ := ingest.ExactReading(ingest.Followers, 5)
	bad := good
	bad.Value = math.NaN()
	rows := ingest.Rows{
		Platforms:       []ingest.PlatformFact{{Platform: "../../etc", Name: "x"}},
		Accounts:        []ingest.Account{{Platform: "a/b", NativeID: "x"}, {Platform: "twitter"}},
		Snapshots:       []ingest.Snapshot{{Platform: "twitter", NativeID: "x", Reading: bad}, {Platform: "", NativeID: "x", Reading: good}},
		Rankings:        []ingest.RankingEntry{{Platform: "twitter", NativeID: "", Reading: good}},
		PlatformMetrics: []ingest.PlatformMetric{{Platform: "twitter", Reading: ingest.Reading{Kind: "x", Value: 1, Step: 1, Mode: "round", Lo: 2, Hi: 3}}},
		Events:          []ingest.Event{{Platform: "UPPER"}},
		Quarantine:      []ingest.Reject{{Text: "\xff\x00", Reason: "was bad already"}},
	}
	lk := openLake(t, filepath.Join(dir, "lake"))
	stats, err := lk.Write(t.Context(), j, map[string]ingest.Decoder{"test/v1": func(ingest.Page) (ingest.Rows, error) { return rows, nil }})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{"attempts": 1, "quarantine": 9}, stats.Rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if _, err := lk.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestUnknownDecoderIsAnError(t *testing.T) {
	dir := t.TempDir()
	j := someJournal(t, filepath.Join(dir, "journal"))
	lk := openLake(t, filepath.Join(dir, "lake"))
	if _, err := lk.Write(t.Context(), j, nil); err == nil || !strings.Contains(err.Error(), `"test/v1"`) || !strings.Contains(err.Error(), "newer overtake") {
		t.Errorf("Write without the decoder: %v", err)
	}
	mustWrite(t, lk, j) // nothing was passed over meanwhile
	if lk.Upto() != j.Last() {
		t.Errorf("lake holds %d records, journal %d", lk.Upto(), j.Last())
	}
}
