package crawl

import (
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

// Orders say what to collect from one site.
type Orders struct {
	Accounts []string // tracked: native ids, or names that the site resolves
	Lists    []string // of them, those whose lists are read; nil means all
	Rankings []string // names of rankings
	Collect  []What   // Profiles, Followers, Following, Posts, Figures, Ranking; Members come with samples

	Strategy string // of lists: ingest.StrategyAll, StrategyFirst or StrategySample
	Sample   int    // StrategySample: members to draw from each list, about
	First    int64  // StrategyFirst: members to read
	Most     int64  // members to read of any list, 0: no bound
	Posts    int    // posts to read of each account
	Seed     uint64
	Every    map[What]time.Duration // how often; what is not named is read once a day, lists once a week
	GiveUp   time.Duration          // a list that is not whole after so long is closed as it is; 0 means 14 days
}

// wants reports whether such walks are ordered.
func (o Orders) wants(w What) bool { return slices.Contains(o.Collect, w) }

func (o Orders) every(w What) time.Duration {
	if d, ok := o.Every[w]; ok {
		return d
	}
	if w.List() || w == Members {
		return 7 * 24 * time.Hour
	}
	return 24 * time.Hour
}

func (o Orders) giveUp() time.Duration {
	if o.GiveUp > 0 {
		return o.GiveUp
	}
	return 14 * 24 * time.Hour
}

// seedOf is the seed of one account's draw. Where members can be checked, each list is drawn on its own, as the estimator of
// unique reach takes the draws for independent; where not, all lists share one draw, which shows overlaps best.
func (o Orders) seedOf(account string, checked bool) uint64 {
	if !checked {
		return o.Seed
	}
	return hash64(o.Seed, account)
}

// design is how a list of the stated length (0: unknown) is read.
func (o Orders) design(p *position, account string, checked bool) {
	p.Strategy, p.Probability = o.Strategy, 1
	if o.Strategy == "" {
		p.Strategy = ingest.StrategyAll
	}
	if p.Strategy != ingest.StrategySample {
		return
	}
	p.Seed = o.seedOf(account, checked)
	if p.Stated > int64(o.Sample) {
		p.Probability = float64(o.Sample) / float64(p.Stated)
	}
}
