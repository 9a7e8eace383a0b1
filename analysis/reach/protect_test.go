package reach

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
)

func labelled(r *Result, small int64) Labelled {
	l := Labelled{Published: Protect(r, small), Platform: "p", On: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), Rate: 1}
	for _, no := range r.Accounts {
		l.IDs = append(l.IDs, string(rune('A'+no)))
	}
	l.Names = l.IDs
	return l
}

func TestTablesOfAnExactResult(t *testing.T) {
	tables := Tables([]Labelled{labelled(FromSets(abcd()), 1)})
	measuretest.CheckTables(t, tables...)
	if r := measuretest.Rows(tables[0])[0]; r["unique_reach"] != int64(9) || r["sum_followers"] != int64(15) || r["flags"] != "" {
		t.Errorf("reach = %v", r)
	}
	if rows := tables[2].Rows; len(rows) != 6 {
		t.Errorf("%d pairs, want 6", len(rows))
	}
	if rows := measuretest.Rows(tables[3]); rows[3]["reached"] != int64(9) || rows[3]["of_best_at_least"] != 1. {
		t.Errorf("last pick %v", rows[3])
	}
}

// upTo is the set of persons from a to b.
func upTo(account, a, b uint32) Set {
	s := Set{Account: account}
	for p := a; p < b; p++ {
		s.Followers = append(s.Followers, p)
	}
	return s
}

func TestTwoAccountsThatShareThree(t *testing.T) {
	p := Protect(FromSets([]Set{upTo(1, 0, 100), upTo(2, 97, 180)}), 0)
	// Every one of these would tell the three: sum less reach, the table, |A| less exclusive, the second gain.
	if p.Reach != Withheld || p.Twice != Withheld || p.Bands != nil || p.Both(0, 1) != Withheld || p.Alone[0] != Withheld || p.Alone[1] != Withheld ||
		p.Order[1].Gain != Withheld || p.Order[1].Reached != Withheld {
		t.Errorf("three shared followers can be computed: %+v", p)
	}
	if p.Order[0].Gain != 100 || p.Order[0].Reached != 100 {
		t.Errorf("the first pick is a public count: %+v", p.Order[0])
	}
}

func TestAllButThree(t *testing.T) {
	p := Protect(FromSets([]Set{upTo(1, 0, 100), upTo(2, 3, 200)}), 0) // all but three of 1 follow 2
	if p.Both(0, 1) != Withheld || p.Reach != Withheld {
		t.Errorf("three who follow one and not the other can be computed: %+v", p)
	}
}

func TestLargeGroupsAreTold(t *testing.T) {
	r := FromSets([]Set{upTo(1, 0, 100), upTo(2, 50, 180), upTo(3, 170, 300)})
	p := Protect(r, 10)
	if p.Reach != 300 || p.Both(0, 1) != r.Pairs.At(0, 1) || !slices.Equal(p.Alone, r.Exclusive) || p.Order[2].Reached != 300 {
		t.Errorf("nothing is small, yet: %+v", p)
	}
}

func TestTailOfTheFrequencyTable(t *testing.T) {
	// 1000 follow one, 300 two, 100 three, 20 four, 2 five: the tail must begin where five could be many.
	frequency := []int64{0, 1000, 300, 100, 20, 2}
	r := &Result{Frequency: frequency, Pairs: NewPairs(5), Accounts: make([]uint32, 5), Followers: []int64{900, 500, 300, 200, 90}, Exclusive: make([]int64, 5)}
	for j, n := range frequency {
		r.Unique += n
		r.Sum += int64(j) * n
	}
	r.Pairs.Add(0, 1, 3) // one pair is small, so the sum of all is not known
	p := Protect(r, 10)
	last := p.Bands[len(p.Bands)-1]
	if !last.OrMore || last.From > 3 || last.Persons < 10 {
		t.Errorf("tail %+v: with four or more alone, 22 persons of 90 follows leave five no choice but two", last)
	}
	if p.Reach != r.Unique || p.Twice == Withheld {
		t.Errorf("the reach needs no cover: %+v", p)
	}
}

func TestAtMost(t *testing.T) {
	// By brute force over whole numbers: groups 2 to 5, 30 persons, moments of {10, 12, 6, 2}.
	truth := [4]int{10, 12, 6, 2}
	var m moments
	for i, n := range truth {
		v := float64(i + 2)
		m.persons += float64(n)
		m.follows += float64(n) * v
		m.squares += float64(n) * v * v
	}
	for _, squares := range []bool{false, true} {
		var most [4]int
		for a := range 31 {
			for b := range 31 - a {
				for c := range 31 - a - b {
					n := [4]int{a, b, c, 30 - a - b - c}
					follows, sq := 0, 0
					for i, x := range n {
						follows += x * (i + 2)
						sq += x * (i + 2) * (i + 2)
					}
					if float64(follows) == m.follows && (!squares || float64(sq) == m.squares) {
						for i, x := range n {
							most[i] = max(most[i], x)
						}
					}
				}
			}
		}
		for i, want := range most {
			got := atMost(i+2, 2, 5, m, squares)
			if got < float64(want)-1e-9 || got > float64(want)+1 { // whole numbers may stay below the optimum by less than one
				t.Errorf("squares %v: at most %v follow %d, brute force says %d", squares, got, i+2, want)
			}
		}
	}
}

func TestNothingSmallIsPublished(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const small = 4
		r := FromSets(drawSets(t))
		p := Protect(r, small)
		few := func(n int64) bool { return n > 0 && n < small }
		for i := range r.Accounts {
			if few(p.Alone[i]) {
				t.Fatalf("exclusive %d", p.Alone[i])
			}
			for j := i + 1; j < len(r.Accounts); j++ {
				if n := p.Both(i, j); few(n) || n != Withheld && few(r.Followers[i]-n) || n != Withheld && few(r.Followers[j]-n) {
					t.Fatalf("pair %d of %d and %d", n, r.Followers[i], r.Followers[j])
				}
			}
		}
		var all int64
		for _, b := range p.Bands {
			if few(b.Persons) {
				t.Fatalf("band %+v", b)
			}
			all += b.Persons
		}
		if p.Reach != Withheld && all != p.Reach {
			t.Fatalf("bands add to %d, reach is %d", all, p.Reach)
		}
		if p.Reach != Withheld && few(p.Sum-p.Reach) {
			t.Fatalf("reach %d and sum %d tell of %d who are counted twice", p.Reach, p.Sum, p.Sum-p.Reach)
		}
		before := int64(0)
		for i, s := range p.Order {
			if i > 0 && few(s.Gain) || i > 0 && s.Reached != Withheld && before != Withheld && few(s.Reached-before) {
				t.Fatalf("pick %d: %+v after %d", i+1, s, before)
			}
			if before = s.Reached; s.Reached == Withheld && !math.IsNaN(s.AtLeast) {
				t.Fatalf("guarantee %v beside a withheld reach", s.AtLeast)
			}
		}
		// What is withheld of numbers that add up to a told one is never one number alone.
		hidden := 0
		for _, n := range p.Alone {
			if n == Withheld {
				hidden++
			}
		}
		told := slices.ContainsFunc(p.Bands, func(b Band) bool { return b.From == 1 && !b.OrMore })
		if others := slices.IndexFunc(p.Alone, func(n int64) bool { return n > 0 }); told && hidden == 1 && others >= 0 {
			t.Fatalf("one exclusive audience alone is withheld: %v of %d", p.Alone, p.Frequency[1])
		}
	})
}
