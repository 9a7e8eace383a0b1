package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

// TestOverlappedJobsGiveTheSameTables runs all jobs in turn and with one begun ahead.
func TestOverlappedJobsGiveTheSameTables(t *testing.T) {
	const ask = "select challenger, leader, metric, as_of, question, median_on, p_never from results.overtake order by all"
	inTurn, ahead := warehousetest.Analyzed(t, jobs()), func() analysis.Querier {
		list, end := overlapped(jobs())
		defer end()
		return warehousetest.Analyzed(t, list)
	}()
	if a, b := text(t, inTurn, ask), text(t, ahead, ask); a != b || len(a) == 0 {
		t.Errorf("in turn:\n%s\nwith one ahead:\n%s", a, b)
	}
}

// TestAheadEndsWithAFailure shows that a failing job leaves no goroutine behind.
func TestAheadEndsWithAFailure(t *testing.T) {
	broken := errors.New("broken")
	ahead := &jobAhead{Job: jobFunc(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })}
	first := starter{jobFunc(func(context.Context) error { return broken }), ahead}
	if _, err := first.Run(t.Context(), nil, analysis.Env{}); !errors.Is(err, broken) {
		t.Errorf("err = %v, want that of the first job", err)
	}
	ahead.end()
	if _, err := ahead.Run(t.Context(), nil, analysis.Env{}); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want that of the end", err)
	}
}

func text(t *testing.T, q analysis.Querier, query string) string {
	t.Helper()
	var out strings.Builder
	if err := warehouse.Export(t.Context(), q, query, warehouse.CSVFormat, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

type jobFunc func(context.Context) error

func (jobFunc) Name() string { return "func" }
func (f jobFunc) Run(ctx context.Context, _ analysis.Querier, _ analysis.Env) ([]analysis.Table, error) {
	return nil, f(ctx)
}
