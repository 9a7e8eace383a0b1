package reports

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Scope narrows a report down to some platforms, kinds of count and years. The zero value is everything.
type Scope struct {
	Platforms []string  `json:"platforms,omitempty"` // keys of marts.platforms
	Metrics   []string  `json:"metrics,omitempty"`   // keys of marts.metrics
	Since     time.Time `json:"since,omitzero"`      // first day that figures, lists and events may be about
	Until     time.Time `json:"until,omitzero"`      // last day, included
}

// All reports whether the scope leaves nothing out.
func (s Scope) All() bool {
	return len(s.Platforms) == 0 && len(s.Metrics) == 0 && s.Since.IsZero() && s.Until.IsZero()
}

// A ScopeError says which part of a scope the warehouse does not have.
type ScopeError struct {
	Kind, Value string   // "platform" or "metric", and what was asked for
	Known       []string // what there is
}

func (e *ScopeError) Error() string {
	return fmt.Sprintf("there is no %s %q in the warehouse; it knows %s", e.Kind, e.Value, strings.Join(e.Known, ", "))
}

// check wants every platform and metric of the scope to be in the warehouse.
func (s Scope) check(n names) error {
	if !s.Since.IsZero() && !s.Until.IsZero() && s.Until.Before(s.Since) {
		return fmt.Errorf("the report would begin on %s and end before, on %s", s.Since.Format(time.DateOnly), s.Until.Format(time.DateOnly))
	}
	for _, p := range s.Platforms {
		if _, ok := n.platforms[p]; !ok {
			return &ScopeError{"platform", p, slices.Sorted(maps.Keys(n.platforms))}
		}
	}
	for _, m := range s.Metrics {
		if _, ok := n.measures[m]; !ok {
			return &ScopeError{"metric", m, slices.Sorted(maps.Keys(n.measures))}
		}
	}
	return nil
}

// dayColumns are the columns that say what day a row is about, the first that a table has counting. Tables of today's
// forecasts have none of them but "on", which the scope cuts as well.
var dayColumns = []string{"effective_to", "event_to", "event_on", "list_on", "to_on", "on"}

// always are the tables that a scope leaves whole: what things are called, how the data were read.
var always = map[string]bool{"marts.platforms": true, "marts.metrics": true, "marts.sources": true, "marts.quarantine": true}

// conditions are what a row of a table with these columns must satisfy to be within the scope, as SQL. Keys are quoted:
// check has found them in the warehouse, but not what they look like.
func (s Scope) conditions(table string, columns []string) []string {
	if s.All() || always[table] || strings.HasPrefix(table, "meta.") {
		return nil
	}
	has := func(c string) bool { return slices.Contains(columns, c) }
	var all []string
	if len(s.Platforms) > 0 {
		for _, c := range []string{"platform", "challenger", "leader"} {
			if has(c) {
				all = append(all, fmt.Sprintf("(%[1]s is null or %[1]s = '' or %[1]s in (%[2]s))", c, quoted(s.Platforms)))
			}
		}
		if has("platforms") { // a sum over platforms, which counts no others
			all = append(all, fmt.Sprintf("len(list_filter(string_split(platforms, ','), x -> trim(x) not in (%s))) = 0", quoted(s.Platforms)))
		}
	}
	if len(s.Metrics) > 0 && has("metric") {
		all = append(all, "metric in ("+quoted(s.Metrics)+")")
	}
	for _, c := range dayColumns {
		if !has(c) {
			continue
		}
		if !s.Since.IsZero() {
			all = append(all, fmt.Sprintf(`cast("%s" as date) >= date '%s'`, c, s.Since.Format(time.DateOnly)))
		}
		if !s.Until.IsZero() {
			all = append(all, fmt.Sprintf(`cast("%s" as date) <= date '%s'`, c, s.Until.Format(time.DateOnly)))
		}
		break
	}
	return all
}

func quoted(values []string) string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = "'" + strings.ReplaceAll(v, "'", "''") + "'"
	}
	return strings.Join(all, ", ")
}

// publishedColumns are those that say when a row became known. A report as of an early day shows no later rows.
var publishedColumns = []string{"published_on", "first_published_on"}

// coverageOf is marts.coverage over a part of the readings; the mart itself is made of all of them.
const coverageOf = `(
	with readings as (
		select platform, family, metric, effective_to, source_url, trust, derived from %s
		union all
		select platform, family, metric, effective_to, source_url, trust, false from %s
	),
	neighbours as (
		select platform, metric, effective_to, lag(effective_to) over (partition by platform, metric order by effective_to) as before_to
		from (select distinct platform, metric, effective_to from readings)
	)
	select c.*, g.longest_gap_days
	from (
		select platform, family, metric, min(effective_to) as first_on, max(effective_to) as last_on, count(*) as readings,
			count(distinct source_url) as sources, min(trust) as best_trust, max(trust) as worst_trust,
			cast(count(*) filter (where derived) as bigint) as derived_readings
		from readings group by platform, family, metric
	) c
	join (
		select platform, metric, max(date_diff('day', before_to, effective_to)) as longest_gap_days
		from neighbours group by platform, metric
	) g on g.platform = c.platform and g.metric = c.metric
)`

// narrow gives the store the limits of the report: what it may know, and what it was asked to show.
func (s *store) narrow(ctx context.Context, asOf time.Time, scope Scope) error {
	s.scope, s.asOf = scope, asOf
	if asOf.IsZero() || !s.known["marts.platform_readings"] {
		return nil
	}
	var later bool
	if err := s.scan(ctx, fmt.Sprintf("select count(*) > 0 from marts.platform_readings where published_on > date '%s'", asOf.Format(time.DateOnly)), &later); err != nil {
		return err
	}
	s.early = later
	return nil
}

// view is a table as the report may see it: its name where that is everything, else a select.
func (s *store) view(ctx context.Context, table string) (string, error) {
	if !s.early && s.scope.All() {
		return table, nil
	}
	s.reads.mu.Lock()
	defer s.reads.mu.Unlock()
	if v, ok := s.views[table]; ok {
		return v, nil
	}
	v, err := s.narrowed(ctx, table)
	if err == nil {
		s.views[table] = v
	}
	return v, err
}

func (s *store) narrowed(ctx context.Context, table string) (string, error) {
	columns, err := s.columns(ctx, table)
	if err != nil {
		return "", err
	}
	from, where := table, s.scope.conditions(table, columns)
	if table == "marts.coverage" && s.known["marts.platform_readings"] && s.known["marts.account_readings"] {
		platforms, err := s.narrowed(ctx, "marts.platform_readings")
		if err != nil {
			return "", err
		}
		accounts, err := s.narrowed(ctx, "marts.account_readings")
		return fmt.Sprintf(coverageOf, platforms, accounts), err
	}
	if s.early {
		for _, c := range publishedColumns {
			if slices.Contains(columns, c) {
				where = append(where, fmt.Sprintf("%s <= date '%s'", c, s.asOf.Format(time.DateOnly)))
				break
			}
		}
	}
	if len(where) == 0 {
		return from, nil
	}
	return fmt.Sprintf("(select * from %s where %s)", from, strings.Join(where, " and ")), nil
}

// columns asks what columns a table has.
func (s *store) columns(ctx context.Context, table string) ([]string, error) {
	rows, err := s.q.QueryContext(ctx, "select * from "+table+" limit 0")
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	defer rows.Close()
	return rows.Columns()
}

// scopeText says on the page what was left out.
func (b *Book) scopeText() string {
	s := b.scope
	if s.All() {
		return ""
	}
	var parts []string
	if len(s.Platforms) > 0 {
		var all []string
		for _, id := range s.Platforms {
			all = append(all, b.platform(id))
		}
		parts = append(parts, b.listed(all))
	}
	if len(s.Metrics) > 0 {
		var all []string
		for _, id := range s.Metrics {
			all = append(all, b.measure(id))
		}
		parts = append(parts, b.listed(all))
	}
	switch {
	case !s.Since.IsZero() && !s.Until.IsZero():
		parts = append(parts, b.say("%s to %s", b.day(s.Since), b.day(s.Until)))
	case !s.Since.IsZero():
		parts = append(parts, b.say("from %s", b.day(s.Since)))
	case !s.Until.IsZero():
		parts = append(parts, b.say("until %s", b.day(s.Until)))
	}
	return b.say("This report was asked for a part of the data only: %s.", strings.Join(parts, b.say("; ")))
}

// mains are the counts that the report compares platforms by: the usual ones, or those that it was asked for.
func (b *Book) mains() []string {
	if len(b.scope.Metrics) > 0 {
		return b.scope.Metrics
	}
	return mainMeasures
}
