package reports

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// crowd is the fixture with thousands of platforms that have a single figure, with long names.
func crowd(t testing.TB) overlay {
	q := fixture(t)
	q.tables["marts.platforms"] = `
		select platform, name, name_zh, family, launched_from, closed_to from (` + q.tables["marts.platforms"] + `)
		union all
		select 'p' || i, 'Platform ' || i || repeat(' of many words', 30), null, 'twitter_style', date '2020-01-01', null from range(5000) t(i)`
	q.tables["results.series"] = `
		select platform, family, metric, "on", value, lo95, hi95, n_readings, n_sources, derived, best_trust, flags, effective_from, "precision", first_published_on
		from (` + q.tables["results.series"] + `)
		union all
		select 'p' || i, 'twitter_style', 'monthly_active_users', date '2025-01-31', 1000 + i, null, null, 1, 1, false, 'C', '', date '2025-01-01', 'month', date '2025-02-15'
		from range(5000) t(i)`
	q.tables["results.age_series"] = `
		select platform, metric, age_days, value, lo95, hi95, "on" from (` + q.tables["results.age_series"] + `)
		union all
		select 'p' || i, 'monthly_active_users', 1857, 1000 + i, null, null, date '2025-01-31' from range(5000) t(i)`
	q.tables["results.top_lists"] = `
		select platform, list, list_on, rank, account_id, display_name, category, followers, lo, hi, entries, source_url, complete
		from (` + q.tables["results.top_lists"] + `)
		union all
		select 'p' || i, 'l', date '2025-01-31', 1, 'a', 'A', null, 10, 10, 10, 1, null, true from range(5000) t(i)`
	q.tables["marts.events"] = `
		select platform, event_from, event_to, "precision", kind, status, parties, title, published_on, source_url, trust
		from (` + q.tables["marts.events"] + `)
		union all
		select 'p' || i, date '2020-01-01', date '2020-01-01', 'day', 'product', 'confirmed', null, 'launched', date '2020-01-01', null, null from range(5000) t(i)`
	return q
}

func TestThousandsOfPlatformsStayReadable(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "report")
	start := time.Now()
	mustBuild(t, crowd(t), options(dir))
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
	files := readAll(t, dir)
	if n := len(files["index.html"]); n > 2<<20 {
		t.Errorf("index.html has %d bytes, want at most 2 MB", n)
	}
	if n := len(files); n > 400 {
		t.Errorf("%d files", n)
	}
	if latest := string(files["tables/latest.csv"]); strings.Count(latest, "\n") < 5000 {
		t.Error("the file of latest figures leaves platforms out")
	}
}
