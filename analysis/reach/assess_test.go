package reach

import (
	"strings"
	"testing"
)

func TestAssess(t *testing.T) {
	for _, c := range []struct {
		e    Evidence
		want Method
		why  string
	}{
		{Evidence{Accounts: 3, Complete: 3, Counts: 3}, MethodExact, ""},
		{Evidence{Accounts: 3, Complete: 3, OverLimit: true}, MethodSketch, "exceed"},
		{Evidence{Accounts: 3, Complete: 2, Draws: 500}, MethodMulti, "2 of 3 follower lists are complete"},
		{Evidence{Accounts: 3, Pairs: true, Counts: 3}, MethodPairBounds, "no random sample"},
		{Evidence{Accounts: 3, Truncated: 3, Counts: 3}, MethodTruncated, "newest part"},
		{Evidence{Accounts: 3, Counts: 3}, MethodCountBounds, "no follower list is held"},
		{Evidence{Accounts: 3, Truncated: 1, Counts: 2}, MethodTruncated, "1 of 3 follower lists are truncated"},
		{Evidence{Accounts: 3, Counts: 2}, "", "1 of 3 accounts have no follower count"},
		{Evidence{}, "", "no account is known"},
	} {
		v := Assess(c.e)
		if v.Method != c.want || !strings.Contains(v.Why, c.why) || (c.why == "") != (v.Why == "") {
			t.Errorf("%+v: %+v, want %q because of %q", c.e, v, c.want, c.why)
		}
	}
}
