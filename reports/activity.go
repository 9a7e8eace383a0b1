package reports

import (
	"context"
	"slices"
	"strings"
	"time"
)

// A quotient is the latest row of results.activity for one platform and one kind of quotient.
type quotient struct {
	ID, Platform string
	On           time.Time
	Value        float64
	Lo, Hi       *float64
	Definition   string
	Flags        string
	URL          string
}

// quotients are those worth a line, in reading order, with their names.
var quotients = []struct{ id, name string }{
	{"dau_per_mau", word("daily users per monthly user")},
	{"mau_per_registered", word("monthly users per registered account")},
	{"dau_per_registered", word("daily users per registered account")},
	{"posts_a_day_per_dau", word("posts a day per daily user")},
	{"posts_a_day_per_mau", word("posts a day per monthly user")},
	{"posts_a_day_per_registered", word("posts a day per registered account")},
	{"top100_followers_per_registered", word("followers of the top 100 per registered account")},
	{"top100_followers_per_mau", word("followers of the top 100 per monthly user")},
}

// quotientName is a quotient in words.
func quotientName(id string) string {
	for _, q := range quotients {
		if q.id == id {
			return q.name
		}
	}
	return strings.ReplaceAll(id, "_", " ")
}

// activityTable shows how active the platforms' users are, as far as figures of both sides of a quotient are known.
func activityTable(ctx context.Context, b *Book) (*Table, error) {
	all, err := collect[quotient](ctx, b.store, `
		select quotient, platform, max("on"), max_by(value, "on"), max_by(lo95, "on"), max_by(hi95, "on"),
			coalesce(max_by(definition, "on"), ''), coalesce(max_by(flags, "on"), ''), coalesce(max_by(source_url, "on"), '')
		from results.activity
		where "on" <= ?
		group by 1, 2
		order by 1, 2`, b.AsOf)
	if err != nil {
		return nil, err
	}
	t := &Table{ID: "activity", Caption: "How active: the latest quotient of each kind", Columns: []Column{
		{Key: "quotient", Head: "Quotient"}, {Key: "platform", Head: "Platform"}, {Key: "on", Head: "On"},
		{Key: "value", Head: "Value", Number: true}, {Key: "interval95", Head: "95 % interval", Hint: "rounding and dispute alone", Number: true},
		{Key: "flags", Head: "Mind"}, {Key: "source_url", Head: "Source"},
	}}
	for _, kind := range quotients {
		for _, id := range b.order {
			i := slices.IndexFunc(all, func(q quotient) bool { return q.ID == kind.id && q.Platform == id })
			if i < 0 {
				continue
			}
			q := all[i]
			t.Rows = append(t.Rows, []Cell{
				coded(b.say(kind.name), q.ID), coded(b.platform(id), id), date(&q.On, b.shortDay), number(&q.Value, ratio), b.interval(q.Lo, q.Hi, ratio),
				coded(b.flagWords(q.Flags), q.Flags), cited(q.URL),
			})
		}
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	return b.table(t)
}

// ratio prints a quotient with three digits.
func ratio(v float64) string { return digits(v, 3) }

// flagWords writes flags as words: "different_sources,derived" becomes "different sources, derived".
func (l *locale) flagWords(flags string) string {
	var all []string
	for f := range strings.FieldsFuncSeq(flags, func(r rune) bool { return r == ',' }) {
		all = append(all, l.say(strings.TrimSpace(strings.ReplaceAll(f, "_", " "))))
	}
	return strings.Join(all, l.say(", "))
}
