package files

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

var (
	metricColumns  = strings.Split("platform,metric,as_of,precision,published_on,published_basis,value,unit,source_url,source_title,note", ",")
	accountColumns = strings.Split("platform,account,display_name,as_of,precision,published_on,published_basis,followers,rank,category,source_url,note", ",")
	waybackColumns = strings.Split("platform,account,display_name,as_of,precision,published_on,published_basis,followers,memento_url,source_url,note", ",")
	blueskyColumns = strings.Split("as_of,total_users,total_posts,total_follows,total_likes,users_per_second,last_update_time,source_url", ",")
)

// percent is the unit of shares; it has no smallest whole count, so that a share is never exact.
const percent = "percent"

// A group is what one source prints about one thing: its figures share a step.
type group struct{ platform, kind, url string }

// A pendingMetric waits until all figures of its group are known.
type pendingMetric struct {
	rec    record
	value  string
	metric ingest.PlatformMetric
}

// A pendingAccount is the same for one account's follower count.
type pendingAccount struct {
	rec      record
	value    string
	exact    bool // an archived display of the full count
	rank     int  // 0 without one
	account  ingest.Account
	snapshot ingest.Snapshot
}

func (d *decoder) metricRow(r row) error {
	platform, err := knownPlatform(r.get("platform"))
	if err != nil {
		return err
	}
	kind, err := knownMetric(r.get("metric"))
	if err != nil {
		return err
	}
	if unit := r.get("unit"); unit != facts().unit[kind] {
		return fmt.Errorf("unit %q of %s, want %q as in metrics.csv", unit, kind, facts().unit[kind])
	}
	if _, err := ingest.ParseNumber(r.get("value")); err != nil {
		return fmt.Errorf("value: %w", err)
	}
	dating, err := datingOf(r, "as_of")
	if err != nil {
		return err
	}
	d.metrics = append(d.metrics, pendingMetric{r.record, r.get("value"), ingest.PlatformMetric{
		Platform: platform,
		Reading:  ingest.Reading{Kind: kind},
		Unit:     r.get("unit"),
		Derived:  d.derived,
		Dating:   dating,
		Evidence: ingest.Evidence{URL: r.get("source_url"), Title: r.get("source_title"), Note: r.get("note")},
	}})
	return nil
}

// finishMetrics gives each figure its step: from its formula where it is derived and has one, else from its group.
func (d *decoder) finishMetrics() {
	groups := map[group][]int{}
	for i, p := range d.metrics {
		g := group{string(p.metric.Platform), string(p.metric.Kind), p.metric.URL}
		groups[g] = append(groups[g], i)
	}
	steps := stepsOf(groups, func(i int) string { return d.metrics[i].value })
	for i, p := range d.metrics {
		m := p.metric
		var err error
		if r, ok := derivedReading(m, p.value); ok {
			m.Reading = r
		} else {
			step := steps[i]
			if m.Derived {
				step = max(step, derivedStep(p.value))
			}
			m.Reading, err = declared(m.Kind, m.Unit, p.value, step)
		}
		if err != nil {
			d.reject(p.rec, err)
			continue
		}
		d.rows.PlatformMetrics = append(d.rows.PlatformMetrics, m)
	}
}

// stepsOf infers the step of every figure from those of its group.
func stepsOf(groups map[group][]int, value func(int) string) map[int]float64 {
	steps := map[int]float64{}
	for _, members := range groups {
		texts := make([]string, len(members))
		for j, i := range members {
			texts[j] = value(i)
		}
		inferred, err := ingest.InferSteps(texts)
		if err != nil {
			panic(err) // ParseNumber let only numbers through
		}
		for j, i := range members {
			steps[i] = inferred[j]
		}
	}
	return steps
}

// declared is the reading of a printed figure whose step was inferred. A whole count with step 1 is exact.
func declared(kind ingest.Kind, unit, text string, step float64) (ingest.Reading, error) {
	v, err := ingest.ParseNumber(text)
	if err != nil {
		return ingest.Reading{}, err
	}
	if step == 1 && unit != percent {
		return ingest.ExactReading(kind, v)
	}
	return ingest.RoundedReading(kind, v, step, ingest.BasisInferred)
}

func (d *decoder) accountRow(r row) error {
	p, err := d.follower(r)
	if err != nil {
		return err
	}
	if text := r.get("rank"); text != "" {
		if p.rank, err = strconv.Atoi(text); err != nil || p.rank < 1 || p.rank > 1_000_000 {
			return fmt.Errorf("rank %q, want a whole number from 1", text)
		}
	}
	p.account.Category = r.get("category")
	d.accounts = append(d.accounts, p)
	return nil
}

func (d *decoder) waybackRow(r row) error {
	p, err := d.follower(r)
	if err != nil {
		return err
	}
	p.exact = true
	if url := r.get("memento_url"); url != "" {
		p.snapshot.Note = strings.TrimPrefix(p.snapshot.Note+"; archived copy: "+url, "; ")
	}
	d.accounts = append(d.accounts, p)
	return nil
}

// follower reads the columns that both files of follower counts share.
func (d *decoder) follower(r row) (pendingAccount, error) {
	var p pendingAccount
	platform, err := knownPlatform(r.get("platform"))
	if err != nil {
		return p, err
	}
	id := r.get("account")
	if id == "" {
		return p, errors.New("account is empty")
	}
	if err := checkWhole(r.get("followers")); err != nil {
		return p, fmt.Errorf("followers: %w", err)
	}
	dating, err := datingOf(r, "as_of")
	if err != nil {
		return p, err
	}
	return pendingAccount{
		rec:     r.record,
		value:   r.get("followers"),
		account: ingest.Account{Platform: platform, NativeID: id, Handle: id, DisplayName: r.get("display_name")},
		snapshot: ingest.Snapshot{
			Platform: platform, NativeID: id, Reading: ingest.Reading{Kind: ingest.Followers}, Dating: dating,
			Evidence: ingest.Evidence{URL: r.get("source_url"), Note: r.get("note")},
		},
	}, nil
}

// finishAccounts turns the follower counts into snapshots, the ranked ones also into ranking entries, and lists each
// account once, as the last row that names it has it.
func (d *decoder) finishAccounts() {
	groups := map[group][]int{}
	for i, p := range d.accounts {
		g := group{string(p.snapshot.Platform), string(ingest.Followers), p.snapshot.URL}
		groups[g] = append(groups[g], i)
	}
	steps := stepsOf(groups, func(i int) string { return d.accounts[i].value })
	at := map[ingest.Account]int{} // by platform and id only
	for i, p := range d.accounts {
		step := steps[i]
		if p.exact {
			step = 1
		}
		reading, err := declared(ingest.Followers, "followers", p.value, step)
		if err != nil {
			d.reject(p.rec, err)
			continue
		}
		s := p.snapshot
		s.Reading = reading
		d.rows.Snapshots = append(d.rows.Snapshots, s)
		if p.rank > 0 {
			d.rows.Rankings = append(d.rows.Rankings, ingest.RankingEntry{
				Platform: s.Platform, List: listName(s), Rank: p.rank, NativeID: s.NativeID,
				Reading: s.Reading, Dating: s.Dating, Evidence: s.Evidence,
			})
		}
		key := ingest.Account{Platform: s.Platform, NativeID: s.NativeID}
		j, ok := at[key]
		if !ok {
			at[key] = len(d.rows.Accounts)
			d.rows.Accounts = append(d.rows.Accounts, p.account)
			continue
		}
		a := &d.rows.Accounts[j]
		if p.account.DisplayName != "" {
			a.DisplayName = p.account.DisplayName
		}
		if p.account.Category != "" {
			a.Category = p.account.Category
		}
	}
}

// listName names a published list: one source's entries for one date.
func listName(s ingest.Snapshot) string {
	return s.To.Format(time.DateOnly) + " " + s.URL
}

// blueskyRow reads the four totals of one day. users_per_second is a rate of that moment and is not kept.
func (d *decoder) blueskyRow(r row) error {
	day, err := ingest.ParseDay(r.get("as_of"))
	if err != nil {
		return fmt.Errorf("as_of: %w", err)
	}
	seen, err := time.Parse(time.RFC3339, r.get("last_update_time"))
	if err != nil {
		return fmt.Errorf("last_update_time %q, want a time like 2025-08-10T06:38:40.782Z", r.get("last_update_time"))
	}
	var got []ingest.PlatformMetric
	for _, c := range []struct {
		column string
		kind   ingest.Kind
	}{{"total_users", ingest.RegisteredUsers}, {"total_posts", "posts_total"}, {"total_follows", "follows_total"}, {"total_likes", "likes_total"}} {
		if err := checkWhole(r.get(c.column)); err != nil {
			return fmt.Errorf("%s: %w", c.column, err)
		}
		unit := facts().unit[c.kind]
		reading, err := declared(c.kind, unit, r.get(c.column), 1)
		if err != nil {
			return fmt.Errorf("%s: %w", c.column, err)
		}
		got = append(got, ingest.PlatformMetric{
			Platform: "bluesky", Reading: reading, Unit: unit,
			Dating: ingest.Dating{From: day, To: day, Precision: ingest.PrecisionDay, PublishedOn: day, PublishedBasis: "url",
				ObservedAt: seen.UTC()},
			Evidence: ingest.Evidence{URL: r.get("source_url"), Title: "bsky-stats-archive (daily archive of bsky-stats.lut.li)"},
		})
	}
	d.rows.PlatformMetrics = append(d.rows.PlatformMetrics, got...)
	return nil
}
