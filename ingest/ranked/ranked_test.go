package ranked

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/fetch"
	"github.com/overtake-analytics/overtake/ingest/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// top describes the page of sourcetest.
const top = `
version = 1
title = "Top"
platform = "twitter"
kind = "followers"
live = true
urls = ["http://platform.example/top", "http://platform.example/top?page=2"]
blocked = ["Login"]
table = "table"
need = ["followers", "account"]
rows = "tr"
[[rank]]
header = ["rank"]
[[handle]]
header = ["account"]
select = "a"
attr = "href"
pattern = '/u/(\w+)'
[[label]]
header = ["name"]
[[count]]
header = ["followers"]
`

func describe(t *testing.T, name, text string) *Description {
	t.Helper()
	d, err := Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSource(t *testing.T) {
	d := describe(t, "top", top)
	sourcetest.Run(t, sourcetest.Case{
		Tracked: 24,
		Start: func(w *sourcetest.World, base string) (*sourcetest.Server, crawl.Site) {
			s := sourcetest.Ranked(w)
			s.Rows = 12
			s.Robots = "User-agent: *\nDisallow: /private\n"
			site, err := New(d)
			if err != nil {
				t.Fatal(err)
			}
			return s.Server, site
		},
		Accounts:   func(*sourcetest.World) []string { return nil },
		ID:         func(int) string { return "" },
		Orders:     crawl.Orders{Collect: []crawl.What{crawl.Ranking}, Rankings: []string{"top"}},
		Decoders:   Decoders(map[string]*Description{"top": d}),
		Getter:     func(c *fetch.Client) crawl.Getter { return Getter{Client: c} },
		PlainPages: true,
	})
}
