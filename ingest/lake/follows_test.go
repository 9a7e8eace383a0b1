package lake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

// followPages lands pages whose bytes are JSON lists of follows.
func followPages(t *testing.T, j *journal.Journal, pages ...[]ingest.Follow) {
	t.Helper()
	for i, fs := range pages {
		raw, err := json.Marshal(fs)
		if err != nil {
			t.Fatal(err)
		}
		err = j.Land(context.Background(), ingest.Page{Source: "s", Decoder: "follows/v1", Document: fmt.Sprint(i), Platform: "bluesky", FetchedAt: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), Raw: raw, Next: ingest.Cursor(fmt.Sprint(i))})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func follow(list, account string, followers ...string) (fs []ingest.Follow) {
	for _, f := range followers {
		fs = append(fs, ingest.Follow{Platform: "bluesky", List: list, Account: account, Follower: f})
	}
	return fs
}

var followDecoders = map[string]ingest.Decoder{"follows/v1": func(p ingest.Page) (rows ingest.Rows, err error) {
	err = json.Unmarshal(p.Raw, &rows.Follows)
	return rows, err
}}

// followerNumbers reads all lists, by their names.
func followerNumbers(t *testing.T, lk *Lake) map[string][]uint32 {
	t.Helper()
	ctx := context.Background()
	lists, err := lk.FollowerLists(ctx, "bluesky", nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]uint32{}
	for _, l := range lists {
		c, err := l.Open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for {
			part, err := c.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			all[l.List] = append(all[l.List], part...)
		}
		if n, err := l.Len(ctx); err != nil || int(n) != len(all[l.List]) {
			t.Errorf("list %s: Len %d %v, cursor gives %d", l.List, n, err, len(all[l.List]))
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestFollowsOfPagesBecomeLists(t *testing.T) {
	dir := t.TempDir()
	j, err := journal.Open(dir + "/journal")
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	lk, err := Options{CommitRows: 1}.Open(dir + "/lake") // every page is a commit
	if err != nil {
		t.Fatal(err)
	}
	// Numbers go by first mention: ada 0, 7 1, 12 2, bob 3, 18446744073709551616 4 (does not fit 64 bits: a text), 007 5.
	followPages(t, j,
		follow("one", "A", "ada", "7", "12", "7"),
		slices.Concat(follow("one", "A", "bob", "12"), follow("two", "B", "18446744073709551616", "ada")),
		slices.Concat(follow("three", "A", "007", "bob"), follow("one", "A", "bob")))
	want := map[string][]uint32{"one": {0, 1, 2, 3}, "two": {0, 4}, "three": {3, 5}}
	if _, err := lk.Write(context.Background(), j, followDecoders); err != nil {
		t.Fatal(err)
	}
	if got := followerNumbers(t, lk); !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("three commits: %v, want %v", got, want)
	}
	if _, err := lk.Verify(context.Background()); err != nil {
		t.Error(err)
	}
	if err := lk.Remove(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir + "/lake")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Write(context.Background(), j, followDecoders); err != nil {
		t.Fatal(err)
	}
	if got := followerNumbers(t, again); !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("made again in one commit: %v, want %v", got, want)
	}
}

// TestFlippedBitsAreSeen flips bits all over a file of follows: who reads the list is told, or reads the same.
func TestFlippedBitsAreSeen(t *testing.T) {
	dir := t.TempDir()
	j, err := journal.Open(dir + "/journal")
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	lk, err := Open(dir + "/lake")
	if err != nil {
		t.Fatal(err)
	}
	followPages(t, j, follow("one", "A", "1", "2", "3", "4", "5", "6"))
	if _, err := lk.Write(context.Background(), j, followDecoders); err != nil {
		t.Fatal(err)
	}
	want := followerNumbers(t, lk)
	path := lk.path(lk.followFiles("bluesky")[0].Path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		bad := slices.Clone(whole)
		bad[i] ^= 1 << (i % 8)
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := lk.Verify(context.Background()); err == nil {
			t.Errorf("byte %d: Verify sees nothing", i)
		}
		if got, err := tryLists(lk); err == nil && !maps.EqualFunc(got, want, slices.Equal) {
			t.Errorf("byte %d: reads %v without an error, want %v", i, got, want)
		}
	}
}

// tryLists reads all lists or gives the first error.
func tryLists(lk *Lake) (_ map[string][]uint32, err error) {
	all := map[string][]uint32{}
	lists, err := lk.FollowerLists(context.Background(), "bluesky", nil)
	if err != nil {
		return nil, err
	}
	for _, l := range lists {
		c, err := l.Open(context.Background())
		if err != nil {
			return nil, err
		}
		defer c.Close()
		for part, err := c.Next(); !errors.Is(err, io.EOF); part, err = c.Next() {
			if err != nil {
				return nil, err
			}
			all[l.List] = append(all[l.List], part...)
		}
	}
	return all, nil
}

func TestCompareCountsComingAndGoing(t *testing.T) {
	dir := t.TempDir()
	j, err := journal.Open(dir + "/journal")
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	lk, err := Open(dir + "/lake")
	if err != nil {
		t.Fatal(err)
	}
	// The second reading came in two pages that overlap.
	followPages(t, j, follow("mon", "A", "1", "2", "3", "4"), follow("tue", "A", "9", "2", "3"), follow("tue", "A", "3", "8", "7"), follow("mon", "B", "1"), follow("none", "A"))
	if _, err := lk.Write(context.Background(), j, followDecoders); err != nil {
		t.Fatal(err)
	}
	lists := map[string]FollowerList{}
	all, err := lk.FollowerLists(context.Background(), "bluesky", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		lists[l.List+l.NativeID] = l
	}
	got, err := Compare(context.Background(), lists["monA"], lists["tueA"], nil)
	if want := (Changes{Before: 4, After: 5, Gained: 3, Lost: 2, Stayed: 2}); err != nil || got != want {
		t.Errorf("%+v %v, want %+v", got, err, want)
	}
	back, err := Compare(context.Background(), lists["tueA"], lists["monA"], nil)
	if want := (Changes{Before: 5, After: 4, Gained: 2, Lost: 3, Stayed: 2}); err != nil || back != want {
		t.Errorf("%+v %v, want %+v", back, err, want)
	}
	if _, err := Compare(context.Background(), lists["monA"], lists["monB"], nil); err == nil {
		t.Error("lists of two accounts are compared")
	}
}
