//go:build bluesky

package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

// A truth is what .ci/atproto/network.mjs says that its network holds.
type truth struct {
	AppView  string
	Accounts map[string]struct {
		DID, Handle string
		Followers   []string
	}
	Posts []string
	Liked struct {
		URI   string
		Likes int
	}
}

// TestRealNetwork collects from the reference network that .ci/bluesky starts, is killed in the middle, goes on, and must
// then hold what the network holds.
func TestRealNetwork(t *testing.T) {
	var net truth
	text, err := os.ReadFile(os.Getenv("OVERTAKE_BLUESKY_TRUTH"))
	if err != nil {
		t.Fatalf("%v: start this test by sh .ci/bluesky", err)
	}
	if err := json.Unmarshal(text, &net); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var accounts []string
	for _, name := range slices.Sorted(maps.Keys(net.Accounts)) {
		accounts = append(accounts, fmt.Sprintf("%q", net.Accounts[name].Handle))
	}
	// A deleted account has no handle any more: it is known by its id.
	list := strings.ReplaceAll(strings.Join(accounts, ", "), `"leaver.test"`, fmt.Sprintf("%q", net.Accounts["leaver"].DID))
	conf := fmt.Sprintf("[collect]\ncontact = \"mailto:test@example.org\"\nallow_private = true\n[[collect.source]]\nname = \"bluesky\"\nat = %q\naccounts = [%s]\n"+
		"collect = [\"profiles\", \"followers\", \"following\", \"posts\"]\nrequests_per_minute = 240\nparallel = 1\n", net.AppView, list)
	if err := os.WriteFile(filepath.Join(dir, configName), []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "overtake")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	killedInAList(t, bin, dir)
	overtake := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(bin, append(args, "--dir", dir)...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("overtake %v: %v\n%s", args, err, stderr.String())
		}
		return string(out)
	}
	t.Log(overtake("collect"))
	if again := overtake("collect"); !strings.Contains(again, "bluesky: 0 answers") {
		t.Errorf("the run after it says %q, want nothing left to ask", again)
	}
	overtake("run", "--quiet")
	query := func(sql string) [][]string {
		t.Helper()
		rows, err := csv.NewReader(strings.NewReader(overtake("query", "--format", "csv", sql))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows[1:]
	}
	compareLists(t, net, dir, query)
	compareFigures(t, net, query)
}

// killedInAList starts a run and kills it when the journal holds the first page of a list that goes on.
func killedInAList(t *testing.T, bin, dir string) {
	t.Helper()
	cmd := exec.Command(bin, "collect", "--dir", dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case err := <-ended:
			t.Fatalf("the run ended (%v) before it could be killed", err)
		case <-look.C:
		}
		if inAList(dir) {
			break
		}
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-ended
	if !inAList(dir) {
		t.Fatal("the list was whole before the kill")
	}
}

// inAList reports whether the newest record of the journal is a page of a list of followers, and not the last one.
func inAList(dir string) bool {
	j, err := journal.Options{ReadOnly: true}.Open(filepath.Join(dir, "journal"))
	if err != nil {
		return false // not there yet
	}
	defer j.Close()
	if j.Last() == 0 {
		return false
	}
	for rec, err := range j.Records(context.Background(), j.Last()-1) {
		return err == nil && strings.HasPrefix(rec.Page.Document, "bluesky/followers/") && strings.Contains(string(rec.Page.Next), `"next":`) &&
			rec.Page.Decoder != crawl.NoteDecoder
	}
	return false
}

// compareLists compares the followers page by page with the network's own word.
func compareLists(t *testing.T, net truth, dir string, query func(string) [][]string) {
	t.Helper()
	got := map[string]map[string]int{}
	j, err := journal.Options{ReadOnly: true}.Open(filepath.Join(dir, "journal"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	pages := 0
	for rec, err := range j.Records(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if rec.Page.Err != "" || !strings.HasPrefix(rec.Page.Source, "bluesky/followers/") {
			continue
		}
		pages++
		rows, err := decoders()[rec.Page.Decoder](rec.Page)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range rows.Follows {
			if got[f.Account] == nil {
				got[f.Account] = map[string]int{}
			}
			got[f.Account][f.Follower]++
		}
	}
	for name, a := range net.Accounts {
		want := a.Followers
		switch name {
		case "leaver": // deleted: its list is gone with it
			want = nil
		case "blocker": // fan1 is blocked, and a list leaves those out
			want = slices.DeleteFunc(slices.Clone(want), func(did string) bool { return len(a.Followers) == 1 })
		}
		if have := slices.Sorted(maps.Keys(got[a.DID])); !slices.Equal(have, want) {
			t.Errorf("%s: %d followers collected, the network holds %d; collected alone: %v; held alone: %v", name, len(have), len(want), without(have, want), without(want, have))
		}
		for did, n := range got[a.DID] {
			if n != 1 {
				t.Errorf("%s: follower %s came %d times", name, did, n)
			}
		}
	}
	verdicts := map[string]string{}
	for _, row := range query("select account_id, verdict, cast(collected as varchar) from marts.lists where direction = 'followers'") {
		verdicts[row[0]] = row[1] + " " + row[2]
	}
	for name, want := range map[string]string{"star": "complete 230", "second": "complete 121", "third": "complete 30", "leaver": "hidden 0", "banned": "hidden 0"} {
		if got := verdicts[net.Accounts[name].DID]; got != want {
			t.Errorf("list of %s: %q, want %q", name, got, want)
		}
	}
	t.Logf("%d pages of lists, verdicts %v", pages, verdicts)
}

func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// compareFigures compares counts, posts, likes and what became of accounts.
func compareFigures(t *testing.T, net truth, query func(string) [][]string) {
	t.Helper()
	one := func(sql string) string {
		t.Helper()
		rows := query(sql)
		if len(rows) != 1 {
			t.Errorf("%s: %d rows, want one", sql, len(rows))
			return ""
		}
		return strings.Join(rows[0], " ")
	}
	star := net.Accounts["star"].DID
	if got := one("select cast(cast(value as bigint) as varchar) from marts.account_readings where account_id = '" + star + "' and metric = 'followers'"); got != "230" {
		t.Errorf("star has %s followers, want 230", got)
	}
	var posts []string
	for _, row := range query("select distinct post_id from marts.posts where account_id = '" + star + "' order by post_id") {
		posts = append(posts, row[0])
	}
	if !slices.Equal(posts, net.Posts) {
		t.Errorf("%d posts of star collected, want %d", len(posts), len(net.Posts))
	}
	if got := one("select cast(cast(value as bigint) as varchar) from marts.posts where metric = 'likes' and post_id = '" + net.Liked.URI + "'"); got != fmt.Sprint(net.Liked.Likes) {
		t.Errorf("%s likes, want %d", got, net.Liked.Likes)
	}
	for name, want := range map[string]string{"star": "active", "leaver": "not_found", "banned": "suspended"} {
		if got := one("select status from marts.account_status where newest and account_id = '" + net.Accounts[name].DID + "'"); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
