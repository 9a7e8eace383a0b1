package crawl

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/overtake-analytics/overtake/ingest"
)

func TestDocumentsAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := Walk{
			Site:        rapid.StringMatching(`[a-z]{1,8}(@[a-z.]{1,12})?`).Draw(t, "site"),
			What:        rapid.SampledFrom([]What{Profiles, Followers, Following, Posts, Members}).Draw(t, "what"),
			Subject:     rapid.String().Draw(t, "subject"),
			StartedAt:   time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at"), 0).UTC(),
			Strategy:    rapid.SampledFrom([]string{"", ingest.StrategyAll, ingest.StrategySample}).Draw(t, "strategy"),
			Probability: 1,
		}
		if w.Strategy == ingest.StrategySample {
			w.Probability, w.Seed = rapid.Float64Range(0, 1).Draw(t, "p"), rapid.Uint64().Draw(t, "seed")
			w.Member, w.Chunk = rapid.String().Draw(t, "member"), rapid.IntRange(0, 9).Draw(t, "chunk")
		}
		got, err := ParseDocument(w.Document())
		if err != nil || got != w {
			t.Fatalf("%q: %+v, %v, want %+v", w.Document(), got, err, w)
		}
		public, _, _ := strings.Cut(w.Document(), Private)
		if w.Member != "" && len(w.Member) > 8 && strings.Contains(public, w.Member) {
			t.Fatalf("%q names the follower in its public part", w.Document())
		}
	})
}

func FuzzParseDocument(f *testing.F) {
	f.Add("bluesky/followers/did:plc:a/2026-11-24T10:00:00Z?strategy=sample&p=0.1&seed=7")
	f.Add("bluesky/members/a%2Fb/2026-11-24T10:00:00Z?strategy=sample&p=1&seed=7&chunk=2#private=x")
	f.Fuzz(func(t *testing.T, document string) {
		w, err := ParseDocument(document)
		if err != nil {
			return
		}
		if again, err := ParseDocument(w.Document()); err != nil || again.Name() != w.Name() || again.List() != w.List() {
			t.Errorf("%q: %+v became %+v, %v", document, w, again, err)
		}
	})
}

// TestDrawsAreFairAndStable: a draw takes about its share of any ids, the same ones each time, and other ones with another
// seed.
func TestDrawsAreFairAndStable(t *testing.T) {
	const n, p = 200_000, .05
	both, one, two := 0, 0, 0
	for i := range n {
		id := "did:plc:" + string(rune('a'+i%26)) + time.Unix(int64(i), 0).UTC().Format("20060102150405")
		a, b := kept(1, id, p), kept(2, id, p)
		if a != kept(1, id, p) {
			t.Fatal("a draw changed its mind")
		}
		if a {
			one++
		}
		if b {
			two++
		}
		if a && b {
			both++
		}
	}
	sd := math.Sqrt(n * p * (1 - p))
	for _, got := range []int{one, two} {
		if math.Abs(float64(got)-n*p) > 4*sd {
			t.Errorf("drew %d, want %d within %.0f", got, int(n*p), 4*sd)
		}
	}
	if want := n * p * p; math.Abs(float64(both)-want) > 5*math.Sqrt(want) {
		t.Errorf("two seeds share %d members, want about %.0f: the draws are not independent", both, want)
	}
	if !kept(1, "x", 1) || kept(1, "x", 0) || kept(1, "x", math.NaN()) {
		t.Error("shares of 1, 0 and NaN must keep all, none and none")
	}
}

func TestIdsetCountsDistinct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s idset
		seen := map[uint64]bool{}
		for _, h := range rapid.SliceOf(rapid.Uint64Range(0, 300)).Draw(t, "hashes") {
			if fresh := s.addHash(h); fresh == seen[h] {
				t.Fatalf("%d is new: %v", h, fresh)
			}
			seen[h] = true
		}
		if s.n != len(seen) {
			t.Fatalf("%d, want %d", s.n, len(seen))
		}
	})
}
