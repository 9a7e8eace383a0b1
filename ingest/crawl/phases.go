package crawl

import (
	"context"

	"github.com/overtake-analytics/overtake/ingest"
)

// The phases of a run. Each makes the walks that may be due; a walk knows itself whether it is.

// resolvers find the ids of names.
func (c *Crawler) resolvers(context.Context) (walks []walker) {
	if c.traits.Unresolved == nil {
		return nil
	}
	seen := map[string]bool{}
	for _, name := range append(append([]string(nil), c.Orders.Accounts...), c.Orders.Lists...) {
		if c.traits.Unresolved(name) && !seen[name] {
			seen[name] = true
			walks = append(walks, &resolver{c: c, name: name})
		}
	}
	return walks
}

func (c *Crawler) profiles(context.Context) []walker {
	if !c.Orders.wants(Profiles) || !c.traits.Can(Profile) && !c.traits.Can(Profiles) {
		return nil
	}
	return []walker{&profileWalk{c: c, accounts: c.tracked()}}
}

// feeds are figures about the platform, rankings, and posts.
func (c *Crawler) feeds(context.Context) (walks []walker) {
	if c.Orders.wants(Figures) && c.traits.Can(Figures) {
		walks = append(walks, &feed{c: c, what: Figures})
	}
	if c.Orders.wants(Ranking) && c.traits.Can(Ranking) {
		for _, name := range c.Orders.Rankings {
			walks = append(walks, &feed{c: c, what: Ranking, subject: name})
		}
	}
	if c.Orders.wants(Posts) && c.traits.Can(Posts) {
		for _, id := range c.tracked() {
			if c.goneHow(id) == "" && c.traits.serves(Posts, id) {
				walks = append(walks, &feed{c: c, what: Posts, subject: id, most: int64(c.Orders.Posts)})
			}
		}
	}
	return walks
}

func (c *Crawler) lists(context.Context) (walks []walker) {
	for _, what := range []What{Followers, Following} {
		if !c.Orders.wants(what) || !c.traits.Can(what) {
			continue
		}
		for _, id := range c.listed() {
			walks = append(walks, &listWalk{c: c, what: what, account: id})
		}
	}
	return walks
}

// listed are the accounts whose lists are read.
func (c *Crawler) listed() []string {
	if c.Orders.Lists == nil {
		return c.tracked()
	}
	return c.native(c.Orders.Lists)
}

// members ask which tracked accounts the drawn followers follow.
func (c *Crawler) members(context.Context) (walks []walker) {
	if c.Orders.Strategy != ingest.StrategySample || !c.Orders.wants(Followers) || !c.traits.Can(Members) {
		return nil
	}
	for _, id := range c.listed() {
		walks = append(walks, &memberWalk{c: c, account: id})
	}
	return walks
}
