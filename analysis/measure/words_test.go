package measure

import "testing"

func TestWords(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 950: "950", 0.1234567: "0.1235", 85e6: "85 million", 198.2e6: "198.2 million", 1.47e9: "1.47 billion", -2e6: "-2 million",
	} {
		if got := Words(v); got != want {
			t.Errorf("Words(%v) = %q, want %q", v, got, want)
		}
	}
}
