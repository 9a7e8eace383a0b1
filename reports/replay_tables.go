package reports

import (
	"context"
	"time"
)

// A growth reading is one row of results.overtake_evidence.
type evidence struct {
	Platform           string
	Account, Name      string
	From, To           *time.Time
	FromValue, ToValue *float64
	Growth             *float64 // log units per month
	Role, URL          string
}

// outcomes are what became of a published forecast, in words.
var outcomes = map[string]string{
	"held": word("it came true"), "possible": word("it may have come true"), "failed": word("it did not come true"), "open": word("not over yet"),
	"not_observed": word("nobody published figures that tell"),
}

// claims sets what others said beside what we say.
func (replay) claims(b *Book, v verdict) (*Table, error) {
	t := &Table{ID: "claims", Caption: "Who said what, and what our replay gives their window", Columns: []Column{
		{Key: "forecaster", Head: "Who"}, {Key: "made_on", Head: "When"}, {Key: "window", Head: "Window named"},
		{Key: "statement", Head: "In their words"},
		{Key: "ours_median", Head: "Ours", Hint: "as of the same day: median and 80 % interval", Number: true},
		{Key: "p_ours_in_window", Head: "In their window", Hint: "our probability", Number: true}, {Key: "outcome", Head: "Outcome"}, {Key: "source_url", Head: "Source"},
	}}
	for _, c := range b.claims {
		if c.Metric != v.Metric || c.Challenger != v.Challenger || c.Leader != v.Leader {
			continue
		}
		window := b.say("from %s", b.shortDay(c.From))
		if c.To != nil {
			window = b.span(c.From, *c.To)
		}
		ours := date(c.Median, b.shortDay)
		if c.Lo != nil && c.Hi != nil {
			ours.More = b.span(*c.Lo, *c.Hi)
		}
		t.Rows = append(t.Rows, []Cell{
			name(c.Forecaster), date(&c.Made, b.shortDay), {Text: window, Raw: window}, name(c.Statement),
			ours, number(c.PInWindow, b.probability), coded(b.say(outcomes[c.Outcome]), c.Outcome), cited(c.URL),
		})
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	return b.table(t)
}

// roles are the uses of evidence, in words.
var roles = map[string]string{
	"own_readings": word("its own figures"), "panel_account": word("an account of its top list"), "sister_metric": word("another count of its users"),
	"fitted_series": word("a trend fitted to its figures"),
}

// loadEvidence reads the accounts and totals from which growth was estimated.
func loadEvidence(ctx context.Context, b *Book, v verdict) ([]evidence, error) {
	return collect[evidence](ctx, b.store, `
		select platform, coalesce(account_id, ''), coalesce(account_name, account_id, ''), from_on, to_on, from_value, to_value, growth_month, coalesce(role, ''), coalesce(source_url, '')
		from results.overtake_evidence
		where cast(as_of as date) = ? and metric = ? and challenger = ? and leader = ?
		order by platform, account_id, from_on, to_on, source_url`, v.AsOf, v.Metric, v.Challenger, v.Leader)
}

// evidence lists them.
func (replay) evidence(b *Book, v verdict, all []evidence) (*Table, error) {
	if len(all) == 0 {
		return nil, nil
	}
	t := &Table{ID: "replay-evidence", Caption: "The readings behind the growth of each side", Show: 40, Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "account_id", Head: "Account or total"}, {Key: "from_on", Head: "From"}, {Key: "to_on", Head: "To"},
		{Key: "from_value", Head: "Before", Number: true}, {Key: "to_value", Head: "After", Number: true},
		{Key: "growth_month", Head: "A month", Number: true}, {Key: "role", Head: "Use"}, {Key: "source_url", Head: "Source"},
	}}
	for _, e := range all {
		who := coded(e.Name, e.Account)
		who.Name = true
		if e.Account == "" {
			who = coded(b.measure(v.Metric), v.Metric)
		}
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(e.Platform), e.Platform), who, date(e.From, b.shortDay), date(e.To, b.shortDay),
			number(e.FromValue, b.short), number(e.ToValue, b.short), number(e.Growth, b.logChange), coded(b.say(roles[e.Role]), e.Role), cited(e.URL),
		})
	}
	return b.table(t)
}
