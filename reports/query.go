package reports

import (
	"context"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

// A store is the warehouse as sections read it. It knows which tables exist, so that a table which no run has made yet
// reads as an empty one, and remembers which were read, so that the report can carry them as CSV.
type store struct {
	q     analysis.Querier
	known map[string]bool // "results.growth"
	*reads

	queries []string // asked by this part of the report, in order

	scope Scope
	asOf  time.Time
	early bool // the warehouse knows more than the report may
}

// reads are the tables that all parts of the report together have read.
type reads struct {
	mu    sync.Mutex
	read  map[string]bool
	views map[string]string // of tables that are shown in part
}

// fork is the same warehouse for one section, which keeps its own list of queries.
func (s *store) fork() *store {
	return &store{q: s.q, known: s.known, reads: s.reads, scope: s.scope, asOf: s.asOf, early: s.early}
}

func openStore(ctx context.Context, q analysis.Querier) (*store, error) {
	known, err := analysis.Tables(ctx, q)
	return &store{q: q, known: known, reads: &reads{read: map[string]bool{}, views: map[string]string{}}}, err
}

// tablesIn finds the tables that a query names. Queries of this package always write them with their schema.
var tablesIn = regexp.MustCompile(`\b(?:marts|results|meta)\.[a-z_]+\b`)

// has reports whether every table exists, and marks those that do as read.
func (s *store) has(tables ...string) bool {
	all := true
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range tables {
		switch {
		case !s.known[t]:
			all = false
		case !strings.HasPrefix(t, "meta."):
			s.read[t] = true
		}
	}
	return all
}

// tablesRead lists the tables that sections have read, sorted.
func (s *store) tablesRead() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for t := range s.read {
		names = append(names, t)
	}
	slices.Sort(names)
	return names
}

// collect runs a query and scans each row into the exported fields of T, in order; a column that may be NULL needs a
// pointer field. It gives no rows where a table of the query does not exist. Queries must end in a total order.
func collect[T any](ctx context.Context, s *store, query string, args ...any) ([]T, error) {
	tables := slices.Compact(slices.Sorted(slices.Values(tablesIn.FindAllString(query, -1))))
	if !s.has(tables...) {
		return nil, nil
	}
	views := map[string]string{}
	for _, t := range tables {
		v, err := s.view(ctx, t)
		if err != nil {
			return nil, err
		}
		views[t] = v
	}
	query = tablesIn.ReplaceAllStringFunc(query, func(t string) string { return views[t] })
	s.queries = append(s.queries, dedent(query))
	rows, err := s.q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read %v: %w", tables, err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var row T
		v := reflect.ValueOf(&row).Elem()
		into := make([]any, v.NumField())
		for i := range into {
			into[i] = v.Field(i).Addr().Interface()
		}
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("read %v: row %d: %w", tables, len(all)+1, err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read %v: %w", tables, err)
	}
	return all, nil
}

// dedent takes the indentation of our source code off a query.
func dedent(query string) string {
	lines := strings.Split(strings.Trim(query, "\n"), "\n")
	least := -1
	for _, l := range lines {
		if n := len(l) - len(strings.TrimLeft(l, "\t")); strings.TrimSpace(l) != "" && (least < 0 || n < least) {
			least = n
		}
	}
	for i, l := range lines {
		lines[i] = strings.TrimRight(l[min(max(least, 0), len(l)):], " \t")
	}
	return strings.TrimSpace(strings.ReplaceAll(strings.Join(lines, "\n"), "\t", "  "))
}

// scan reads the single row of a query.
func (s *store) scan(ctx context.Context, query string, into ...any) error {
	rows, err := s.q.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	defer rows.Close()
	if rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	return rows.Err()
}
