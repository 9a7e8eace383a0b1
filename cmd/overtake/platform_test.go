package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/overtake-analytics/overtake/ingest/bluesky/blueskytest"
)

// blueskyNetwork is the script command "bluesky network|off": a small network on loopback, and a work/overtake.toml that
// collects from it.
func blueskyNetwork(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: bluesky network|off")
	}
	key := "bluesky " + ts.Getenv("WORK")
	if args[0] == "off" {
		srv, _ := running.Load(key)
		srv.(*httptest.Server).Close()
		return
	}
	srv := httptest.NewServer(&blueskytest.Network{Hosts: []int64{700, 42}, Accounts: map[string]*blueskytest.Account{
		blueskytest.DID(1): {Handle: "one.example", Followers: blueskytest.Crowd(1000, 1234), Posts: 130},
		blueskytest.DID(2): {Handle: "two.example", Followers: blueskytest.Crowd(1600, 1000), Posts: 3},
		blueskytest.DID(3): {Handle: "three.example", Gone: "AccountTakedown"},
	}})
	running.Store(key, srv)
	ts.Defer(srv.Close)
	ts.Check(os.MkdirAll(ts.MkAbs("work"), 0o755))
	ts.Check(os.WriteFile(filepath.Join(ts.MkAbs("work"), configName), fmt.Appendf(nil, `
[collect]
contact = "mailto:test@example.org"
allow_private = true
tries = 1
[[collect.source]]
name = "bluesky"
at = %q
options = { relay = %q }
accounts = ["one.example", %q, %q]
collect = ["profiles", "followers", "posts", "figures"]
requests_per_minute = 600000
`, srv.URL, srv.URL, blueskytest.DID(2), blueskytest.DID(3)), 0o644))
}

// running are the servers of scripts, by name and work folder.
var running sync.Map
