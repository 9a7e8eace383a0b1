package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/models"
	"github.com/overtake-analytics/overtake/analysis/trino"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/ingest/lake"
)

// A draft is the next warehouse while it is made, in a file of DuckDB or on a Trino cluster.
type draft interface {
	analysis.Querier
	Notes() []string
	Load(context.Context) (analysis.LoadStats, error)
	BuildModels(context.Context) error
	RunJobs(context.Context, []analysis.Job, analysis.Env) error
	Check(context.Context) ([]models.CheckResult, error)
	Publish(context.Context) error
	AsOf(context.Context) (time.Time, error)
	AnalyzedAsOf() time.Time // zero: this draft has analyzed nothing
	Discard() error
}

// A published is a warehouse open for reading.
type published interface {
	analysis.Querier
	AsOf(context.Context) (time.Time, error)
	Checks(context.Context) ([]models.CheckResult, error)
	Close() error
}

// The engines.
const (
	engineDuckDB = "duckdb"
	engineTrino  = "trino"
)

// engineConfig is the section [engine].
type engineConfig struct {
	Name        string `toml:"name"`
	TrinoURL    string `toml:"trino_url"`
	Lake        string `toml:"lake"`
	PasswordEnv string `toml:"password_env"`
	TokenEnv    string `toml:"token_env"`
}

// onTrino reports whether the warehouse is that of a cluster.
func (a *app) onTrino() bool { return a.conf.Engine.Name == engineTrino }

// engineFlags lets the command line say more than the configuration.
func (g globals) engineFlags(c *engineConfig) error {
	if g.Engine != "" {
		c.Name = g.Engine
	}
	if g.TrinoURL != "" {
		c.TrinoURL = g.TrinoURL
		if g.Engine == "" {
			c.Name = engineTrino
		}
	}
	if c.Name == engineTrino && c.TrinoURL == "" {
		return usage{withHint(errors.New("the engine trino needs the address of the cluster"),
			"--trino-url https://user@host:8443/catalog/prefix, or engine.trino_url in %s", configName)}
	}
	return nil
}

// begin starts a draft with the engine that is configured.
func (a *app) begin() (draft, error) {
	if !a.onTrino() {
		return warehouse.Begin(a.ctx, a.warehouseOptions())
	}
	opt, err := a.trinoOptions()
	if err != nil {
		return nil, err
	}
	return trino.Begin(a.ctx, opt)
}

func (a *app) trinoOptions() (trino.Options, error) {
	address, err := a.trinoAddress()
	if err != nil {
		return trino.Options{}, err
	}
	lk, err := lake.Options{Log: a.log}.Open(a.space.lake())
	if err != nil {
		return trino.Options{}, err
	}
	w := a.warehouseOptions()
	opt := trino.Options{Address: address, Lake: a.conf.Engine.Lake, LocalLake: a.space.lake(), WriteTable: writeTable,
		AsOf: w.AsOf, Version: w.Version, Log: w.Log, Now: a.now}
	for _, f := range lk.Files() {
		opt.Files = append(opt.Files, trino.File{Dataset: f.Dataset, Path: f.Path, Rows: f.Rows, Bytes: f.Bytes})
	}
	return opt, nil
}

// trinoAddress reads the secrets from the environment.
func (a *app) trinoAddress() (trino.Address, error) {
	e := a.conf.Engine
	address := trino.Address{URL: e.TrinoURL}
	for _, s := range []struct {
		env string
		to  *string
	}{{e.PasswordEnv, &address.Password}, {e.TokenEnv, &address.Token}} {
		if s.env == "" {
			continue
		}
		if *s.to = os.Getenv(s.env); *s.to == "" {
			return address, usage{withHint(fmt.Errorf("the environment variable %s, which %s names for the cluster, is empty", s.env, configName), "export %s=...", s.env)}
		}
	}
	return address, nil
}

// openPublished opens what is published for reading.
func (a *app) openPublished() (published, error) {
	if a.onTrino() {
		address, err := a.trinoAddress()
		if err != nil {
			return nil, err
		}
		return trino.Open(a.ctx, address)
	}
	if err := a.space.need(a.space.warehouse(), "warehouse"); err != nil {
		return nil, err
	}
	return warehouse.Open(a.ctx, a.space.warehouse())
}

// writeTable hands rows of a job to the package that knows Parquet.
func writeTable(_ context.Context, path string, t analysis.Table) error {
	columns := make([]lake.TableColumn, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = lake.TableColumn{Name: c.Name, Type: c.Type, Comment: c.Comment}
	}
	return lake.WriteTable(path, columns, t.Rows)
}

// checkCluster looks at the cluster, its catalog and our rights there.
func (a *app) checkCluster() []finding {
	address, err := a.trinoAddress()
	if err != nil {
		return []finding{failed("cluster", "", err, "set the variable, or name another one in engine.password_env or engine.token_env")}
	}
	var all []finding
	for _, f := range trino.Examine(a.ctx, address) {
		if f.Err != nil {
			all = append(all, failed(f.Part, "", f.Err, f.Cure))
		} else {
			all = append(all, finding{Part: f.Part, OK: true, What: f.What})
		}
	}
	return all
}
