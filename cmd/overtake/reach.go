package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/overtake-analytics/overtake/analysis/reach"
	"github.com/overtake-analytics/overtake/analysis/reach/study"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

// reachCmd asks how many people accounts reach.
type reachCmd struct {
	Platform []string `short:"p" placeholder:"NAME" help:"Platform, such as twitter. Several are compared per user, never added up."`
	Top      int      `default:"100" help:"The accounts with the most followers, so many."`
	Account  []string `short:"a" placeholder:"NAME" help:"These accounts instead: id, handle or name; may be repeated."`

	Format    string `short:"f" default:"table" enum:"table,csv,json" help:"One of table, csv, json."`
	Part      string `placeholder:"PART" help:"What csv prints: summary, frequency, order, overlap or accounts. Default: order where there is one, else summary."`
	SmallCell *int64 `placeholder:"N" help:"Withhold groups of fewer persons; 1 withholds none. Default: reach.small_cell of the configuration."`

	Memory  byteSize `placeholder:"4GiB" help:"Memory for the counting; default: reach.memory of the configuration. Where it does not allow exact figures, threshold samples are counted and their error is printed."`
	Sketch  bool     `help:"Count threshold samples of complete lists although exact figures would fit."`
	Threads int      `help:"0: one a processor. Changes the time, never a result."`
	Level   float64  `default:"0.95" help:"Probability of the intervals."`

	Sensitivity  float64 `group:"Fake or inactive followers" help:"Share of fakes that your test finds."`
	SensitivityN int     `group:"Fake or inactive followers" placeholder:"N" help:"Known fakes that say so."`
	Specificity  float64 `group:"Fake or inactive followers" help:"Share of real followers that your test leaves alone."`
	SpecificityN int     `group:"Fake or inactive followers" placeholder:"N" help:"Known real followers that say so."`
	Flagged      int     `group:"Fake or inactive followers" help:"Followers that your test flagged..."`
	Checked      int     `group:"Fake or inactive followers" help:"... of so many that it was tried on, drawn at random from the people reached."`
}

// Help shows examples.
func (reachCmd) Help() string {
	return `A sum of followers counts a person once for every account followed. This counts people: exactly where every follower list is complete,
else from random followers, else as bounds; it says which, and why no better method was possible.

Examples:
  overtake reach --platform twitter --top 100
  overtake reach -p twitter -a ladygaga -a katyperry --as-of 2011-05-03
  overtake reach -p twitter --format csv --part overlap > overlap.csv
  overtake reach -p twitter -p sina_weibo --json
  overtake reach -p twitter --flagged 62 --checked 400 --sensitivity 0.85 --sensitivity-n 200 --specificity 0.92 --specificity-n 300`
}

// Run reads the published warehouse and the lake.
func (c reachCmd) Run(a *app) error {
	if err := c.check(); err != nil {
		return err
	}
	db, err := a.openPublished()
	if err != nil {
		return err
	}
	defer db.Close()
	asOf := a.AsOf.Time
	if asOf.IsZero() {
		if asOf, err = db.AsOf(a.ctx); err != nil {
			return err
		}
		read, err := study.LastRead(a.ctx, db) // lists may have been imported since the last analysis
		if err != nil {
			return err
		}
		if read.After(asOf) {
			asOf = read
		}
	}
	small := a.conf.Reach.SmallCell
	if c.SmallCell != nil {
		small = *c.SmallCell
	}
	if c.Memory == 0 {
		c.Memory = a.conf.Reach.Memory
	}
	lists := a.followerLists()
	var answers []*study.Answer
	for _, p := range c.Platform {
		answer, err := study.Ask(a.ctx, db, lists, study.Request{
			Platform: p, Top: c.Top, Accounts: c.Account, AsOf: asOf, Level: c.Level, Small: small,
			Memory: int64(c.Memory), Threads: c.Threads, Sketch: c.Sketch, Flagged: c.Flagged, Checked: c.Checked,
			Test: reach.Classifier{Sensitivity: c.Sensitivity, Specificity: c.Specificity, SensitivityN: c.SensitivityN, SpecificityN: c.SpecificityN},
		})
		if errors.Is(err, study.ErrRequest) {
			return usage{withHint(err, `overtake query "select platform, account_id, handle, display_name from marts.accounts"`)}
		}
		if err != nil {
			return err
		}
		answers = append(answers, answer)
	}
	return c.write(a, answers)
}

// check refuses what cannot be asked.
func (c reachCmd) check() error {
	bad := func(format string, args ...any) error {
		return usage{withHint(fmt.Errorf(format, args...), "overtake reach --help")}
	}
	discount := []bool{c.Sensitivity > 0, c.SensitivityN > 0, c.Specificity > 0, c.SpecificityN > 0, c.Checked > 0}
	switch {
	case len(c.Platform) == 0:
		return usage{withHint(errors.New("which platform?"), "overtake reach --platform twitter")}
	case len(c.Platform) > 1 && len(c.Account) > 0:
		return bad("named accounts belong to one platform, and %d are named", len(c.Platform))
	case c.Top < 1:
		return bad("--top %d, want 1 or more", c.Top)
	case !(c.Level > 0 && c.Level < 1):
		return bad("--level %v, want a probability such as 0.95", c.Level)
	case c.SmallCell != nil && *c.SmallCell < 1:
		return bad("--small-cell %d, want 1 (withhold nothing) or more", *c.SmallCell)
	case c.Threads < 0:
		return bad("--threads %d, want 0 (one a processor) or more", c.Threads)
	case c.Part != "" && !slices.Contains(study.Parts, c.Part):
		return bad("--part %q, want one of %s", c.Part, strings.Join(study.Parts, ", "))
	case slices.Contains(discount, true) && slices.Contains(discount, false):
		return bad("a discount for fake followers needs --checked, --flagged, and the --sensitivity and --specificity of the test with the numbers of cases behind them (--sensitivity-n, --specificity-n): without them the figure is not worth printing")
	}
	return nil
}

// comparison is what several platforms give as JSON.
type comparison struct {
	Answers []*study.Answer `json:"answers"`
	Ratios  []study.Ratio   `json:"log_ratios"`
}

// write prints the answers.
func (c reachCmd) write(a *app, answers []*study.Answer) error {
	ratios, err := study.CompareAll(answers, c.Level)
	if err != nil {
		return err
	}
	switch {
	case (a.JSON || c.Format == "json") && len(answers) == 1:
		return writeJSON(a.std.out, answers[0])
	case a.JSON || c.Format == "json":
		return writeJSON(a.std.out, comparison{answers, ratios})
	case c.Format == "csv":
		return c.writeCSV(a.std.out, answers)
	}
	for i, answer := range answers {
		if i > 0 {
			fmt.Fprintln(a.std.out)
		}
		if err := answer.WriteText(a.std.out); err != nil {
			return err
		}
	}
	return study.WriteRatios(a.std.out, answers, ratios)
}

// writeCSV prints one part of every answer, with the platform as first column.
func (c reachCmd) writeCSV(out io.Writer, answers []*study.Answer) error {
	part := c.Part
	if part == "" {
		part = "order"
		if slices.ContainsFunc(answers, func(x *study.Answer) bool { return len(x.Order) == 0 }) {
			part = "summary"
		}
	}
	w := csv.NewWriter(out)
	for i, answer := range answers {
		header, rows := answer.Part(part)
		if i == 0 {
			rows = append([][]string{header}, rows...)
		}
		for j, row := range rows {
			first := answer.Platform
			if i == 0 && j == 0 {
				first = "platform"
			}
			cells := []string{first}
			for _, cell := range row {
				cells = append(cells, warehouse.Defuse(cell))
			}
			if err := w.Write(cells); err != nil {
				return err
			}
		}
	}
	w.Flush()
	return w.Error()
}
