package forecast

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"strconv"
)

// RunOptions are the inputs and outputs of [RunBacktest] and [RunForecast]; the caller opens and closes files.
type RunOptions struct {
	Panel    io.Reader // CSV: unique_id,ds,y[,sd][,season][,observed]
	Example  string    // a panel of Examples instead
	History  fs.FS     // the shipped history, for Example "history"
	Tasks    io.Reader // CSV: unique_id,cutoff,h; nil = up to ten origins in the second half of each series (backtest only)
	Horizons []int     // steps ahead, for made-up tasks and for RunForecast (which gives 1..max of them); nil = 1,3,6
	Season   int       // season length in steps; 0 = as the panel says or found from the spacing; 1 = none
	Origins  int       // origins per series, for made-up tasks; 0 = ten
	Workers  int       // goroutines; never changes a digit
	Out      io.Writer // CSV: unique_id,cutoff,h,q0.1,q0.25,q0.5,q0.75,q0.9
	Ahead    io.Writer // of a backtest: forecasts from each series' last row, as RunForecast writes them; nil = none
	Report   io.Writer // scoreboard, warnings and refusals for people; nil = none
}

// A Summary says what a run did.
type Summary struct {
	Series, Forecasts int
	Warnings          []string
	Refusals          []Refusal
	Scores            []ScoreRow // of a backtest
}

// RunBacktest answers the tasks over the panel, writes the quantiles to Out, and scores those whose outcome the panel holds.
func RunBacktest(ctx context.Context, o RunOptions) (*Summary, error) {
	p, err := o.panel()
	if err != nil {
		return nil, err
	}
	var tasks []Task
	if o.Tasks != nil {
		if tasks, err = ReadTasks(o.Tasks); err != nil {
			return nil, err
		}
	} else if tasks = MakeTasks(p, o.horizons(), o.Origins); len(tasks) == 0 {
		return nil, fmt.Errorf("backtest: none of %d series is long enough: a series needs 9 steps, or give tasks", len(p.Series))
	}
	past := len(tasks)
	if o.Ahead != nil { // the same fits and records serve both
		tasks = append(tasks, aheadTasks(p, o.steps())...)
	}
	res, err := Backtest(ctx, p, tasks, Options{Season: o.Season, Workers: o.Workers})
	if err != nil {
		return nil, err
	}
	if o.Ahead != nil {
		if err := res.splitAhead(tasks[past:], o.Ahead); err != nil {
			return nil, err
		}
	}
	if err := WriteQuantiles(o.Out, res.Forecasts, Levels); err != nil {
		return nil, err
	}
	s := &Summary{Series: len(p.Series), Forecasts: len(res.Forecasts), Warnings: p.Warnings, Refusals: res.Refusals}
	if s.Scores, err = Scoreboard(p, res, Levels); err != nil {
		return nil, err
	}
	if err := s.print(o.Report); err != nil || o.Report == nil || o.Example != "families" {
		return s, err
	}
	return s, writeFamilies(o.Report, p, res)
}

// panel reads the input, or makes the example.
func (o RunOptions) panel() (*Panel, error) {
	if o.Example != "" {
		return Example(o.Example, o.History)
	}
	return ReadPanel(o.Panel)
}

// splitAhead takes the forecasts at the ends of the series, which answer the last tasks and are never refused, out of the result and writes them.
func (r *Result) splitAhead(tasks []Task, w io.Writer) error {
	n := len(r.Forecasts) - len(tasks)
	ahead := r.Forecasts[n:]
	r.Forecasts = r.Forecasts[:n]
	return writeForecasts(w, ahead, Levels, true)
}

// writeFamilies prints the scoreboard of each family of made-up series.
func writeFamilies(w io.Writer, p *Panel, res *Result) error {
	for _, f := range families {
		part := &Result{}
		for _, x := range res.Forecasts {
			if familyOf(x.ID) == f.name {
				part.Forecasts = append(part.Forecasts, x)
			}
		}
		rows, err := Scoreboard(p, part, Levels)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "\n%s\n", f.name[2:])
		if err := WriteScoreboard(w, rows); err != nil {
			return err
		}
	}
	return nil
}

// RunForecast looks ahead from the last row of each series and writes the quantiles of every step up to the largest horizon to Out, with the
// target's date, the candidates that carry it and flags in columns after the quantiles.
func RunForecast(ctx context.Context, o RunOptions) (*Summary, error) {
	p, err := o.panel()
	if err != nil {
		return nil, err
	}
	res, err := Ahead(ctx, p, o.steps(), Options{Season: o.Season, Workers: o.Workers})
	if err != nil {
		return nil, err
	}
	if err := writeForecasts(o.Out, res.Forecasts, Levels, true); err != nil {
		return nil, err
	}
	s := &Summary{Series: len(p.Series), Forecasts: len(res.Forecasts), Warnings: p.Warnings, Refusals: res.Refusals}
	return s, s.print(o.Report)
}

// Ahead forecasts every series from its last row.
func Ahead(ctx context.Context, p *Panel, hs []int, opt Options) (*Result, error) {
	res, err := Backtest(ctx, p, aheadTasks(p, hs), opt)
	if err != nil {
		return nil, err
	}
	for _, s := range p.Series {
		if len(s.Points) == 0 {
			res.Refusals = append(res.Refusals, Refusal{Task{ID: s.ID}, "no usable row"})
		}
	}
	return res, nil
}

// aheadTasks asks for steps after the last row of each series.
func aheadTasks(p *Panel, hs []int) []Task {
	var tasks []Task
	for _, s := range p.Series {
		if n := len(s.Points); n > 0 {
			for _, h := range hs {
				tasks = append(tasks, Task{ID: s.ID, Cutoff: s.Points[n-1].DS, T: s.Points[n-1].T, H: h})
			}
		}
	}
	return tasks
}

func (o RunOptions) horizons() []int {
	if len(o.Horizons) == 0 {
		return []int{1, 3, 6}
	}
	return o.Horizons
}

// steps gives 1 to the largest horizon.
func (o RunOptions) steps() []int {
	top := 0
	for _, h := range o.horizons() {
		top = max(top, h)
	}
	out := make([]int, min(top, maxHorizon))
	for i := range out {
		out[i] = i + 1
	}
	return out
}

// WriteQuantiles writes unique_id,cutoff,h and one column per level, named q0.1 and so on.
func WriteQuantiles(w io.Writer, fs []Forecast, probs []float64) error {
	return writeForecasts(w, fs, probs, false)
}

func writeForecasts(w io.Writer, fs []Forecast, probs []float64, words bool) error {
	b := bufio.NewWriter(w)
	c := csv.NewWriter(b)
	rec := []string{"unique_id", "cutoff", "h"}
	for _, p := range probs {
		rec = append(rec, "q"+strconv.FormatFloat(p, 'g', -1, 64))
	}
	if words {
		rec = append(rec, "ds", "model", "flags")
	}
	err := c.Write(rec)
	for _, f := range fs {
		if err != nil {
			break
		}
		rec = append(rec[:0], f.ID, f.Cutoff, strconv.Itoa(f.H))
		for _, q := range f.Q {
			rec = append(rec, strconv.FormatFloat(q, 'g', 10, 64))
		}
		if words {
			rec = append(rec, f.Target, f.Model, joinWords(f.Flags))
		}
		err = c.Write(rec)
	}
	c.Flush()
	for _, e := range []error{err, c.Error(), b.Flush()} {
		if e != nil {
			return fmt.Errorf("write quantiles: %w", e)
		}
	}
	return nil
}

func joinWords(s []string) string {
	out := ""
	for i, w := range s {
		if i > 0 {
			out += " "
		}
		out += w
	}
	return out
}

// print tells people what happened; the first few refusals by name.
func (s *Summary) print(w io.Writer) error {
	if w == nil {
		return nil
	}
	for _, m := range s.Warnings {
		fmt.Fprintln(w, "warning:", m)
	}
	const show = 5
	for i, r := range s.Refusals {
		if i == show {
			fmt.Fprintf(w, "refused: %d more tasks\n", len(s.Refusals)-show)
			break
		}
		about := r.ID
		if r.H > 0 {
			about = fmt.Sprintf("%s %s h=%d", r.ID, r.Cutoff, r.H)
		}
		fmt.Fprintf(w, "refused: %s: %s\n", about, r.Reason)
	}
	if len(s.Scores) > 0 {
		return WriteScoreboard(w, s.Scores)
	}
	_, err := fmt.Fprintf(w, "%d forecasts of %d series\n", s.Forecasts, s.Series)
	return err
}
