package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

// queryCmd asks the warehouse.
type queryCmd struct {
	SQL    string `arg:"" optional:"" name:"sql" help:"The query; - or nothing reads it from standard input."`
	Format string `short:"f" default:"table" enum:"${formats}" help:"One of ${formats}."`
	Out    string `short:"o" placeholder:"FILE" help:"Write the answer into this file, which appears whole or not at all."`
}

// Help shows examples.
func (queryCmd) Help() string {
	return `The connection is read-only and sees no file but the warehouse. data/README.md describes the tables; so do "show all tables" and
"describe marts.platform_readings".

Examples:
  overtake query 'select platform, metric, "on", value from results.series order by platform, metric, "on" limit 5'
  overtake query --format csv 'select * from results.overtake' > overtake.csv
  echo 'select count(*) from marts.sources' | overtake query
  overtake query --format parquet --out lists.parquet 'select * from results.top_lists'`
}

// Run writes the answer to standard output or to a file.
func (c queryCmd) Run(a *app) error {
	text := c.SQL
	if text == "" || text == "-" {
		in, err := io.ReadAll(os.Stdin)
		if err != nil {
			return fmt.Errorf("read the query: %w", err)
		}
		text = string(in)
	}
	if strings.TrimSpace(text) == "" {
		return usage{withHint(errors.New("there is no query"), "overtake query 'select * from marts.platforms'")}
	}
	format := c.Format
	if a.JSON {
		format = "json"
	}
	db, err := a.openPublished()
	if err != nil {
		return err
	}
	defer db.Close()
	if c.Out == "" {
		return unknownTable(warehouse.Export(a.ctx, db, text, warehouse.Format(format), a.std.out))
	}
	return unknownTable(writeWhole(c.Out, func(w io.Writer) error { return warehouse.Export(a.ctx, db, text, warehouse.Format(format), w) }))
}

// unknownTable adds where to look to the error of a query that names what is not there.
func unknownTable(err error) error {
	switch {
	case err != nil && strings.Contains(err.Error(), "Catalog Error: Table"):
		return withHint(err, "overtake query 'show all tables'")
	case err != nil && strings.Contains(err.Error(), "Binder Error: Referenced column"):
		return withHint(err, "overtake query 'describe marts.platform_readings', or the table that you ask")
	}
	return err
}
