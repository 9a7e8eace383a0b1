package chart

import (
	"bytes"
	stdflag "flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = stdflag.Bool("update", false, "write the golden files anew")

func TestGoldenSVG(t *testing.T) {
	for name, make := range samples() {
		t.Run(name, func(t *testing.T) {
			got := lined(svgOf(t, drawn(t, make)))
			path := filepath.Join("testdata", name+".svg")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v\nwrite it by go test ./reports/chart -update, then look at it", err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("the picture changed (-want +got); look at it, then go test ./reports/chart -update\n%s", diff)
			}
		})
	}
}

// lined begins a line at each element, so that differences can be read. The files show in a browser all the same: text
// elements stay whole.
func lined(svg string) string {
	return strings.NewReplacer("><g", ">\n<g", "><path", ">\n<path", "><text", ">\n<text", "></g>", ">\n</g>", "}#", "}\n#").Replace(svg) + "\n"
}

// Two draws give the same bytes, one after the other and at the same time.
func TestDrawingIsDeterministic(t *testing.T) {
	for name, make := range samples() {
		f := drawn(t, make)
		var want bytes.Buffer
		if err := f.PNG(&want, 1); err != nil {
			t.Fatal(err)
		}
		wantSVG := svgOf(t, drawn(t, make))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				var got bytes.Buffer
				if err := f.PNG(&got, 1); err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
					t.Errorf("%s: two PNGs differ (error %v)", name, err)
				}
				got.Reset()
				if err := f.SVG(&got); err != nil || got.String() != wantSVG {
					t.Errorf("%s: two SVGs differ (error %v)", name, err)
				}
			})
		}
		wg.Wait()
	}
}
