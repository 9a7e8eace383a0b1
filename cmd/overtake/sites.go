package main

import (
	"cmp"
	"maps"
	"slices"

	"github.com/overtake-analytics/overtake/ingest/bluesky"
	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// A siteMaker makes a site of its configuration. token is the value of the environment variable that token_env names.
type siteMaker func(s sourceConfig, token string) (crawl.Site, error)

// siteMakers are the living platforms that can be collected from, by the name that the configuration gives.
var siteMakers = map[string]siteMaker{
	bluesky.Name: func(s sourceConfig, _ string) (crawl.Site, error) {
		site := bluesky.Default()
		if s.At != "" { // somebody else's network: its relay, if it has one, is named beside it
			site.AppView, site.Relay = s.At, ""
		}
		site.Relay = cmp.Or(s.Options["relay"], site.Relay)
		return site, nil
	},
}

func siteNames() []string { return slices.Sorted(maps.Keys(siteMakers)) }
