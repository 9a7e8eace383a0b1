// Overtake compares microblog platforms: who is ahead, by how much, and when does that change?
//
// The program is one pipeline, each stage of which can be run on its own:
//
//	collect   sources -> journal     pages as served, checksummed, never changed (ingest, ingest/journal)
//	load      journal -> lake        decoded rows as Parquet files (ingest/lake)
//	          lake -> warehouse      new files into DuckDB, SQL models in order (analysis/warehouse, analysis/models)
//	analyze   warehouse -> results   one job per question (analysis/<question>)
//	report    results -> report      charts, tables and one HTML page (reports, reports/chart)
//
// "overtake run" does all of it. This package only wires: one file per command, each an options struct with a Run
// method. Words for people, exit codes and progress live here and nowhere else.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	os.Exit(run(ctx, os.Args[1:], stdio{out: os.Stdout, err: os.Stderr}))
}
