package lake

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/data"
	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/files"
)

// BenchmarkShippedHistory is the way from the embedded CSV files to a synced journal and a synced lake, in an empty
// folder.
func BenchmarkShippedHistory(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		j := openJournal(b, filepath.Join(dir, "journal"))
		landHistory(b, j, data.History)
		lk, err := Open(filepath.Join(dir, "lake"))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := lk.Write(b.Context(), j, files.Decoders()); err != nil {
			b.Fatal(err)
		}
		if err := j.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRebuild makes a lake from a journal of many pages with 100 readings of accounts each.
func BenchmarkRebuild(b *testing.B) {
	const pages, rows = 2000, 100
	dir := b.TempDir()
	j := openJournal(b, filepath.Join(dir, "journal"))
	var wg sync.WaitGroup
	for w := range 20 {
		wg.Go(func() {
			for n := range pages / 20 {
				var text strings.Builder
				for i := range rows {
					fmt.Fprintf(&text, "twitter account%d %d\n", (w*100+n)*rows+i, i)
				}
				p := ingest.Page{Source: fmt.Sprint("s", w), Decoder: "test/v1", Document: "list", Platform: "twitter", FetchedAt: time.Unix(1, 0), Raw: []byte(text.String())}
				if err := j.Land(context.Background(), p); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for b.Loop() {
		lk, err := Open(filepath.Join(b.TempDir(), "lake"))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := lk.Write(b.Context(), j, decoders); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(pages*rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
