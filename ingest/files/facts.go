package files

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/overtake-analytics/overtake/data"
	"github.com/overtake-analytics/overtake/ingest"
)

var (
	platformColumns   = strings.Split("platform,name,name_zh,family,launched_on,precision,closed_on,closed_precision,source_url,note", ",")
	metricFactColumns = strings.Split("kind,unit,name,name_zh,definition,measure,compared_as,definition_url", ",")
	sourceColumns     = strings.Split("url,title,trust,licence,note", ",")
	eventColumns      = strings.Split("platform,event_date,precision,published_on,published_basis,kind,status,parties,title,source_url,note", ",")
	forecastColumns   = strings.Split("forecaster,made_on,metric,challenger,leader,window_start,window_end,statement,source_url,note", ",")
)

// known are the platforms and metrics that the shipped platforms.csv and metrics.csv describe. A figure about anything
// else is a slip of the pen more often than news, so it goes to quarantine until it is described there.
type known struct {
	platform map[ingest.Platform]bool
	unit     map[ingest.Kind]string
}

var facts = sync.OnceValue(func() known {
	k := known{map[ingest.Platform]bool{}, map[ingest.Kind]string{}}
	read := func(name string, columns []string, use func(row)) {
		text, err := data.History.ReadFile("history/" + name)
		if err != nil {
			panic(err) // it is embedded
		}
		header := true
		for rec := range records(string(text), len(columns)) {
			if !header && rec.err == nil {
				use(row{rec, columns})
			}
			header = false
		}
	}
	read("platforms.csv", platformColumns, func(r row) { k.platform[ingest.Platform(r.get("platform"))] = true })
	read("metrics.csv", metricFactColumns, func(r row) { k.unit[ingest.Kind(r.get("kind"))] = r.get("unit") })
	return k
})

func knownPlatform(text string) (ingest.Platform, error) {
	p := ingest.Platform(text)
	if !facts().platform[p] {
		return "", fmt.Errorf("platform %q is none that overtake knows: data/history/platforms.csv lists them", text)
	}
	return p, nil
}

func knownMetric(text string) (ingest.Kind, error) {
	k := ingest.Kind(text)
	if _, ok := facts().unit[k]; !ok {
		return "", fmt.Errorf("metric %q is none that overtake knows: data/history/metrics.csv lists them", text)
	}
	return k, nil
}

// datingOf reads the date columns that the figures and events share; column names the day that the figure is about.
func datingOf(r row, column string) (ingest.Dating, error) {
	asOf, err := ingest.ParseDay(r.get(column))
	if err != nil {
		return ingest.Dating{}, fmt.Errorf("%s: %w", column, err)
	}
	from, to, err := ingest.Period(asOf, r.get("precision"))
	if err != nil {
		return ingest.Dating{}, err
	}
	published, err := ingest.ParseDay(r.get("published_on"))
	if err != nil {
		return ingest.Dating{}, fmt.Errorf("published_on: %w", err)
	}
	basis := r.get("published_basis")
	if basis == "" {
		return ingest.Dating{}, errors.New("published_basis is empty")
	}
	return ingest.Dating{From: from, To: to, Precision: r.get("precision"), PublishedOn: published, PublishedBasis: basis}, nil
}

func (d *decoder) eventRow(r row) error {
	platform, err := knownPlatform(r.get("platform"))
	if err != nil {
		return err
	}
	switch r.get("status") {
	case "confirmed", "planned", "rumour":
	default:
		return fmt.Errorf("status %q, want confirmed, planned or rumour", r.get("status"))
	}
	if r.get("kind") == "" || r.get("title") == "" {
		return errors.New("kind or title is empty")
	}
	dating, err := datingOf(r, "event_date")
	if err != nil {
		return err
	}
	d.rows.Events = append(d.rows.Events, ingest.Event{
		Platform: platform, Kind: r.get("kind"), Status: r.get("status"), Parties: r.get("parties"), Title: r.get("title"),
		Dating: dating, Evidence: ingest.Evidence{URL: r.get("source_url"), Note: r.get("note")},
	})
	return nil
}

func (d *decoder) forecastRow(r row) error {
	f := ingest.Forecast{
		Forecaster: r.get("forecaster"), Statement: r.get("statement"),
		Evidence: ingest.Evidence{URL: r.get("source_url"), Note: r.get("note")},
	}
	var err error
	if f.Kind, err = knownMetric(r.get("metric")); err != nil {
		return err
	}
	if f.Challenger, err = knownPlatform(r.get("challenger")); err != nil {
		return err
	}
	if f.Leader, err = knownPlatform(r.get("leader")); err != nil {
		return err
	}
	if f.MadeOn, err = ingest.ParseDay(r.get("made_on")); err != nil {
		return fmt.Errorf("made_on: %w", err)
	}
	if f.WindowFrom, err = ingest.ParseDay(r.get("window_start")); err != nil {
		return fmt.Errorf("window_start: %w", err)
	}
	if f.WindowTo, err = optionalDay(r.get("window_end")); err != nil {
		return fmt.Errorf("window_end: %w", err)
	}
	if !f.WindowTo.IsZero() && f.WindowTo.Before(f.WindowFrom) {
		return fmt.Errorf("window ends on %s, before it begins on %s", r.get("window_end"), r.get("window_start"))
	}
	d.rows.Forecasts = append(d.rows.Forecasts, f)
	return nil
}

func (d *decoder) platformRow(r row) error {
	f := ingest.PlatformFact{
		Platform: ingest.Platform(r.get("platform")), Name: r.get("name"), NameZH: r.get("name_zh"), Family: r.get("family"),
		Evidence: ingest.Evidence{URL: r.get("source_url"), Note: r.get("note")},
	}
	if !f.Platform.Valid() || f.Platform == ingest.AnyPlatform {
		return fmt.Errorf("platform %q, want lower-case letters, digits and underscores", f.Platform)
	}
	if f.Family != "weibo_style" && f.Family != "twitter_style" {
		return fmt.Errorf("family %q, want weibo_style or twitter_style", f.Family)
	}
	if f.Name == "" {
		return errors.New("name is empty")
	}
	var err error
	if f.LaunchedFrom, f.LaunchedTo, err = optionalPeriod(r.get("launched_on"), r.get("precision")); err != nil {
		return fmt.Errorf("launched_on: %w", err)
	}
	if f.ClosedFrom, f.ClosedTo, err = optionalPeriod(r.get("closed_on"), r.get("closed_precision")); err != nil {
		return fmt.Errorf("closed_on: %w", err)
	}
	d.rows.Platforms = append(d.rows.Platforms, f)
	return nil
}

func (d *decoder) metricFactRow(r row) error {
	f := ingest.MetricFact{
		Kind: ingest.Kind(r.get("kind")), Unit: r.get("unit"), Name: r.get("name"), NameZH: r.get("name_zh"),
		Definition: r.get("definition"), Measure: r.get("measure"), ComparedAs: r.get("compared_as"), DefinitionURL: r.get("definition_url"),
	}
	if !ingest.Platform(f.Kind).Valid() { // the same letters
		return fmt.Errorf("kind %q, want lower-case letters, digits and underscores", f.Kind)
	}
	if f.Unit == "" || f.Name == "" || f.Definition == "" {
		return errors.New("unit, name or definition is empty")
	}
	switch f.Measure {
	case "stock", "flow", "share":
	default:
		return fmt.Errorf("measure %q, want stock, flow or share", f.Measure)
	}
	d.rows.Metrics = append(d.rows.Metrics, f)
	return nil
}

func (d *decoder) sourceRow(r row) error {
	c := ingest.Citation{URL: r.get("url"), Title: r.get("title"), Trust: r.get("trust"), Note: r.get("note"), Licence: r.get("licence")}
	if c.URL == "" {
		return errors.New("url is empty")
	}
	switch c.Trust {
	case "A", "B", "C":
	default:
		return fmt.Errorf("trust %q, want A, B or C", c.Trust)
	}
	d.rows.Sources = append(d.rows.Sources, c)
	return nil
}

// optionalDay is ParseDay, and the zero time for an empty text.
func optionalDay(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return ingest.ParseDay(text)
}

func optionalPeriod(text, precision string) (from, to time.Time, err error) {
	day, err := optionalDay(text)
	if err != nil || day.IsZero() {
		return time.Time{}, time.Time{}, err
	}
	return ingest.Period(day, precision)
}
