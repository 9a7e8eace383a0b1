package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/overtake-analytics/overtake/analysis/calibration"
)

// ledgerCmd shows the published forecasts.
type ledgerCmd struct {
	All bool `help:"Show every forecast, not only the newest of each kind."`
}

// Help shows examples.
func (ledgerCmd) Help() string {
	return `Every forecast of a run is kept, with the day on which it was made, the day up to which it saw, version and hash of the data. What has come due is
scored by the next run: results.calibration, results.forecast_scored, results.overtake_scored and results.nearer hold the outcome.

Examples:
  overtake forecast ledger
  overtake forecast ledger --all --json`
}

// Run reads the ledger and checks every line of it.
func (c ledgerCmd) Run(a *app) error {
	l, err := a.readLedger()
	if err != nil {
		return err
	}
	entries := l.Entries()
	if a.JSON {
		if entries == nil {
			entries = []calibration.Entry{}
		}
		return writeJSON(a.std.out, entries)
	}
	if len(entries) == 0 {
		_, err := fmt.Fprintf(a.std.out, "no forecast has been published from %s yet; overtake run publishes them\n", a.space.root)
		return err
	}
	return writeLedger(a.std.out, entries, c.All, a.now())
}

// newestEntries is how many forecasts are shown unless all are asked for.
const newestEntries = 40

func writeLedger(out io.Writer, entries []calibration.Entry, all bool, now time.Time) error {
	today := now.Format(time.DateOnly)
	ours, waiting, next := 0, 0, ""
	for _, e := range entries {
		if e.Forecaster == calibration.Us {
			ours++
		}
		if day := e.Due(); day > today {
			waiting++
			if next == "" || day < next {
				next = day
			}
		}
	}
	fmt.Fprintf(out, "%s of ours and %d of others; %d wait for their day", plural(int64(ours), "forecast"), len(entries)-ours, waiting)
	if next != "" {
		fmt.Fprintf(out, ", the next comes on %s", next)
	}
	fmt.Fprint(out, "\n\n")
	if skip := len(entries) - newestEntries; !all && skip > 0 {
		fmt.Fprintf(out, "(the newest %d; --all shows %d more)\n", newestEntries, skip)
		entries = entries[skip:]
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "MADE ON\tBY\tABOUT\tDAY\tFORECAST")
	for _, e := range entries {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.MadeAt.Format(time.DateOnly), visibleText(e.Forecaster), aboutEntry(e), dayOfEntry(e), saidByEntry(e))
	}
	return w.Flush()
}

func aboutEntry(e calibration.Entry) string {
	if e.Leader != "" {
		return fmt.Sprintf("%s passes %s, %s", e.Platform, e.Leader, e.Metric)
	}
	return e.Platform + " " + e.Metric
}

func dayOfEntry(e calibration.Entry) string {
	if !e.Stated() {
		return e.On
	}
	if e.To == "" {
		return "from " + e.From
	}
	return e.From + " to " + e.To
}

// saidByEntry is the forecast in a few figures.
func saidByEntry(e calibration.Entry) string {
	switch {
	case e.Stated() && e.P == nil:
		return visibleText(e.Statement)
	case e.P != nil && e.Question == "ahead_at":
		return fmt.Sprintf("%.1f %% ahead on the day", 100**e.P)
	case e.P != nil:
		return fmt.Sprintf("%.1f %%", 100**e.P)
	}
	n := len(e.Levels) - 1
	if n == 0 {
		return fmt.Sprintf("%.4g (%.3g quantile)", e.Quantiles[0], e.Levels[0])
	}
	return fmt.Sprintf("%.4g to %.4g (%.3g to %.3g quantile)", e.Quantiles[0], e.Quantiles[n], e.Levels[0], e.Levels[n])
}

// visibleText takes out what could move a terminal's cursor: forecasters are strangers.
func visibleText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, s)
}
