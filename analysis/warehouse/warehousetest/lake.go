package warehousetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/marcboeker/go-duckdb/v2" // the lake is written by SQL

	"github.com/overtake-analytics/overtake/data"
)

// writeLake writes the shipped history as a lake, by SQL.
func writeLake(ctx context.Context, lake string) error {
	csv := filepath.Join(filepath.Dir(lake), "csv")
	if err := os.CopyFS(csv, data.History); err != nil {
		return err
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer db.Close()
	type file struct {
		Dataset string `json:"dataset"`
		Path    string `json:"path"`
		Rows    int64  `json:"rows"`
		Bytes   int    `json:"bytes"`
		SHA256  string `json:"sha256"`
	}
	var files []file
	for _, s := range strings.Split(macros, ";") {
		if _, err := db.ExecContext(ctx, strings.ReplaceAll(s, "$dir", csv+"/history")); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	for _, ds := range datasets {
		if _, err := db.ExecContext(ctx, "create or replace temp table x as "+ds.query); err != nil {
			return fmt.Errorf("%s: %w", ds.name, err)
		}
		rows, err := db.QueryContext(ctx, "select platform, count(*) from x group by 1 order by 1")
		if err != nil {
			return err
		}
		counts := map[string]int64{}
		for rows.Next() {
			var p string
			var n int64
			if err := rows.Scan(&p, &n); err != nil {
				return err
			}
			counts[p] = n
		}
		rows.Close()
		for p, n := range counts {
			rel := fmt.Sprintf("%s/platform=%s/day=2026-01-09", ds.name, p)
			if err := os.MkdirAll(filepath.Join(lake, rel), 0o755); err != nil {
				return err
			}
			rel += "/part-0.parquet"
			q := fmt.Sprintf("copy (select * exclude (platform), 'history' as source, 'journal:1' as page, timestamptz '2026-01-09 00:00:00+00' as ingested_at from x where platform = '%s') to '%s'", p, filepath.Join(lake, rel))
			if _, err := db.ExecContext(ctx, q); err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
			b, err := os.ReadFile(filepath.Join(lake, rel))
			if err != nil {
				return err
			}
			sum := sha256.Sum256(b)
			files = append(files, file{ds.name, rel, n, len(b), hex.EncodeToString(sum[:])})
		}
	}
	text, err := json.Marshal(map[string]any{"files": files})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(lake, "_commits"), 0o755); err != nil && err != fs.ErrExist {
		return err
	}
	return os.WriteFile(filepath.Join(lake, "_commits", "000001.json"), text, 0o644)
}

const macros = `
create table pm as select *, false as derived, 'history/platform_metrics.csv' as document from read_csv('$dir/platform_metrics.csv', all_varchar=true)
 union all by name select *, true as derived, 'history/derived_metrics.csv' as document from read_csv('$dir/derived_metrics.csv', all_varchar=true);
create table af as select *, 'history/account_followers.csv' as document from read_csv('$dir/account_followers.csv', all_varchar=true)
 union all by name select *, 'history/twitter_followers_wayback.csv' as document from read_csv('$dir/twitter_followers_wayback.csv', all_varchar=true);
create table ev as select *, 'history/events.csv' as document from read_csv('$dir/events.csv', all_varchar=true);
create table fc as select *, 'history/forecasts.csv' as document from read_csv('$dir/forecasts.csv', all_varchar=true);
create table acc as select *, row_number() over (partition by platform order by account) as account_no from (select platform, account, min(display_name) as display_name, min(category) as category from af group by 1, 2);
create macro d_from(d, p) as case p when 'week' then d::date - 6 when 'month' then date_trunc('month', d::date)::date when 'quarter' then date_trunc('quarter', d::date)::date when 'year' then date_trunc('year', d::date)::date else d::date end;
create macro zeros(v) as case when v::double % 1 <> 0 then 0 else length(v::hugeint::varchar) - length(rtrim(v::hugeint::varchar, '0')) end;
create macro stp(v) as case when zeros(v) >= 3 then power(10, zeros(v)) else 1.0 end`

var datasets = []struct{ name, query string }{
	{"attempts", `select 'all' as platform, 'history/' || file as document, true as replaces, null::varchar as url, null::integer as status, 'text/csv' as media_type, 1::bigint as bytes, 0.1::double as took_ms, null::varchar as error, timestamptz '2026-01-09 00:00:00+00' as fetched_at, 'history/v1' as decoder from (values ('platform_metrics.csv'), ('derived_metrics.csv'), ('account_followers.csv'), ('twitter_followers_wayback.csv'), ('events.csv'), ('forecasts.csv'), ('platforms.csv'), ('metrics.csv'), ('sources.csv')) v(file)`},
	{"platform_metrics", `select platform, metric as kind, value::double as value, stp(value) as step, case when stp(value) > 1 then 'round' else 'exact' end as mode, case when stp(value) > 1 then 'inferred' else 'exact' end as step_basis,
 value::double - case when stp(value) > 1 then stp(value)/2 else 0 end as lo, value::double + case when stp(value) > 1 then stp(value)/2 else 0 end as hi, unit, derived, d_from(as_of, precision) as effective_from, as_of::date as effective_to, precision, published_on::date as published_on, published_basis, null::timestamp as observed_at, source_url, source_title, note, document from pm`},
	{"snapshots", `select a.platform, acc.account_no, a.account as native_id, 'followers' as kind, followers::double as value, stp(followers) as step, case when stp(followers) > 1 then 'round' else 'exact' end as mode, case when stp(followers) > 1 then 'inferred' else 'exact' end as step_basis,
 followers::double - case when stp(followers) > 1 then stp(followers)/2 else 0 end as lo, followers::double + case when stp(followers) > 1 then stp(followers)/2 else 0 end as hi, d_from(as_of, precision) as effective_from, as_of::date as effective_to, precision, published_on::date as published_on, published_basis, null::timestamp as observed_at, source_url, null::varchar as source_title, note, document
 from af a join acc on acc.platform = a.platform and acc.account = a.account`},
	{"rankings", `select a.platform, a.platform || ' ' || as_of || ' ' || source_url as list, rank::integer as rank, acc.account_no, a.account as native_id, 'followers' as kind, followers::double as value, stp(followers) as step, case when stp(followers) > 1 then 'round' else 'exact' end as mode, case when stp(followers) > 1 then 'inferred' else 'exact' end as step_basis,
 followers::double - case when stp(followers) > 1 then stp(followers)/2 else 0 end as lo, followers::double + case when stp(followers) > 1 then stp(followers)/2 else 0 end as hi, d_from(as_of, precision) as effective_from, as_of::date as effective_to, precision, published_on::date as published_on, published_basis, null::timestamp as observed_at, source_url, null::varchar as source_title, note, document
 from af a join acc on acc.platform = a.platform and acc.account = a.account where rank is not null`},
	{"accounts", `select platform, account_no, account as native_id, account as handle, display_name, category, 'history/account_followers.csv' as document from acc`},
	{"events", `select platform, kind, status, parties, title, d_from(event_date, precision) as effective_from, event_date::date as effective_to, precision, published_on::date as published_on, published_basis, null::timestamp as observed_at, source_url, null::varchar as source_title, note, document from ev`},
	{"forecasts", `select 'all' as platform, forecaster, made_on::date as made_on, metric as kind, challenger, leader, window_start::date as window_from, window_end::date as window_to, statement, source_url, null::varchar as source_title, note, document from fc`},
	{"platforms", `select platform, platform as name, null::varchar as name_zh, case when platform like '%weibo' then 'weibo_style' else 'twitter_style' end as family, null::date as launched_from, null::date as launched_to, null::date as closed_from, null::date as closed_to, null::varchar as source_url, null::varchar as source_title, null::varchar as note, 'history/platforms.csv' as document
 from (select platform from pm union select platform from ev union select platform from af)`},
	{"metrics", `select 'all' as platform, metric as kind, min(unit) as unit, metric as name, null::varchar as name_zh, metric as definition, case when metric like '%pct' then 'share' else 'stock' end as measure, metric as compared_as, null::varchar as definition_url, 'history/metrics.csv' as document from (select metric, unit from pm union all select 'followers', 'followers') group by metric`},
	{"sources", `select 'all' as platform, source_url as url, min(source_title) as title, 'B' as trust, null::varchar as note, null::varchar as licence, 'history/sources.csv' as document from pm group by 2`},
}
