package lake

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSortByText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SampledFrom([]string{"", "did:plc:", "x"}).Draw(t, "prefix")
		ids := rapid.SliceOf(rapid.StringMatching(`[ab\x00]{0,12}`)).Draw(t, "ids")
		at := make([]int32, len(ids))
		for i := range ids {
			ids[i] = prefix + ids[i]
			at[i] = int32(i)
		}
		sortByText(at, ids)
		got := make([]string, len(at))
		for i, a := range at {
			got[i] = ids[a]
		}
		want := slices.Sorted(slices.Values(ids))
		if !slices.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}
