package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/overtake-analytics/overtake/analysis/export"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

// exportCmd writes tables into a folder for others.
type exportCmd struct {
	Format []string `short:"f" default:"parquet" sep:"," placeholder:"FORMAT,..." help:"Some of ${exportFormats}. Default: ${default}."`
	Tables []string `short:"t" default:"marts.*,results.*" sep:"," placeholder:"TABLE,..." help:"Names of tables, or patterns such as results.*. Default: ${default}."`
	Out    string   `short:"o" required:"" placeholder:"DIR" help:"Folder to write into; it appears whole, or replaces an earlier export."`
	KeyEnv string   `name:"key-env" placeholder:"NAME" help:"Environment variable with the key for pseudonyms of followers. Default: export.key_env of the configuration."`
}

// Help shows examples.
func (exportCmd) Help() string {
	return `Beside the tables stand datapackage.json (Frictionless), croissant.json (schema.org) and CITATION.cff. xlsx and duckdb are one file
for all tables, the other formats one file each. Ids of followers are replaced by a keyed hash: with the same key the same in every export, without a key
by one that is drawn and forgotten. Rejected rows and requests are never exported.

Examples:
  overtake export --out for-colleagues
  overtake export --format csv,xlsx --tables marts.platform_readings,results.overtake --out press
  OVERTAKE_PSEUDONYM_KEY=$(cat key) overtake export --tables 'marts.*' --format duckdb --out archive`
}

// Run reads the published warehouse only.
func (c exportCmd) Run(a *app) error {
	if err := a.space.need(a.space.warehouse(), "warehouse"); err != nil {
		return err
	}
	key, err := c.key(a.conf.Export.KeyEnv)
	if err != nil {
		return err
	}
	db, err := warehouse.Open(a.ctx, a.space.warehouse())
	if err != nil {
		return err
	}
	defer db.Close()
	asOf, err := db.AsOf(a.ctx)
	if err != nil {
		return err
	}
	done, err := export.Write(a.ctx, db, export.Options{
		Dir: c.Out, Formats: c.Format, Tables: c.Tables, Key: key,
		Title: a.conf.Export.Title, Author: a.conf.Export.Author, Licence: a.conf.Export.Licence, AsOf: asOf.Format(time.DateOnly), Version: buildVersion(),
	})
	if err != nil {
		return err
	}
	if a.JSON {
		return writeJSON(a.std.out, done)
	}
	if done.Masked && !done.Kept {
		a.log.Warn("ids of followers were replaced under a key that is forgotten: set the environment variable of export.key_env to join exports")
	}
	_, err = fmt.Fprintf(a.std.out, "%s: %s, %d rows, %s in %s\n", c.Out, plural(int64(done.Tables), "table"), done.Rows, bytesText(done.Bytes), plural(int64(done.Files), "file"))
	return err
}

// key reads the key of pseudonyms. A variable that was named on the command line must be there.
func (c exportCmd) key(name string) ([]byte, error) {
	if c.KeyEnv != "" {
		name = c.KeyEnv
	}
	key := os.Getenv(name)
	if key == "" && c.KeyEnv != "" {
		return nil, usage{withHint(errors.New("the environment variable "+name+" is not set"), "export %s=$(openssl rand -hex 32), and keep the key", name)}
	}
	return []byte(key), nil
}
