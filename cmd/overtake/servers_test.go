package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/overtake-analytics/overtake/ingest/sourcetest"
)

// A stage is a platform of a script: its server on loopback, which can be told to misbehave.
type stage struct {
	*httptest.Server
	platform *sourcetest.Server
}

// platforms are the servers that scripts can start, over a world of three accounts with a hundred followers each.
var platforms = map[string]func(w *sourcetest.World, host string) *sourcetest.Server{
	"mastodon": func(w *sourcetest.World, host string) *sourcetest.Server {
		return sourcetest.Mastodon(w, host).Server
	},
	"twitter": func(w *sourcetest.World, _ string) *sourcetest.Server {
		s := sourcetest.Twitter(w)
		s.PageLimit = 40
		return s.Server
	},
	"weibo": func(w *sourcetest.World, _ string) *sourcetest.Server {
		s := sourcetest.Weibo(w)
		s.Pages = 3
		return s.Server
	},
	"threads": func(w *sourcetest.World, host string) *sourcetest.Server { return sourcetest.Threads(w, host).Server },
	"ranked":  func(w *sourcetest.World, _ string) *sourcetest.Server { return sourcetest.Ranked(w).Server },
}

// faults are what "platform NAME break FAULT" can do.
var faults = map[string]sourcetest.Fault{
	"overload": sourcetest.Overload(), "html": sourcetest.HTML(), "truncated": sourcetest.Truncated(), "reset": sourcetest.Reset(),
	"bomb": sourcetest.Bomb(64 << 20), "huge": sourcetest.Announced(1 << 30), "elsewhere": sourcetest.RedirectTo(sourcetest.OtherHost),
	"login": sourcetest.WeiboLogin(), "credits": sourcetest.TwitterCredits(false), "cap": sourcetest.TwitterUsageCap(),
	"permission": sourcetest.ThreadsError(403, 10, "Application does not have permission for this action"),
	"toomany":    sourcetest.TooMany(sourcetest.Dialects["Retry-After in seconds"], time.Hour),
}

// platformServer is the script command
//
//	platform NAME FILE...                 starts the server, and puts its address for @URL@ and its host for @HOST@ in the files
//	platform NAME break FAULT [PATH]      lets it misbehave from now on; "heal" ends that
//	platform NAME suspend|delete|hide N   changes the state of account N
func platformServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || platforms[args[0]] == nil {
		ts.Fatalf("usage: platform NAME FILE... | NAME break FAULT [PATH] | NAME heal | NAME suspend|delete|hide N")
	}
	key := args[0] + " " + ts.Getenv("WORK")
	if started, ok := running.Load(key); ok {
		s := started.(*stage)
		switch args[1] {
		case "break":
			if faults[args[2]] == nil {
				ts.Fatalf("no fault %q", args[2])
			}
			s.platform.Heal()
			s.platform.Break(strings.Join(args[3:], ""), -1, faults[args[2]])
		case "heal":
			s.platform.Heal()
		case "suspend", "delete", "hide":
			state := map[string]sourcetest.State{"suspend": sourcetest.Suspended, "delete": sourcetest.Deleted, "hide": sourcetest.Hidden}[args[1]]
			s.platform.World.Change(int(args[2][0]-'0'), func(p *sourcetest.Person) { p.State = state })
		default:
			ts.Fatalf("unknown: platform %q", args)
		}
		return
	}
	var s stage
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.platform.ServeHTTP(w, r) }))
	s.platform = platforms[args[0]](sourcetest.NewWorld(3, 100), s.Listener.Addr().String())
	s.Start()
	running.Store(key, &s)
	ts.Defer(s.Close)
	for _, name := range args[1:] {
		text := strings.NewReplacer("@URL@", s.URL, "@HOST@", s.Listener.Addr().String()).Replace(ts.ReadFile(name))
		ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(name)), 0o755))
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
}
