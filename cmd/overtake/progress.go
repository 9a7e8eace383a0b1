package main

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows a run stage by stage: a bar on a terminal, one line per stage elsewhere.
type progress struct {
	bar *progressbar.ProgressBar // nil where standard error is no terminal
	log *slog.Logger

	told  map[string]int // quarters that within has told
	began time.Time      // of the stage
}

// newProgress expects as many stages as are going to be announced.
func (a *app) newProgress(stages int) *progress {
	p := &progress{log: a.log}
	if a.isTerm && !a.Quiet && !a.Verbose && a.LogFormat != "json" {
		p.bar = progressbar.NewOptions(stages,
			progressbar.OptionSetWriter(a.std.err),
			progressbar.OptionSetWidth(24),
			progressbar.OptionSetPredictTime(false),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSetDescription("overtake"),
		)
	}
	return p
}

// stage runs one stage and shows it. facts are attributes of the line that it leaves.
func (p *progress) stage(name string, do func() (facts []any, err error)) error {
	if p.bar != nil {
		p.bar.Describe(name)
	}
	start := time.Now()
	p.began = start
	facts, err := do()
	if err != nil {
		p.done()
		return err
	}
	if p.bar != nil {
		_ = p.bar.Add(1) // a terminal that cannot be written to is no reason to stop
	}
	p.log.Info(name, append(facts, "took", time.Since(start).Round(time.Millisecond))...)
	return nil
}

// describe says what a stage is at; on no terminal nobody looks.
func (p *progress) describe(line string) {
	if p.bar != nil {
		p.bar.Describe(line)
	}
}

func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

// within shows how far a long stage is: on the bar, or as a line at every quarter once it has taken some seconds. share is
// below 0 where nobody knows.
func (p *progress) within(what string, share float64) {
	percent := int(100 * share)
	switch {
	case p.bar != nil && share >= 0:
		p.bar.Describe(fmt.Sprintf("%s %d %%", what, percent))
	case p.bar != nil:
		p.bar.Describe(what)
	case share >= 0 && percent/25 > p.told[what] && time.Since(p.began) > 5*time.Second:
		if p.told == nil {
			p.told = map[string]int{}
		}
		p.told[what] = percent / 25
		p.log.Info(what, "percent", percent)
	}
}
