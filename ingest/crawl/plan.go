package crawl

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

// A Size is what is known of an account before it is read.
type Size struct {
	Followers, Following int64 // 0: unknown
	// Mean and SD are those of 1/c over earlier samples of the account's followers, c being how many of the tracked accounts a
	// follower follows; SD 0: there was no sample.
	Mean, SD float64
}

// A Plan says what orders will ask for, before anything is asked. All figures are of one round of everything.
type Plan struct {
	Site     string        `json:"source"`
	Lines    []PlanLine    `json:"lines"`
	Requests int64         `json:"requests"`
	Took     time.Duration `json:"-"`
	Seconds  float64       `json:"seconds"` // at the platform's limit
	USD      float64       `json:"usd"`
	Unknown  int           `json:"accounts_of_unknown_size"` // whose lists are counted with one page
	Draws    int64         `json:"draws"`                    // followers drawn and checked
	// HalfWidth is that of the 95 % interval of unique reach, as a share of the sum of followers. Bound is what it cannot exceed
	// whatever the overlaps are. Both are 0 without samples or sizes.
	HalfWidth float64      `json:"half_width,omitempty"` // from earlier samples; 0: there are none
	Bound     float64      `json:"half_width_bound,omitempty"`
	Split     []Allocation `json:"split,omitempty"`
}

// A PlanLine is one kind of walk.
type PlanLine struct {
	What     What    `json:"what"`
	Walks    int     `json:"readings"`
	Requests int64   `json:"requests"`
	PerDay   float64 `json:"requests_per_day"` // on average, by how often it is due
	USD      float64 `json:"usd"`
	About    bool    `json:"about,omitempty"` // an estimate: what it depends on is not known
}

// An Allocation is how many followers of one account to draw.
type Allocation struct {
	Account   string `json:"account"`
	Followers int64  `json:"followers"`
	Draws     int64  `json:"draws"` // as ordered
	Better    int64  `json:"suggested_draws"`
}

// z95 is the quantile of the normal distribution for intervals of 95 %.
const z95 = 1.959963984540054

// maxSD bounds the standard deviation of 1/c, which lies between 0 and 1 (Popoviciu).
const maxSD = 0.5

// followedBySomebody is how many accounts a follower is taken to follow where the platform answers no question about
// relationships and the follower's own list has to be read.
const followedBySomebody = 400

// MakePlan counts the requests of one round. sizes are by native id or configured name.
func MakePlan(site Site, o Orders, sizes map[string]Size) Plan {
	t := site.Traits()
	p := Plan{Site: site.Name()}
	n := len(o.Accounts)
	add := func(what What, walks int, requests int64, about bool) {
		if requests == 0 {
			return
		}
		l := PlanLine{What: what, Walks: walks, Requests: requests, About: about, USD: float64(requests) * t.USD[what]}
		if every := o.every(what); every > 0 && what != Resolve {
			l.PerDay = float64(requests) * float64(24*time.Hour) / float64(every)
		}
		p.Lines = append(p.Lines, l)
		p.Requests += requests
		p.USD += l.USD
	}
	if t.Unresolved != nil {
		names := 0
		for _, a := range o.Accounts {
			if t.Unresolved(a) {
				names++
			}
		}
		add(Resolve, names, int64(names), false)
	}
	if o.wants(Profiles) {
		add(Profiles, n, pages(int64(n), int64(max(1, t.Batch))), false)
	}
	if o.wants(Figures) && t.Can(Figures) {
		add(Figures, 1, 1, true)
	}
	if o.wants(Ranking) && t.Can(Ranking) {
		add(Ranking, len(o.Rankings), int64(len(o.Rankings)), true)
	}
	if o.wants(Posts) && t.Can(Posts) {
		add(Posts, n, int64(n)*pages(int64(cmp.Or(o.Posts, t.PostsPage)), int64(max(1, t.PostsPage))), false)
	}
	p.lists(t, o, sizes, add)
	if t.Requests > 0 {
		p.Took = time.Duration(float64(p.Requests) / float64(t.Requests) * float64(t.Per))
		p.Seconds = p.Took.Seconds()
	}
	return p
}

// pages is how many pages of a length hold n rows: at least one.
func pages(n, length int64) int64 { return max(1, (n+length-1)/length) }

func (p *Plan) lists(t Traits, o Orders, sizes map[string]Size, add func(What, int, int64, bool)) {
	accounts := o.Lists
	if accounts == nil {
		accounts = o.Accounts
	}
	for _, what := range []What{Followers, Following} {
		if !o.wants(what) || !t.Can(what) {
			continue
		}
		requests, unknown := int64(0), 0
		for _, a := range accounts {
			size := sizes[a].Followers
			if what == Following {
				size = sizes[a].Following
			}
			if size == 0 {
				unknown++
			}
			requests += pages(o.shown(t, size), int64(max(1, t.Page)))
			if !o.wants(Profiles) && t.Can(Profile) {
				requests++ // the length that the platform states
			}
		}
		if what == Followers {
			p.Unknown = unknown
		}
		add(what, len(accounts), requests, unknown > 0)
	}
	if o.Strategy != ingest.StrategySample || !o.wants(Followers) || !t.Can(Members) {
		return
	}
	each := pages(int64(len(o.Accounts)-1), int64(max(1, t.Relations)))
	if t.Relations == 0 {
		each = pages(followedBySomebody, int64(max(1, t.Page)))
	}
	for _, a := range accounts {
		draws := int64(o.Sample)
		if f := sizes[a].Followers; f > 0 {
			draws = min(draws, f)
		}
		p.Draws += draws
		p.Split = append(p.Split, Allocation{Account: a, Followers: sizes[a].Followers, Draws: draws})
	}
	add(Members, len(accounts), p.Draws*each, true)
	p.interval(sizes)
	p.better(sizes)
}

// shown is how many members of a list of the given length will be read.
func (o Orders) shown(t Traits, size int64) int64 {
	for _, most := range []int64{t.Visible, o.Most} {
		if most > 0 && most < size {
			size = most
		}
	}
	if o.Strategy == ingest.StrategyFirst && o.First < size {
		size = o.First
	}
	return size
}

// interval is the width of the stratified estimator sum N_i mean_i(1/c): variance sum N_i^2 sd_i^2 / n_i, with the finite
// population factor, as a list may be drawn whole.
func (p *Plan) interval(sizes map[string]Size) {
	sum, bound, known := 0.0, 0.0, 0.0
	all := true
	for _, a := range p.Split {
		if a.Followers == 0 || a.Draws == 0 {
			continue
		}
		size := float64(a.Followers)
		rest := size * size / float64(a.Draws) * (1 - float64(a.Draws)/size)
		sum += size
		bound += rest * maxSD * maxSD
		sd := sizes[a.Account].SD
		all = all && sd > 0
		known += rest * sd * sd
	}
	if sum == 0 {
		return
	}
	p.Bound = z95 * math.Sqrt(bound) / sum
	if all {
		p.HalfWidth = z95 * math.Sqrt(known) / sum
	}
}

// better splits the same number of draws so that the interval is as narrow as it can be: in proportion to N_i sd_i (Neyman
// 1934), no list drawn more than once.
func (p *Plan) better(sizes map[string]Size) {
	weight := func(a Allocation) float64 {
		sd := sizes[a.Account].SD
		if sd == 0 {
			sd = maxSD
		}
		return float64(a.Followers) * sd
	}
	left, open := p.Draws, []int{}
	for i, a := range p.Split {
		if a.Followers > 0 {
			open = append(open, i)
		} else {
			p.Split[i].Better = a.Draws
			left -= a.Draws
		}
	}
	for len(open) > 0 && left > 0 {
		total := 0.0
		for _, i := range open {
			total += weight(p.Split[i])
		}
		full := slices.IndexFunc(open, func(i int) bool {
			return float64(left)*weight(p.Split[i])/total >= float64(p.Split[i].Followers)
		})
		if full < 0 {
			for _, i := range open {
				p.Split[i].Better = max(2, int64(math.Round(float64(left)*weight(p.Split[i])/total)))
			}
			return
		}
		i := open[full]
		p.Split[i].Better = p.Split[i].Followers
		left -= p.Split[i].Followers
		open = slices.Delete(open, full, full+1)
	}
}
