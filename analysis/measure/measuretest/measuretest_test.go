package measuretest

import (
	"fmt"
	"testing"
)

type recorder struct{ failed bool }

func (*recorder) Helper()                 {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Fatalf(string, ...any) { r.failed = true }

func TestDigits(t *testing.T) {
	for _, c := range []struct {
		got  float64
		want string
		ok   bool
	}{
		{0.1336284, "0.133628", true},
		{0.1336286, "0.133628", false},
		{2256493.5, "2.25649e6", true},
		{2256493.5, "2256490", false},
		{100.4, "100", true},
		{100.6, "100", false},
		{0, "0", true},
		{1e-9, "0", false},
		{-36.4, "-36.4", true},
		{1, "one", false},
	} {
		t.Run(fmt.Sprint(c.got, " ", c.want), func(t *testing.T) {
			var r recorder
			Digits(&r, "x", c.got, c.want)
			if r.failed == c.ok {
				t.Errorf("Digits(%v, %q) failed: %v", c.got, c.want, r.failed)
			}
		})
	}
}
