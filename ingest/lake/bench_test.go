package lake

import (
	"path/filepath"
	"testing"

	"github.com/overtake-analytics/overtake/data"
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
