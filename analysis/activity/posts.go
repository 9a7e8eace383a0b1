package activity

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// The numbers of the engagement tables.
const (
	topAccounts   = 100 // the most-followed accounts whose posts count
	ripeDays      = 2   // days that a post must have had to gather reactions
	followersDays = 31  // how near to the post, in days, its author's followers must be known
	fewestAuthors = 3   // authors from which an interval is told
	engageDraws   = 400 // resamples of authors behind it
)

// The flags of the engagement tables.
const (
	Unripe         measure.Flag = "unripe_left_out"    // posts that had gathered reactions for less than ripeDays were left out
	NoFollowers    measure.Flag = "no_followers_known" // posts whose author's followers at the time are not known were left out
	FollowersLater measure.Flag = "followers_later"    // followers were read after the post, as none before it are known
	FewAuthors     measure.Flag = "few_authors"        // too few authors for an interval
)

// An AuthoredPost is a post with what is needed to tell its engagement: the followers that its author had when it was
// posted, or nearest to that.
type AuthoredPost struct {
	Platform, Family string
	AccountNo        int64
	Author           string
	PostedAt, SeenAt time.Time
	Post
	Later bool // Followers were read after the post
}

// An EngagementRow is the engagement of the top accounts of a platform over the posts of a month.
type EngagementRow struct {
	Platform, Family string
	Month            time.Time // its first day
	Authors          int
	Engagement
	Interactions measure.Estimate // sum over the posts
	Flags        measure.Flags
}

// Engagements tells the engagement of each platform and month of posting from the ripe posts whose author's followers
// are known. Intervals are those of a bootstrap over authors, because the posts of one author are alike; lower bounds
// among the counts leave them open upwards.
func Engagements(posts []AuthoredPost, seed uint64) ([]EngagementRow, error) {
	byMonth := map[string][]AuthoredPost{}
	for _, p := range posts {
		key := p.Platform + " " + p.PostedAt.UTC().Format("2006-01")
		byMonth[key] = append(byMonth[key], p)
	}
	var out []EngagementRow
	for _, key := range sorted(byMonth) {
		all := byMonth[key]
		at := all[0].PostedAt.UTC()
		row := EngagementRow{Platform: all[0].Platform, Family: all[0].Family, Month: time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)}
		usable := row.usable(all)
		if len(usable) == 0 {
			row.Pooled, row.Mean, row.Median = measure.Undefined("engagement"), measure.Undefined("engagement"), measure.Undefined("engagement")
			row.Interactions = measure.Undefined("engagement")
			row.Flags = row.Flags.With(measure.FewPoints)
			out = append(out, row)
			continue
		}
		if err := row.engage(usable, measure.Stream(seed, "engagement "+key).Uint64()); err != nil {
			return nil, fmt.Errorf("engagement of %s: %w", key, err)
		}
		out = append(out, row)
	}
	return out, nil
}

// usable are the posts that count, by the printed rules.
func (r *EngagementRow) usable(all []AuthoredPost) []AuthoredPost {
	var out []AuthoredPost
	for _, p := range all {
		switch {
		case p.SeenAt.Sub(p.PostedAt) < ripeDays*24*time.Hour:
			r.Flags = r.Flags.With(Unripe)
		case !(p.Followers > 0) || !measure.Finite(p.Interactions.Value):
			r.Flags = r.Flags.With(NoFollowers)
		default:
			if p.Later {
				r.Flags = r.Flags.With(FollowersLater)
			}
			out = append(out, p)
		}
	}
	return out
}

func (r *EngagementRow) engage(posts []AuthoredPost, seed uint64) error {
	byAuthor := map[int64][]Post{}
	var plain []Post
	var counts []measure.Reading
	for _, p := range posts {
		byAuthor[p.AccountNo] = append(byAuthor[p.AccountNo], p.Post)
		plain, counts = append(plain, p.Post), append(counts, p.Interactions)
	}
	var err error
	if r.Engagement, err = Engage(plain); err != nil {
		return err
	}
	r.Authors = len(byAuthor)
	r.Interactions = measure.Mean(counts).Scale(float64(len(counts)))
	if r.Censored > 0 {
		r.Flags = r.Flags.With(measure.Censored)
	}
	if r.Authors < fewestAuthors {
		r.Flags = r.Flags.With(FewAuthors)
		return nil
	}
	authors := make([][]Post, 0, len(byAuthor))
	for _, no := range sorted(byAuthor) {
		authors = append(authors, byAuthor[no])
	}
	for i, pick := range []func(Engagement) *measure.Estimate{
		func(e Engagement) *measure.Estimate { return &e.Pooled },
		func(e Engagement) *measure.Estimate { return &e.Mean },
		func(e Engagement) *measure.Estimate { return &e.Median },
	} {
		e := []*measure.Estimate{&r.Pooled, &r.Mean, &r.Median}[i]
		low := bootstrapAuthors(authors, func(x Engagement) float64 { return pick(x).Lo }, seed+uint64(i))
		high := bootstrapAuthors(authors, func(x Engagement) float64 { return min(pick(x).Hi, unbounded) }, seed+uint64(i))
		e.SD, e.Level = math.NaN(), 0.95
		e.Lo, e.Hi = min(e.Lo, low.Lo), max(e.Hi, high.Hi)
		if e.Hi >= unbounded {
			e.Hi = math.Inf(1)
		}
	}
	return nil
}

// unbounded stands for the upper end of a lower bound where numbers must be finite.
const unbounded = math.MaxFloat64 / 4

func bootstrapAuthors(authors [][]Post, pick func(Engagement) float64, seed uint64) measure.Estimate {
	index := make([]float64, len(authors))
	for i := range index {
		index[i] = float64(i)
	}
	return measure.Bootstrap(index, func(sample []float64) float64 {
		var posts []Post
		for _, i := range sample {
			posts = append(posts, authors[int(i)]...)
		}
		e, err := Engage(posts)
		if err != nil {
			return math.NaN()
		}
		return pick(e)
	}, engageDraws, 0.95, measure.Stream(seed, "authors"))
}

// loadPosts reads the posts of the most-followed accounts of each platform, their interactions (likes, reposts, replies
// and quotes, as last seen) summed, with the followers nearest to the time of posting, those before it first.
func loadPosts(ctx context.Context, q analysis.Querier, asOf time.Time) ([]AuthoredPost, error) {
	rows, err := q.QueryContext(ctx, `
		with reactions as (
			select platform, account_no, post_id, min(display_name) as author, min(posted_at) as posted_at, max(observed_at) as seen_at,
				sum(value) as value, sum(lo) as lo, sum(coalesce(hi, lo)) as hi, max(case when mode = 'censored_right' then 1 else 0 end) as censored
			from marts.posts
			where metric in ('likes', 'reposts', 'replies', 'quotes') and posted_at is not null and cast(observed_at as date) <= cast(? as date)
			group by platform, account_no, post_id
		),
		latest as (
			select platform, account_no, max_by(value, effective_to) as followers
			from marts.account_readings
			where metric = 'followers' and published_on <= cast(? as date)
			group by platform, account_no
		),
		top as (
			select platform, account_no, row_number() over (partition by platform order by followers desc, account_no) as place from latest
		),
		candidates as (
			select r.platform, r.account_no, r.post_id, a.value as followers, a.effective_to,
				row_number() over (
					partition by r.platform, r.account_no, r.post_id
					order by case when a.effective_to <= cast(r.posted_at as date) then 0 else 1 end,
						abs(date_diff('day', a.effective_to, cast(r.posted_at as date))), a.value
				) as choice
			from reactions r
			join marts.account_readings a on a.platform = r.platform and a.account_no = r.account_no and a.metric = 'followers'
				and a.published_on <= cast(? as date)
				and abs(date_diff('day', a.effective_to, cast(r.posted_at as date))) <= `+fmt.Sprint(followersDays)+`
		)
		select r.platform, coalesce(p.family, ''), r.account_no, r.author, r.posted_at, r.seen_at, r.value, r.lo, r.hi, r.censored,
			coalesce(c.followers, 0), coalesce(c.effective_to > cast(r.posted_at as date), false)
		from reactions r
		join top t on t.platform = r.platform and t.account_no = r.account_no and t.place <= `+fmt.Sprint(topAccounts)+`
		left join marts.platforms p on p.platform = r.platform
		left join candidates c on c.platform = r.platform and c.account_no = r.account_no and c.post_id = r.post_id and c.choice = 1
		order by r.platform, r.posted_at, r.account_no, r.post_id`, asOf, asOf, asOf)
	if err != nil {
		return nil, fmt.Errorf("load posts: %w", err)
	}
	defer rows.Close()
	var out []AuthoredPost
	for rows.Next() {
		var p AuthoredPost
		var censored int64
		r := &p.Interactions
		if err := rows.Scan(&p.Platform, &p.Family, &p.AccountNo, &p.Author, &p.PostedAt, &p.SeenAt, &r.Value, &r.Lo, &r.Hi, &censored,
			&p.Followers, &p.Later); err != nil {
			return nil, fmt.Errorf("load posts: %w", err)
		}
		r.Mode, r.Step = measure.Exact, r.Hi-r.Lo
		switch {
		case censored > 0:
			r.Mode, r.Hi = measure.CensoredRight, math.Inf(1)
		case r.Step > 0:
			r.Mode, r.Value = measure.Round, (r.Lo+r.Hi)/2
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// An Author is the engagement of one account over all its posts, with its rate drawn towards what is usual.
type Author struct {
	Platform, Name         string
	AccountNo              int64
	Posts, Censored        int
	Interactions, Exposure float64 // summed over posts: interactions, followers
	Rate, Shrunk           float64 // Shrunk is NaN where the accounts do not differ beyond chance
}

// Authors are the engagement rates of accounts, the highest shrunk rate first within each platform.
func Authors(posts []AuthoredPost) []Author {
	byKey := map[string]*Author{}
	var row EngagementRow
	for _, p := range row.usable(posts) {
		key := fmt.Sprintf("%s %020d", p.Platform, p.AccountNo)
		a := byKey[key]
		if a == nil {
			a = &Author{Platform: p.Platform, Name: p.Author, AccountNo: p.AccountNo, Shrunk: math.NaN()}
			byKey[key] = a
		}
		a.Posts++
		if p.Interactions.Mode == measure.CensoredRight {
			a.Censored++
		}
		a.Interactions, a.Exposure = a.Interactions+p.Interactions.Value, a.Exposure+p.Followers
	}
	byPlatform := map[string][]Author{}
	for _, key := range sorted(byKey) {
		a := byKey[key]
		a.Rate = a.Interactions / a.Exposure
		byPlatform[a.Platform] = append(byPlatform[a.Platform], *a)
	}
	var out []Author
	for _, platform := range sorted(byPlatform) {
		all := byPlatform[platform]
		shrinkAll(all)
		slices.SortStableFunc(all, func(x, y Author) int { return cmp.Compare(y.best(), x.best()) })
		out = append(out, all...)
	}
	return out
}

func (a Author) best() float64 {
	if math.IsNaN(a.Shrunk) {
		return a.Rate
	}
	return a.Shrunk
}

func shrinkAll(all []Author) {
	k, n := make([]float64, len(all)), make([]float64, len(all))
	for i, a := range all {
		k[i], n[i] = a.Interactions, a.Exposure
	}
	a, b, ok := FitBeta(k, n)
	if !ok {
		return
	}
	for i := range all {
		if s, err := Shrink(k[i], n[i], a, b); err == nil {
			all[i].Shrunk = s
		}
	}
}
