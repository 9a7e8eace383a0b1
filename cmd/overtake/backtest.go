package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/overtake-analytics/overtake/analysis/forecast"
)

// backtestCmd forecasts the past of anybody's series and says how right that was.
type backtestCmd struct {
	Input   string `required:"" placeholder:"FILE" help:"The series, CSV with the columns unique_id,ds,y (dates or whole steps), optionally sd, season, observed; - reads standard input."`
	Tasks   string `placeholder:"FILE" help:"What to forecast, CSV with unique_id,cutoff,h: fit on rows up to cutoff, forecast the h-th step after it. Default: up to ten origins in the second half of each series."`
	Horizon []int  `default:"1,3,6" help:"Steps ahead, where there is no file of tasks."`
	Season  int    `help:"Steps in a season; 0 finds it, 1 says there is none."`
	Out     string `short:"o" required:"" placeholder:"FILE" help:"Quantiles: unique_id,cutoff,h,q0.1,q0.25,q0.5,q0.75,q0.9."`
}

// Help shows examples.
func (backtestCmd) Help() string {
	return `No forecast sees a row after its cutoff. The scoreboard shows the mean absolute scaled error (MASE), the weighted interval score
relative to drift, and how often the 80 % intervals held the truth.

Examples:
  overtake backtest --input panel.csv --horizon 1,3,6 --out quantiles.csv
  overtake backtest --input panel.csv --tasks tasks.csv --out quantiles.csv --json`
}

// Run needs no working folder.
func (c backtestCmd) Run(a *app) error {
	return a.onPanel(c.Input, c.Tasks, c.Out, forecast.RunOptions{Horizons: c.Horizon, Season: c.Season}, forecast.RunBacktest)
}

// onPanel opens the files of a forecasting command and runs it. The output appears whole or not at all.
func (a *app) onPanel(input, tasks, out string, o forecast.RunOptions, do func(context.Context, forecast.RunOptions) (*forecast.Summary, error)) error {
	for _, h := range o.Horizons {
		if h < 1 {
			return usage{fmt.Errorf("--horizon %d: want 1 step or more", h)}
		}
	}
	in, err := openInput(input)
	if err != nil {
		return err
	}
	defer in.Close()
	o.Panel, o.Workers = in, a.conf.Analysis.Workers
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
		return run(a.std.out)
	}
	if err := writeWhole(out, run); err != nil {
		return err
	}
	if a.JSON {
		return writeJSON(a.std.out, s)
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
