package reports

import (
	"context"
	"io"
)

// stickiness is the section of the claim of 2011 that users of Sina Weibo came more often.
type stickiness struct{}

func (stickiness) ID() string    { return "stickiness" }
func (stickiness) Title() string { return "Were Weibo’s users “stickier” in 2011?" }

// A statement is one row of results.stickiness.
type statement struct{ Platform, Said, Text string }

func (s stickiness) Render(ctx context.Context, b *Book, w io.Writer) error {
	all, err := collect[statement](ctx, b.store, `
		select coalesce(platform, ''), said, statement
		from results.stickiness
		order by no`)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return b.empty(w, "No figure of 2011 that was published by the day of this report says how often users came.")
	}
	var v struct {
		Verdict          string
		Cannot, Compared []string
		Table            *Table
	}
	for _, s := range all {
		text := b.retell(s.Text)
		switch {
		case s.Platform == "" && s.Said == "cannot":
			v.Verdict = text
		case s.Platform == "":
			v.Compared = append(v.Compared, sentence(text))
		case s.Said == "cannot":
			v.Cannot = append(v.Cannot, text)
		}
	}
	if v.Table, err = s.table(ctx, b); err != nil {
		return err
	}
	return b.render(w, "stickiness", v)
}

// table lists every quotient of use that the figures of 2011 give.
func (stickiness) table(ctx context.Context, b *Book) (*Table, error) {
	all, err := collect[quotient](ctx, b.store, `
		select quotient, platform, "on", value, lo95, hi95, coalesce(definition, ''), coalesce(flags, ''), coalesce(source_url, '')
		from results.activity
		where "on" between date '2011-01-01' and date '2011-12-31' and value is not null
		order by quotient, platform, "on", source_url`)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := &Table{ID: "stickiness-figures", Caption: "What the figures of 2011 do say", Columns: []Column{
		{Key: "quotient", Head: "Quotient"}, {Key: "platform", Head: "Platform"}, {Key: "on", Head: "On"},
		{Key: "value", Head: "Value", Hint: "95 % interval from rounding and dispute alone", Number: true},
		{Key: "flags", Head: "Mind"}, {Key: "source_url", Head: "Source"},
	}}
	for _, q := range all {
		t.Rows = append(t.Rows, []Cell{
			coded(b.say(quotientName(q.ID)), q.ID), coded(b.platform(q.Platform), q.Platform), date(&q.On, b.shortDay),
			b.estimate(&q.Value, q.Lo, q.Hi, ratio), coded(b.flagWords(q.Flags), q.Flags), cited(q.URL),
		})
	}
	return b.table(t)
}
