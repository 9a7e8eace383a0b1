package files

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/data"
	"github.com/overtake-analytics/overtake/ingest"
)

// shipped decodes one shipped file.
func shipped(t testing.TB, name string) ingest.Rows {
	t.Helper()
	raw, err := data.History.ReadFile("history/" + name + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := DecodeHistory(ingest.Page{Document: "history/" + name + ".csv", Raw: raw})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestShippedFilesHaveNoBadRow(t *testing.T) {
	for _, tab := range tables() {
		rows := shipped(t, tab.name)
		for _, r := range rows.Quarantine {
			t.Errorf("%s:%d: %s: %s", r.Document, r.Line, r.Reason, r.Text)
		}
		if !rows.Replaces {
			t.Errorf("%s does not replace its older page", tab.name)
		}
	}
}

// TestEverythingUsedIsDescribed: each platform, metric and source page that a figure names is described in platforms.csv,
// metrics.csv or sources.csv, and nothing is described twice.
func TestEverythingUsedIsDescribed(t *testing.T) {
	platforms, metrics, sources := map[ingest.Platform]int{}, map[ingest.Kind]string{}, map[string]int{}
	for _, p := range shipped(t, "platforms").Platforms {
		platforms[p.Platform]++
	}
	for _, m := range shipped(t, "metrics").Metrics {
		if metrics[m.Kind] != "" {
			t.Errorf("metric %s is described twice", m.Kind)
		}
		metrics[m.Kind] = m.Unit
	}
	for _, s := range shipped(t, "sources").Sources {
		sources[s.URL]++
	}
	for p, n := range platforms {
		if n != 1 {
			t.Errorf("platform %s is described %d times", p, n)
		}
	}
	for url, n := range sources {
		if n != 1 {
			t.Errorf("source %s is described %d times", url, n)
		}
	}
	cited := func(where, url string) {
		if url != "" && sources[url] != 1 {
			t.Errorf("%s cites %s, which sources.csv does not describe", where, url)
		}
	}
	for _, tab := range tables() {
		rows := shipped(t, tab.name)
		for _, r := range rows.PlatformMetrics {
			cited(tab.name, r.URL)
			if platforms[r.Platform] == 0 || metrics[r.Kind] != r.Unit {
				t.Errorf("%s: %s %s in %s is not described", tab.name, r.Platform, r.Kind, r.Unit)
			}
		}
		for _, r := range rows.Snapshots {
			cited(tab.name, r.URL)
			if platforms[r.Platform] == 0 || metrics[r.Kind] == "" {
				t.Errorf("%s: %s %s is not described", tab.name, r.Platform, r.Kind)
			}
		}
		for _, r := range rows.Events {
			cited(tab.name, r.URL)
		}
		for _, r := range rows.Forecasts {
			cited(tab.name, r.URL)
			if metrics[r.Kind] == "" || platforms[r.Challenger] == 0 || platforms[r.Leader] == 0 {
				t.Errorf("forecast %q is about something that is not described", r.Statement)
			}
		}
		for _, r := range rows.Platforms {
			cited(tab.name, r.URL)
		}
	}
	for _, k := range []ingest.Kind{ingest.RegisteredUsers, ingest.MonthlyActiveUsers, ingest.DailyActiveUsers, ingest.Followers, ingest.Following, ingest.Posts} {
		if metrics[k] == "" {
			t.Errorf("metric %s is not described", k)
		}
	}
}

// TestLaunchesAreEvents: a platform's launch and end stand in events.csv too, on the same day and with the same citation.
func TestLaunchesAreEvents(t *testing.T) {
	events := shipped(t, "events").Events
	find := func(p ingest.PlatformFact, from, to time.Time) {
		if from.IsZero() {
			return
		}
		if !slices.ContainsFunc(events, func(e ingest.Event) bool {
			return e.Platform == p.Platform && e.From.Equal(from) && e.To.Equal(to) && (e.URL == p.URL || strings.Contains(p.Note, e.URL))
		}) {
			t.Errorf("%s: no event of %s..%s with the same source", p.Platform, from.Format(time.DateOnly), to.Format(time.DateOnly))
		}
	}
	for _, p := range shipped(t, "platforms").Platforms {
		find(p, p.LaunchedFrom, p.LaunchedTo)
		find(p, p.ClosedFrom, p.ClosedTo)
		if p.URL == "" && !(p.LaunchedFrom.IsZero() && p.ClosedFrom.IsZero()) {
			t.Errorf("%s: dates without a source", p.Platform)
		}
	}
}

func TestMonetizableIsAKindOfItsOwn(t *testing.T) {
	compared := map[ingest.Kind]string{}
	for _, m := range shipped(t, "metrics").Metrics {
		compared[m.Kind] = m.ComparedAs
	}
	if a, b := compared["monetizable_daily_active_users"], compared[ingest.DailyActiveUsers]; a == b || a == "" || b == "" {
		t.Errorf("monetizable_daily_active_users is compared as %q, daily_active_users as %q, want two groups", a, b)
	}
}

// TestReadingsOfKnownRows pins rows that the first replay stands on.
func TestReadingsOfKnownRows(t *testing.T) {
	metric := func(file string, platform ingest.Platform, kind ingest.Kind, to string) ingest.PlatformMetric {
		t.Helper()
		for _, m := range shipped(t, file).PlatformMetrics {
			if m.Platform == platform && m.Kind == kind && m.To.Format(time.DateOnly) == to {
				return m
			}
		}
		t.Fatalf("no %s of %s on %s in %s", kind, platform, to, file)
		panic("unreachable")
	}
	sina := metric("platform_metrics", "sina_weibo", "top100_followers_total", "2011-01-31")
	want := ingest.Reading{Kind: "top100_followers_total", Value: 198200000, Step: 100000, Mode: ingest.Round,
		StepBasis: ingest.BasisInferred, Lo: 198150000, Hi: 198250000}
	if diff := cmp.Diff(want, sina.Reading); diff != "" {
		t.Errorf("Sina's top 100 (-want +got):\n%s", diff)
	}
	if sina.Derived || sina.From.Format(time.DateOnly) != "2011-01-01" || sina.PublishedOn.Format(time.DateOnly) != "2011-02-11" {
		t.Errorf("Sina's top 100 is %+v", sina)
	}
	// Twitter's side is 198.2M / 0.68: from 198.15M / 0.685 to 198.25M / 0.675.
	twitter := metric("derived_metrics", "twitter", "top100_followers_total", "2011-01-31")
	want = ingest.Reading{Kind: "top100_followers_total", Value: 291470588, Step: 293703704 - 289270072, Mode: ingest.Round,
		StepBasis: ingest.BasisInferred, Lo: 289270072, Hi: 293703704}
	if diff := cmp.Diff(want, twitter.Reading); diff != "" || !twitter.Derived {
		t.Errorf("Twitter's top 100, derived %v (-want +got):\n%s", twitter.Derived, diff)
	}
	// A derived figure without a formula has no more than three digits.
	twice := metric("derived_metrics", "sina_weibo", ingest.DailyActiveUsers, "2011-09-30")
	if twice.Step != 1e6 || !twice.Derived {
		t.Errorf("a figure derived by \"twice\" is %+v, want a step of a million", twice.Reading)
	}
}

func TestArchivedReadingsAreExact(t *testing.T) {
	for _, s := range shipped(t, "twitter_followers_wayback").Snapshots {
		if s.Mode != ingest.Exact || s.Step != 1 || s.StepBasis != ingest.BasisExact {
			t.Fatalf("%s on %s: %+v, want an exact reading", s.NativeID, s.To.Format(time.DateOnly), s.Reading)
		}
	}
}

func TestRankedRowsMakeLists(t *testing.T) {
	rows := shipped(t, "account_followers")
	lists := map[string][]int{}
	for _, r := range rows.Rankings {
		lists[string(r.Platform)+" "+r.List] = append(lists[string(r.Platform)+" "+r.List], r.Rank)
	}
	for name, ranks := range lists {
		slices.Sort(ranks)
		if len(slices.Compact(slices.Clone(ranks))) != len(ranks) {
			t.Errorf("list %s has a rank twice: %v", name, ranks)
		}
	}
	reuters := lists["twitter 2013-11-30 http://www.reuters.com/news/picture/most-twitter-followers-idUSRTR3CVAL"]
	if len(reuters) != 27 || reuters[26] != 27 {
		t.Errorf("the list of November 2013 has the ranks %v, want 1 to 27", reuters)
	}
}

const accountHeader = "platform,account,display_name,as_of,precision,published_on,published_basis,followers,rank,category,source_url,note\n"

func TestBadRowsGoToQuarantineAndTheOthersGoOn(t *testing.T) {
	const good = "twitter,gaga,Lady Gaga,2011-02-14,day,2011-02-15,assumed_lag,8123456,1,music,http://x,\n"
	tests := []struct{ name, row, reason string }{
		{"number", "twitter,a,A,2011-02-14,day,2011-02-15,assumed_lag,12a,1,music,http://x,", "followers"},
		{"negative number", "twitter,a,A,2011-02-14,day,2011-02-15,assumed_lag,-12,1,music,http://x,", "followers"},
		{"empty number", "twitter,a,A,2011-02-14,day,2011-02-15,assumed_lag,,1,music,http://x,", "followers: number is empty"},
		{"not a number", "twitter,a,A,2011-02-14,day,2011-02-15,assumed_lag,NaN,1,music,http://x,", "followers"},
		{"fraction", "twitter,a,A,2011-02-14,day,2011-02-15,assumed_lag,12.5,1,music,http://x,", "whole"},
		{"overflow", "twitter,a,A,2011-02-14,day,2011-02-15,assumed_lag,9007199254740993,1,music,http://x,", "beyond"},
		{"long overflow", "twitter,a,A,2011-02-14,day,2011-02-15,assumed_lag,123456789012345678901234,1,music,http://x,", "digits"},
		{"date", "twitter,a,A,2011-02-30,day,2011-02-15,assumed_lag,12,1,music,http://x,", "as_of"},
		{"century", "twitter,a,A,1011-02-14,day,2011-02-15,assumed_lag,12,1,music,http://x,", "as_of"},
		{"publication", "twitter,a,A,2011-02-14,day,,assumed_lag,12,1,music,http://x,", "published_on"},
		{"basis", "twitter,a,A,2011-02-14,day,2011-02-15,,12,1,music,http://x,", "published_basis"},
		{"precision", "twitter,a,A,2011-02-14,decade,2011-02-15,assumed_lag,12,1,music,http://x,", "precision"},
		{"platform", "twiter,a,A,2011-02-14,day,2011-02-15,assumed_lag,12,1,music,http://x,", `platform "twiter"`},
		{"path as platform", "../x,a,A,2011-02-14,day,2011-02-15,assumed_lag,12,1,music,http://x,", "platform"},
		{"account", "twitter,,A,2011-02-14,day,2011-02-15,assumed_lag,12,1,music,http://x,", "account"},
		{"rank", "twitter,a,A,2011-02-14,day,2011-02-15,assumed_lag,12,first,music,http://x,", "rank"},
		{"rank zero", "twitter,a,A,2011-02-14,day,2011-02-15,assumed_lag,12,0,music,http://x,", "rank"},
		{"column count", "twitter,a,A,2011-02-14", "4 columns, want 12"},
		{"UTF-8", "twitter,a,A\xff,2011-02-14,day,2011-02-15,assumed_lag,12,1,music,http://x,", "not UTF-8"},
		{"NUL", "twitter,a,A\x00,2011-02-14,day,2011-02-15,assumed_lag,12,1,music,http://x,", "NUL"},
		{"bare quote", "twitter,a,A\"B,2011-02-14,day,2011-02-15,assumed_lag,12,1,music,http://x,", "quote"},
		{"open quote", "twitter,a,\"A,2011-02-14,day,2011-02-15,assumed_lag,12,1,music,http://x,", "quote"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := accountHeader + good + tt.row + "\n" + strings.Replace(good, "gaga", "oprah", 1)
			rows, err := DecodeHistory(ingest.Page{Document: "history/account_followers.csv", Raw: []byte(raw)})
			if err != nil {
				t.Fatal(err)
			}
			if len(rows.Snapshots) != 2 || len(rows.Quarantine) != 1 {
				t.Fatalf("%d snapshots and rejects %+v, want 2 and 1", len(rows.Snapshots), rows.Quarantine)
			}
			q := rows.Quarantine[0]
			if q.Line != 3 || q.Offset != int64(len(accountHeader)+len(good)) || !strings.Contains(q.Reason, tt.reason) ||
				q.Document != "history/account_followers.csv" || q.Text != legible(tt.row) {
				t.Errorf("reject %+v, want line 3 and a reason with %q", q, tt.reason)
			}
		})
	}
}

func TestBadRowsOfOtherFiles(t *testing.T) {
	metric := strings.Join(metricColumns, ",") + "\n"
	tests := []struct{ file, text, reason string }{
		{"platform_metrics", metric + "twitter,registerd_users,2011-01-31,month,2011-02-15,url,1000,accounts,http://x,T,", "metrics.csv"},
		{"platform_metrics", metric + "twitter,registered_users,2011-01-31,month,2011-02-15,url,1000,people,http://x,T,", "unit"},
		{"platform_metrics", metric + "twitter,registered_users,2011-01-31,month,2011-02-15,url,1e6,accounts,http://x,T,", "value"},
		{"events", strings.Join(eventColumns, ",") + "\ntwitter,2011-01-31,day,2011-01-31,url,product,maybe,X,T,http://x,", "status"},
		{"events", strings.Join(eventColumns, ",") + "\ntwitter,2011-01-31,day,2011-01-31,url,product,rumour,X,,http://x,", "title"},
		{"forecasts", strings.Join(forecastColumns, ",") + "\nX,2011-02-11,followers,sina_weibo,twitter,2011-07-01,2011-06-30,S,http://x,", "before it begins"},
		{"forecasts", strings.Join(forecastColumns, ",") + "\nX,2011-02-11,followers,sina_weibo,friendster,2011-07-01,,S,http://x,", "friendster"},
		{"platforms", strings.Join(platformColumns, ",") + "\nall,All,,weibo_style,,,,,,", "platform"},
		{"platforms", strings.Join(platformColumns, ",") + "\nx,X,,myspace_style,,,,,,", "family"},
		{"metrics", strings.Join(metricFactColumns, ",") + "\nx,users,X,,D,level,,", "measure"},
		{"sources", strings.Join(sourceColumns, ",") + "\nhttp://x,T,D,,", "trust"},
		{"bluesky_daily", strings.Join(blueskyColumns, ",") + "\n2025-08-10,1,2,3,4,0.1,yesterday,http://x", "last_update_time"},
		{"bluesky_daily", strings.Join(blueskyColumns, ",") + "\n2025-08-10,1,2,x,4,0.1,2025-08-10T06:38:40.782Z,http://x", "total_follows"},
	}
	for _, tt := range tests {
		rows, err := DecodeHistory(ingest.Page{Document: "history/" + tt.file + ".csv", Raw: []byte(tt.text)})
		if err != nil {
			t.Errorf("%s: %v", tt.file, err)
			continue
		}
		if len(rows.Quarantine) != 1 || rows.Quarantine[0].Line != 2 || !strings.Contains(rows.Quarantine[0].Reason, tt.reason) {
			t.Errorf("%s: %+v, want one reject on line 2 with %q", tt.file, rows.Quarantine, tt.reason)
		}
		rows.Quarantine, rows.Replaces = nil, false
		if diff := cmp.Diff(ingest.Rows{}, rows); diff != "" {
			t.Errorf("%s: rows beside the reject:\n%s", tt.file, diff)
		}
	}
}

func TestFileWithoutItsHeaderIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty":            "",
		"blank":            "\n\n",
		"no header":        "twitter,gaga,Lady Gaga,2011-02-14,day,2011-02-15,assumed_lag,8123456,1,music,http://x,\n",
		"column missing":   strings.Replace(accountHeader, "rank,", "", 1),
		"column renamed":   strings.Replace(accountHeader, "followers", "fans", 1),
		"of another file":  strings.Join(eventColumns, ",") + "\n",
		"UTF-16":           "\xff\xfep\x00l\x00a\x00",
		"HTML":             "<!doctype html><title>login</title>",
		"garbage":          "\x00\x01\x02\"\n\"",
		"header in quotes": "\"" + accountHeader,
	} {
		rows, err := DecodeHistory(ingest.Page{Document: "history/account_followers.csv", Raw: []byte(text)})
		if err == nil || !strings.Contains(err.Error(), "history/account_followers.csv") {
			t.Errorf("%s: %+v, %v, want an error that names the file", name, rows, err)
		}
	}
}

func TestHeaderMayHaveAByteOrderMark(t *testing.T) {
	raw := "\uFEFF" + strings.ReplaceAll(accountHeader, "\n", "\r\n") + "twitter,a,A,2011-02-14,day,2011-02-15,assumed_lag,12a,1,music,http://x,\r\n"
	rows, err := DecodeHistory(ingest.Page{Document: "history/account_followers.csv", Raw: []byte(raw)})
	if err != nil || len(rows.Quarantine) != 1 {
		t.Fatalf("%+v, %v", rows, err)
	}
	if q := rows.Quarantine[0]; !strings.HasPrefix(raw[q.Offset:], "twitter,a,") {
		t.Errorf("offset %d points to %q", q.Offset, raw[q.Offset:])
	}
}

func TestFileOfAnotherNameIsKnownByItsColumns(t *testing.T) {
	raw := accountHeader + "twitter,a,A,2011-02-14,day,2011-02-15,assumed_lag,12,1,music,http://x,\n"
	rows, err := DecodeHistory(ingest.Page{Document: "history/my_list.csv", Raw: []byte(raw)})
	if err != nil || len(rows.Snapshots) != 1 {
		t.Errorf("%+v, %v, want one snapshot", rows, err)
	}
}

func FuzzDecodeHistory(f *testing.F) {
	for _, tab := range tables() {
		raw, err := data.History.ReadFile("history/" + tab.name + ".csv")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(tab.name, raw[:min(len(raw), 3000)])
	}
	f.Fuzz(func(t *testing.T, name string, raw []byte) {
		page := ingest.Page{Document: "history/" + name + ".csv", Raw: raw}
		rows, err := DecodeHistory(page)
		if err != nil {
			return
		}
		for _, q := range rows.Quarantine {
			if q.Line < 1 || q.Offset < 0 || q.Offset > int64(len(raw)) || q.Reason == "" {
				t.Errorf("reject %+v of %d bytes", q, len(raw))
			}
		}
		for _, m := range rows.PlatformMetrics {
			if err := m.Check(); err != nil {
				t.Errorf("%+v: %v", m, err)
			}
		}
		for _, s := range rows.Snapshots {
			if err := s.Check(); err != nil || !s.Platform.Valid() || s.NativeID == "" {
				t.Errorf("%+v: %v", s, err)
			}
		}
		again, err := DecodeHistory(page)
		if diff := cmp.Diff(rows, again); err != nil || diff != "" {
			t.Errorf("the same bytes gave other rows: %v\n%s", err, diff)
		}
	})
}
