package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"testing/fstest"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/calibration"
	"github.com/overtake-analytics/overtake/analysis/forecast"
)

// keepForecasts writes a draft's forecasts into the ledger. Those of the same data, day and version are there already.
func (a *app) keepForecasts(d draft) error {
	p := calibration.Publication{MadeAt: a.now(), AsOf: d.AnalyzedAsOf(), Version: buildVersion()}
	if p.AsOf.IsZero() {
		return nil // nothing has been analyzed yet
	}
	var err error
	if p.DataHash, err = dataHash(a.ctx, d, p.AsOf); err != nil {
		return err
	}
	l, err := calibration.Open(a.space.ledger())
	if err != nil {
		return a.ledgerHint(err)
	}
	n, err := calibration.Record(a.ctx, d, l, p)
	a.log.Debug("ledger", "new", n)
	return err
}

// readLedger reads the ledger, empty where no forecast has been published yet.
func (a *app) readLedger() (*calibration.Ledger, error) {
	l, err := calibration.Read(a.space.ledger())
	return l, a.ledgerHint(err)
}

func (a *app) ledgerHint(err error) error {
	return withHint(err, "restore %s from a backup: forecasts once published cannot be made again", a.space.ledger())
}

// dataHash is a hash of the figures that a forecast as of a day may see: what they are and where they were read, not when we read them.
func dataHash(ctx context.Context, q analysis.Querier, asOf time.Time) (string, error) {
	const query = `
		select platform, metric, '' as account_id, effective_from, effective_to, published_on, value, step, mode, source_url
		from marts.platform_readings where published_on <= date '%[1]s'
		union all
		select platform, metric, account_id, effective_from, effective_to, published_on, value, step, mode, source_url
		from marts.account_readings where published_on <= date '%[1]s'`
	var seen []string // put into order here, so that every engine gives the same hash
	err := each(ctx, q, fmt.Sprintf(query, asOf.Format(time.DateOnly)), func(scan scanner) error {
		var text [5]string
		var days [3]time.Time
		var value, step float64
		if err := scan(&text[0], &text[1], &text[2], &days[0], &days[1], &days[2], &value, &step, &text[3], &text[4]); err != nil {
			return err
		}
		for i := range days {
			days[i] = days[i].UTC()
		}
		seen = append(seen, fmt.Sprintf("%q %v %v %q\n", text[:3], days, [2]float64{value, step}, text[3:]))
		return nil
	})
	if err != nil || len(seen) == 0 {
		return "", err
	}
	slices.Sort(seen)
	h := sha256.New()
	for _, line := range seen {
		_, _ = io.WriteString(h, line) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// withLedger tells the jobs that read the ledger where it is and what others forecast.
func (a *app) withLedger(list []analysis.Job) ([]analysis.Job, error) {
	l, err := a.readLedger()
	if err != nil {
		return nil, err
	}
	for i, j := range list {
		switch j.(type) {
		case calibration.Job:
			list[i] = calibration.Job{Ledger: a.space.ledger()}
		case forecast.Job:
			list[i] = forecast.Job{Claims: claimsOf(l.Entries())}
		}
	}
	return list, nil
}

// claimsOf are the values that others forecast.
func claimsOf(entries []calibration.Entry) []forecast.Claim {
	var out []forecast.Claim
	for _, e := range entries {
		if e.Forecaster == calibration.Us || len(e.Levels) == 0 {
			continue
		}
		on, err := time.Parse(time.DateOnly, e.On)
		if err == nil {
			out = append(out, forecast.Claim{Platform: e.Platform, Metric: e.Metric, MadeOn: e.MadeAt, On: on})
		}
	}
	return out
}

// statedName is the document of the statements that "forecast add" put into the ledger.
const statedName = "forecasts_of_the_ledger.csv"

// statedForecasts gives the statements in the ledger as a file in the layout of data/history/forecasts.csv, so that they go the way of all
// others: through journal and lake to the marts.
func (a *app) statedForecasts() ([]fs.FS, error) {
	l, err := a.readLedger()
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	rows := [][]string{{"forecaster", "made_on", "metric", "challenger", "leader", "window_start", "window_end", "statement", "source_url", "note"}}
	for _, e := range l.Entries() {
		if e.Stated() {
			rows = append(rows, []string{e.Forecaster, e.AsOf, e.Metric, e.Platform, e.Leader, e.From, e.To, e.Statement, e.Source, ""})
		}
	}
	if len(rows) == 1 {
		return nil, nil
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return []fs.FS{fstest.MapFS{statedName: {Data: text.Bytes(), Mode: 0o444}}}, nil
}
