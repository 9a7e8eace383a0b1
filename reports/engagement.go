package reports

import (
	"context"
	"time"
)

// An engaged is one row of results.engagement: how much followers react to the top accounts' posts of a month.
type engaged struct {
	Platform                   string
	Month                      time.Time
	Accounts, Posts, Censored  int64
	Pooled, PooledLo, PooledHi *float64
	Mean, MeanLo, MeanHi       *float64
	Median, MedianLo, MedianHi *float64
	PerRegistered, PerMonthly  *float64
	Flags                      string
}

// engagement tells how much followers react, in the three ways that differ; nil where no posts were read.
func (b *Book) engagement(ctx context.Context) (*Table, error) {
	all, err := collect[engaged](ctx, b.store, `
		select platform, month, accounts, posts, censored, pooled, pooled_lo95, pooled_hi95, mean, mean_lo95, mean_hi95,
			median, median_lo95, median_hi95, interactions_per_registered, interactions_per_mau, coalesce(flags, '')
		from results.engagement
		where month <= ?
		order by month desc, platform`, b.AsOf)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := &Table{ID: "engagement", Caption: "Likes, reposts and replies to the hundred most-followed accounts, per follower and post", Show: 24, Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "month", Head: "Posts of"}, {Key: "accounts", Head: "Accounts", Number: true}, {Key: "posts", Head: "Posts", Number: true},
		{Key: "pooled", Head: "Pooled", Hint: "all reactions over all followers", Number: true}, {Key: "mean", Head: "Mean of posts", Number: true},
		{Key: "median", Head: "Median post", Number: true}, {Key: "per_registered", Head: "Reactions per registered account", Number: true},
		{Key: "per_mau", Head: "Reactions per monthly user", Number: true}, {Key: "flags", Head: "Mind"},
	}}
	for _, e := range all {
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(e.Platform), e.Platform), date(&e.Month, b.month), integer(e.Accounts), integer(e.Posts),
			b.estimate(e.Pooled, e.PooledLo, e.PooledHi, b.percent), b.estimate(e.Mean, e.MeanLo, e.MeanHi, b.percent),
			b.estimate(e.Median, e.MedianLo, e.MedianHi, b.percent), number(e.PerRegistered, ratio), number(e.PerMonthly, ratio),
			coded(b.flagWords(e.Flags), e.Flags),
		})
	}
	return b.table(t)
}
