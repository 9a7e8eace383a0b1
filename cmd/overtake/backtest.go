package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/overtake-analytics/overtake/analysis/forecast"
	"github.com/overtake-analytics/overtake/data"
)

// backtestCmd forecasts the past of anybody's series and says how right that was.
type backtestCmd struct {
	Input   string `placeholder:"FILE" help:"The series, CSV with the columns unique_id,ds,y (dates or whole steps), optionally sd, season, observed; - reads standard input."`
	Example string `enum:",history,families,speed" default:"" placeholder:"NAME" help:"Take series that come with the program instead: history (the shipped history), families (made-up series of nine kinds) or speed (10,000 of 60 months)."`
	Tasks   string `placeholder:"FILE" help:"What to forecast, CSV with unique_id,cutoff,h: fit on rows up to cutoff, forecast the h-th step after it. Default: origins in the second half of each series."`
	Origins int    `default:"10" help:"Origins per series, where there is no file of tasks."`
	Horizon []int  `default:"1,3,6" help:"Steps ahead, where there is no file of tasks."`
	Season  int    `help:"Steps in a season; 0 finds it, 1 says there is none."`
	Out     string `short:"o" placeholder:"FILE" help:"Quantiles: unique_id,cutoff,h,q0.1,q0.25,q0.5,q0.75,q0.9. Default: the scoreboard only."`
	Ahead   string `placeholder:"FILE" help:"Also forecast from the end of each series, into this file."`
}

// Help shows examples.
func (backtestCmd) Help() string {
	return `No forecast sees a row after its cutoff. The scoreboard shows the mean absolute scaled error (MASE), the weighted interval score
relative to drift, and how often the 80 % intervals held the truth.

Examples:
  overtake backtest --input panel.csv --horizon 1,3,6 --out quantiles.csv
  overtake backtest --input panel.csv --tasks tasks.csv --out quantiles.csv --json
  overtake backtest --input panel.csv --origins 3 --out quantiles.csv --ahead forecasts.csv     fit, backtest and forecast in one go
  overtake backtest --example history                                                           how good we are on the shipped history`
}

// Run needs no working folder.
func (c backtestCmd) Run(a *app) error {
	if c.Input == "" && c.Example == "" {
		return usage{withHint(errors.New("which series? --input names a file, --example takes those that come with the program"), "overtake backtest --example history")}
	}
	if c.Input != "" && c.Example != "" {
		return usage{withHint(errors.New("--input or --example, not both"), "overtake backtest --help")}
	}
	if c.Origins < 1 {
		return usage{fmt.Errorf("--origins %d: want 1 or more", c.Origins)}
	}
	o := forecast.RunOptions{Horizons: c.Horizon, Season: c.Season, Origins: c.Origins, Example: c.Example, History: data.History}
	backtest := func(out string) error {
		if out == "" {
			out = os.DevNull
		}
		return a.onPanel(c.Input, c.Tasks, out, o, forecast.RunBacktest)
	}
	if c.Ahead == "" {
		return backtest(c.Out)
	}
	return writeWhole(c.Ahead, func(w io.Writer) error {
		o.Ahead = w
		return backtest(c.Out)
	})
}

// onPanel opens the files of a forecasting command and runs it. The output appears whole or not at all.
func (a *app) onPanel(input, tasks, out string, o forecast.RunOptions, do func(context.Context, forecast.RunOptions) (*forecast.Summary, error)) error {
	for _, h := range o.Horizons {
		if h < 1 {
			return usage{fmt.Errorf("--horizon %d: want 1 step or more", h)}
		}
	}
	o.Workers = a.conf.Analysis.Workers
	if o.Example == "" {
		in, err := openInput(input)
		if err != nil {
			return err
		}
		defer in.Close()
		o.Panel = in
	}
	if tasks != "" {
		t, err := openInput(tasks)
		if err != nil {
			return err
		}
		defer t.Close()
		o.Tasks = t
	}
	if !a.JSON && !a.Quiet {
		o.Report = a.std.err
		if out != "" {
			o.Report = a.std.out
		}
	}
	var s *forecast.Summary
	run := func(w io.Writer) (err error) {
		o.Out = w
		s, err = do(a.ctx, o)
		return err
	}
	if out == "" {
		if a.JSON {
			return usage{withHint(errors.New("--json prints the summary, and the quantiles go to standard output, too"), "name a file with --out")}
		}
		if err := run(a.std.out); err != nil {
			return err
		}
		return partlyRefused(s)
	}
	var err error
	if out == os.DevNull {
		err = run(io.Discard)
	} else {
		err = writeWhole(out, run)
	}
	if err != nil {
		return err
	}
	if a.JSON {
		if err := writeJSON(a.std.out, s); err != nil {
			return err
		}
	}
	return partlyRefused(s)
}

// partlyRefused makes a run partly done where some of what was asked for has no answer.
func partlyRefused(s *forecast.Summary) error {
	if n := int64(len(s.Refusals)); n > 0 {
		r := s.Refusals[0]
		return partly{fmt.Sprintf("%s without an answer, the first for %q: %s", plural(n, "task"), r.ID, r.Reason)}
	}
	return nil
}

// openInput opens a file, or standard input for -.
func openInput(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, usage{fmt.Errorf("open the input: %w", err)}
	}
	return f, nil
}
