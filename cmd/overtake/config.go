package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/overtake-analytics/overtake/reports"
)

// defaultConfig is overtake.toml as "overtake init" writes it. It is also where the defaults come from, so that the
// file and the program cannot disagree.
//
//go:embed overtake.toml
var defaultConfig string

// configName is the file that marks a working folder.
const configName = "overtake.toml"

// A config is overtake.toml, typed. The comments in the embedded file document it.
type config struct {
	path    string // of the file it came from; empty for the defaults
	History struct {
		Use bool   `toml:"use"`
		Dir string `toml:"dir"`
	} `toml:"history"`
	Collect  collectConfig `toml:"collect"`
	Analysis struct {
		AsOf    string `toml:"as_of"`
		Seed    uint64 `toml:"seed"`
		Workers int    `toml:"workers"`
	} `toml:"analysis"`
	Warehouse struct {
		MemoryLimit string `toml:"memory_limit"`
		Threads     int    `toml:"threads"`
	} `toml:"warehouse"`
	Engine engineConfig `toml:"engine"`
	Reach  struct {
		SmallCell int64    `toml:"small_cell"`
		Memory    byteSize `toml:"memory"`
	} `toml:"reach"`
	Report struct {
		Dir      string `toml:"dir"`
		Lang     string `toml:"lang"`
		Template string `toml:"template"`
	} `toml:"report"`
	Run struct {
		OnFinish string `toml:"on_finish"`
	} `toml:"run"`
	Export struct {
		Title   string `toml:"title"`
		Author  string `toml:"author"`
		Licence string `toml:"licence"`
		KeyEnv  string `toml:"key_env"`
	} `toml:"export"`
}

// readConfig reads path over the defaults. Mistakes name the file, the key, the value and what was expected.
func readConfig(path string) (config, error) {
	var c config
	if _, err := toml.Decode(defaultConfig, &c); err != nil {
		return c, fmt.Errorf("embedded %s: %w", configName, err)
	}
	if path == "" {
		return c, nil
	}
	c.path = path
	meta, err := toml.DecodeFile(path, &c)
	var syntax toml.ParseError
	switch {
	case errors.As(err, &syntax):
		return c, usage{withHint(fmt.Errorf("%s: line %d: %s", path, syntax.Position.Line, syntax.Message),
			"overtake init %s writes a fresh one to compare with", filepath.Join(os.TempDir(), "overtake-example"))}
	case errors.Is(err, fs.ErrNotExist):
		return c, usage{withHint(fmt.Errorf("there is no configuration file %s", path), "overtake init %s", filepath.Dir(path))}
	case err != nil:
		return c, usage{fmt.Errorf("%s: %w", path, err)}
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return c, usage{withHint(fmt.Errorf("%s: unknown key %s", path, joinKeys(unknown)), "compare with the file that overtake init writes; keys are lower case, in their section")}
	}
	return c, c.check()
}

func joinKeys(keys []toml.Key) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.String()
	}
	return strings.Join(names, ", ")
}

// check reports the first value that cannot be used.
func (c config) check() error {
	bad := func(key string, got any, want string) error {
		return usage{fmt.Errorf("%s: %s = %#v, want %s", c.path, key, got, want)}
	}
	if _, err := c.asOf(); err != nil {
		return bad("analysis.as_of", c.Analysis.AsOf, `a day such as "2011-02-28", or "" for all there is`)
	}
	if c.Analysis.Workers < 0 {
		return bad("analysis.workers", c.Analysis.Workers, "0 (one a processor) or more")
	}
	if c.Warehouse.Threads < 0 {
		return bad("warehouse.threads", c.Warehouse.Threads, "0 (one a processor) or more")
	}
	if e := c.Engine.Name; e != engineDuckDB && e != engineTrino {
		return bad("engine.name", e, `"duckdb" or "trino"`)
	}
	if c.Reach.SmallCell < 1 {
		return bad("reach.small_cell", c.Reach.SmallCell, "1 (withhold nothing) or more")
	}
	if err := reports.CheckLang(c.Report.Lang); err != nil {
		return bad("report.lang", c.Report.Lang, `"en" or "zh"`)
	}
	if c.Report.Dir == "" {
		return bad("report.dir", c.Report.Dir, "a folder name")
	}
	return c.Collect.check(bad)
}

// asOf is the configured day, or zero.
func (c config) asOf() (time.Time, error) {
	if c.Analysis.AsOf == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, c.Analysis.AsOf)
}
