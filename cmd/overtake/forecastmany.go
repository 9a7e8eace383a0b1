package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/overtake-analytics/overtake/analysis/overtake"
)

var editions = map[string]overtake.Edition{"full": overtake.Full, "first": overtake.First}

// many tells whether more than one pair or date is asked for.
func (c askCmd) many() bool { return len(c.Pair) > 0 || c.AllPairs || len(c.At) > 0 }

// runMany answers many pairs as of many dates, one row a question.
func (c askCmd) runMany(a *app) error {
	if c.Leader == "" && len(c.Pair) == 0 && !c.AllPairs {
		return usage{withHint(errors.New("which pairs? name two platforms, --pair or --all-pairs"), "overtake forecast ask --help")}
	}
	db, err := a.openPublished()
	if err != nil {
		return err
	}
	defer db.Close()
	requests, err := c.requests(a, db)
	if err != nil {
		return asUsage(err)
	}
	answers, err := overtake.Many(a.ctx, db, requests, a.conf.Analysis.Workers)
	if err != nil {
		return asUsage(err)
	}
	switch {
	case a.JSON:
		return writeJSON(a.std.out, answers)
	case c.Out != "":
		return writeWhole(c.Out, func(w io.Writer) error { return writeAnswers(answerCSV{csv.NewWriter(w)}, answers) })
	}
	return writeAnswers(&answerTable{tabwriter.NewWriter(a.std.out, 0, 0, 2, ' ', 0)}, answers)
}

func asUsage(err error) error {
	if errors.Is(err, overtake.ErrRequest) {
		return usage{err}
	}
	return err
}

// requests lists every pair on every date.
func (c askCmd) requests(a *app, db published) ([]overtake.Request, error) {
	dates := make([]time.Time, len(c.At))
	for i, d := range c.At {
		dates[i] = d.Time
	}
	if len(dates) == 0 {
		asOf := a.AsOf.Time
		if asOf.IsZero() {
			var err error
			if asOf, err = db.AsOf(a.ctx); err != nil {
				return nil, err
			}
		}
		dates = []time.Time{asOf}
	}
	var out []overtake.Request
	for _, day := range dates {
		pairs, err := c.pairs(a, db, day)
		if err != nil {
			return nil, err
		}
		for _, r := range pairs {
			r.Metric, r.AsOf, r.Seed, r.Paths = c.Metric, day, a.conf.Analysis.Seed, c.Paths
			r.Horizon, r.Corr, r.Edition = time.Duration(c.Years*365.25*24*float64(time.Hour)), c.Corr, editions[c.Edition]
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

func (c askCmd) pairs(a *app, db published, day time.Time) ([]overtake.Request, error) {
	if c.AllPairs {
		return overtake.Pairs(a.ctx, db, c.Metric, day)
	}
	var out []overtake.Request
	if c.Leader != "" {
		if c.Challenger == "" {
			return nil, fmt.Errorf("%w: who is to pass %s? name the challenger", overtake.ErrRequest, c.Leader)
		}
		out = append(out, overtake.Request{Leader: c.Leader, Challenger: c.Challenger})
	}
	for _, p := range c.Pair {
		leader, challenger, ok := strings.Cut(p, ":")
		if !ok {
			return nil, fmt.Errorf("%w: pair %q, want LEADER:CHALLENGER such as twitter:sina_weibo", overtake.ErrRequest, p)
		}
		out = append(out, overtake.Request{Leader: leader, Challenger: challenger})
	}
	return out, nil
}

// A answerWriter takes the rows of a table.
type answerWriter interface {
	row(cells ...string) error
	end() error
}

type answerCSV struct{ *csv.Writer }

func (w answerCSV) row(cells ...string) error { return w.Write(cells) }
func (w answerCSV) end() error                { w.Flush(); return w.Error() }

type answerTable struct{ *tabwriter.Writer }

func (w *answerTable) row(cells ...string) error {
	for i, c := range cells {
		if c == "" {
			cells[i] = "-"
		}
	}
	_, err := fmt.Fprintln(w, strings.Join(cells, "\t"))
	return err
}
func (w *answerTable) end() error { return w.Flush() }

// writeAnswers writes one row a question, and one with the reason where there is no forecast.
func writeAnswers(w answerWriter, answers []*overtake.Answer) error {
	if err := w.row("as_of", "metric", "leader", "challenger", "question", "p_ahead_now", "lo80_on", "median_on", "hi80_on", "p_within_1y", "p_within_2y", "p_never", "reason"); err != nil {
		return err
	}
	for _, a := range answers {
		head := []string{dayText(&a.AsOf), a.Metric, a.Leader.Platform, a.Challenger.Platform}
		if a.Now == nil {
			if err := w.row(append(head, "", "", "", "", "", "", "", "", a.Reason)...); err != nil {
				return err
			}
			continue
		}
		for _, q := range a.Questions {
			if err := w.row(append(slices.Clone(head), q.Question, share(a.Now.PChallengerAhead), dayText(q.Lo80), dayText(q.Median), dayText(q.Hi80),
				share(q.PWithin1Y), share(q.PWithin2Y), share(q.PNever), "")...); err != nil {
				return err
			}
		}
	}
	return w.end()
}

func share(p float64) string { return strconv.FormatFloat(p, 'f', 4, 64) }

func dayText(d *overtake.Day) string {
	if d == nil || d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}
