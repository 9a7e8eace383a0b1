package reports

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// TestPictures draws every picture that can be asked for, in both languages, at one size after the other.
func TestPictures(t *testing.T) {
	t.Parallel()
	q := fixture(t)
	for _, lang := range []string{"en", "zh"} {
		all, err := Pictures(t.Context(), q, Options{Lang: lang})
		if err != nil {
			t.Fatal(err)
		}
		charts := slices.IndexFunc(all, func(p PictureName) bool { return p.Count })
		if charts < 10 || len(all) == charts {
			t.Fatalf("%d charts of the report and %d kinds of count", charts, len(all)-charts)
		}
		b, err := open(t.Context(), q, Options{Lang: lang})
		if err != nil {
			t.Fatal(err)
		}
		specs, err := b.specs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sizes := []chart.Size{chart.SizeSlide, chart.SizePaper, chart.SizeSquare, {}}
		for i, p := range all {
			size := sizes[i%len(sizes)]
			draw := func(p Picture) (*chart.Figure, error) { return b.drawSpec(specs, p) }
			if p.Count {
				draw = b.drawCount
			}
			f, err := draw(Picture{Name: p.Name, Size: size})
			if err != nil {
				t.Errorf("%s at %v: %v", p.Name, size, err)
				continue
			}
			if size.H > 0 && (f.Width < size.W || math.Abs(f.Width/f.Height-size.W/size.H) > 0.001) {
				t.Errorf("%s at %v is %g x %g", p.Name, size, f.Width, f.Height)
			}
			if want := strings.ReplaceAll(p.Title, thin, " "); f.Title != want {
				t.Errorf("%s is listed as %q and titled %q", p.Name, want, f.Title)
			}
		}
	}
}

// TestPicturesAreThoseOfTheReport holds the list against the files of a report.
func TestPicturesAreThoseOfTheReport(t *testing.T) {
	t.Parallel()
	q := fixture(t)
	files, _, err := compose(t.Context(), q, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for name := range files {
		if id, ok := strings.CutSuffix(strings.TrimPrefix(name, "charts/"), ".svg"); ok {
			want = append(want, id)
		}
	}
	all, err := Pictures(t.Context(), q, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if !p.Count {
			got = append(got, p.Name)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("pictures %v\nreport   %v", got, want)
	}
}

func TestPicturesOfACount(t *testing.T) {
	t.Parallel()
	q := fixture(t)
	if _, err := Draw(t.Context(), q, Options{}, Picture{Name: "nothing"}); !errors.Is(err, ErrNoPicture) {
		t.Errorf("an unknown chart: %v", err)
	}
	f, err := Draw(t.Context(), q, Options{}, Picture{Name: "monthly_active_users", Platforms: []string{"twitter"}, Title: "T"})
	if err != nil {
		t.Fatal(err)
	}
	if _, rows := f.Data(); f.Title != "T" || len(rows) == 0 || strings.Contains(f.Alt(), "Weibo") {
		t.Errorf("%q: %s", f.Title, f.Alt())
	}
	f, err = Draw(t.Context(), q, Options{}, Picture{Name: "monthly_active_users", From: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatalf("no figure in the span: %v", err)
	}
	if _, rows := f.Data(); len(rows) != 0 {
		t.Errorf("%d rows from the year 2100 on", len(rows))
	}
}
