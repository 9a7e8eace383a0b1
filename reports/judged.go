package reports

import (
	"context"
	"strings"
)

// A judged is one row of results.quality_rules.
type judged struct {
	Rule, Looks, Consequence string
	Findings, Affected       int64
}

// rules lists every rule by which the data are judged, with what follows, also where it found nothing.
func (unknowns) rules(ctx context.Context, b *Book) (*Table, error) {
	all, err := collect[judged](ctx, b.store, `
		select rule, looks_for, consequence, findings, n_affected from results.quality_rules order by no`)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := &Table{ID: "quality-rules", Caption: "Every rule by which figures are judged, and what follows", Columns: []Column{
		{Key: "rule", Head: "Check"}, {Key: "looks_for", Head: "Looks for"}, {Key: "consequence", Head: "What follows"},
		{Key: "findings", Head: "Findings", Number: true}, {Key: "affected", Head: "Rows", Number: true},
	}}
	for _, r := range all {
		t.Rows = append(t.Rows, []Cell{
			coded(sentence(b.say(strings.ReplaceAll(r.Rule, "_", " "))), r.Rule), b.retold(r.Looks), b.retold(r.Consequence), integer(r.Findings), integer(r.Affected),
		})
	}
	return b.table(t)
}
