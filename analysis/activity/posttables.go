package activity

import (
	"math"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

func engagementTable(rows []EngagementRow, d series.Data) analysis.Table {
	t := analysis.Table{
		Name:    "engagement",
		Comment: "How much followers react to the most-followed hundred accounts of a platform: one row per platform and month of posting. An interaction is a like, repost, reply or quote, as last seen; followers are those nearest to the time of posting. Only posts that had two days to gather reactions count.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "family", Type: "varchar", Comment: "weibo_style or twitter_style"},
			{Name: "month", Type: "date", Comment: "first day of the month in which the posts were made"},
			{Name: "accounts", Type: "bigint", Comment: "accounts whose posts count"},
			{Name: "posts", Type: "bigint", Comment: "posts that count"},
			{Name: "censored", Type: "bigint", Comment: "posts of which a count is only a lower bound (100万+)"},
			{Name: "pooled", Type: "double", Comment: "interactions over followers, both summed over posts: big accounts weigh more; a lower bound where censored is above 0"},
			{Name: "pooled_lo95", Type: "double", Comment: "lower end of its 95 % interval: bootstrap over accounts, and rounding"},
			{Name: "pooled_hi95", Type: "double", Comment: "upper end; null where it is unbounded or there are fewer than three accounts"},
			{Name: "mean", Type: "double", Comment: "mean over posts of interactions per follower; a lower bound where censored is above 0"},
			{Name: "mean_lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "mean_hi95", Type: "double", Comment: "upper end; null where unbounded"},
			{Name: "median", Type: "double", Comment: "median over posts of interactions per follower; exact while less than half of the posts are censored"},
			{Name: "median_lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "median_hi95", Type: "double", Comment: "upper end; null where unbounded"},
			{Name: "interactions", Type: "double", Comment: "sum over the posts; a lower bound where censored is above 0"},
			{Name: "interactions_per_registered", Type: "double", Comment: "that sum per account ever opened, nearest figure within 92 days of the month's end; null where none is known"},
			{Name: "interactions_per_mau", Type: "double", Comment: "that sum per monthly active user, nearest figure within 92 days of the month's end; null where none is known"},
			{Name: "definition", Type: "varchar", Comment: "what is divided by what, in words"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: censored, unripe_left_out, no_followers_known, followers_later, few_authors, few_points"},
		},
	}
	for _, r := range rows {
		row := []any{r.Platform, r.Family, r.Month, r.Authors, r.Posts, r.Censored}
		for _, e := range []measure.Estimate{r.Pooled, r.Mean, r.Median} {
			row = append(row, measure.Cells(e)...)
		}
		row = append(row, measure.Cell(r.Interactions.Point), perBase(r, d, "registered_users"), perBase(r, d, "monthly_active_users"),
			"likes, reposts, replies and quotes of a post over the followers of its author at the time of posting", r.Flags.String())
		t.Rows = append(t.Rows, row)
	}
	return t
}

// perBase is the interactions of a month per user of a base; nil where the base is not known near the month's end.
func perBase(r EngagementRow, d series.Data, metric string) any {
	s, ok := d.Find(r.Platform, metric)
	if !ok || !r.Interactions.Defined() {
		return nil
	}
	end, best, value := r.Month.AddDate(0, 1, -1), compareDays+0.5, measure.Estimate{}
	for _, p := range s.Points {
		if days := math.Abs(measure.DaysBetween(end, p.On)); days < best {
			best, value = days, p.Value
		}
	}
	if best > compareDays {
		return nil
	}
	q, err := PerUser(measure.Quantity{Kind: "interactions", Estimate: r.Interactions}, measure.Quantity{Kind: measure.Kind(metric), Estimate: value})
	if err != nil {
		return nil
	}
	return measure.Cell(q.Point)
}

func authorsTable(all []Author, asOf time.Time) analysis.Table {
	t := analysis.Table{
		Name:    "engagement_accounts",
		Comment: "Engagement of each of the most-followed hundred accounts of a platform over all its posts that count in results.engagement, the highest first; the rate of an account with few posts is drawn towards what is usual, so that chance tops no list.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "account_no", Type: "bigint", Comment: "number of the account within its platform: key of marts.accounts"},
			{Name: "display_name", Type: "varchar", Comment: "name as shown; written by strangers"},
			{Name: "posts", Type: "bigint", Comment: "posts that count"},
			{Name: "censored", Type: "bigint", Comment: "posts of which a count is only a lower bound"},
			{Name: "rate", Type: "double", Comment: "interactions over followers, both summed over posts; a lower bound where censored is above 0"},
			{Name: "shrunk_rate", Type: "double", Comment: "the same drawn towards the platform's usual by a beta distribution fitted to its accounts; null where these differ no more than chance"},
			{Name: "as_of", Type: "date", Comment: "last day whose readings were used"},
		},
	}
	for _, a := range all {
		t.Rows = append(t.Rows, []any{a.Platform, a.AccountNo, a.Name, a.Posts, a.Censored, measure.Cell(a.Rate), measure.Cell(a.Shrunk), asOf})
	}
	return t
}
