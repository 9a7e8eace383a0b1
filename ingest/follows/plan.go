package follows

import (
	"bytes"
	"fmt"

	"golang.org/x/sys/unix"
)

// A SpaceError says that an import would not fit the disk, before it begins.
type SpaceError struct {
	Dir        string
	Need, Free int64
}

func (e *SpaceError) Error() string {
	return fmt.Sprintf("sorting would take about %d MB in %s, where %d MB are free", e.Need>>20, e.Dir, e.Free>>20)
}

// plan says beforehand what space the import takes, as far as the first lines and the sizes tell, and refuses what cannot
// fit.
func (r *reader) plan(src *reading, c chunk) error {
	lines := int64(bytes.Count(c.text, []byte{'\n'}))
	if r.sizes < 0 || lines == 0 {
		r.Log.Info("import", "size", "unknown: temporary space is taken as the sort needs it", "temp", r.Temp)
		return nil
	}
	// Edges by the length of the lines seen so far, in bytes as given, which are fewer where the file is packed.
	edges := int64(float64(r.sizes) / float64(max(src.bytes, 1)) * float64(lines))
	if src.packed == "" {
		edges = int64(float64(r.sizes) / float64(len(c.text)) * float64(lines))
	}
	temp := int64(0)
	if memory := int64(r.store.limit) * 4 * blockLen; 4*edges > memory {
		temp = 8 * edges
	}
	stored := 4*edges + edges/8 // runs and, roughly, new people
	r.Log.Info("import", "edges_about", edges, "temporary_bytes_at_most", temp, "temp", r.Temp, "lake_bytes_about", stored)
	for _, need := range []struct {
		dir   string
		bytes int64
	}{{r.Temp, temp}, {r.lakeDir, stored}} {
		free, err := freeBytes(need.dir)
		if err != nil || need.bytes == 0 {
			continue // a disk that does not say is tried
		}
		want := need.bytes
		if sameDisk(r.Temp, r.lakeDir) {
			want = temp + stored
		}
		if want > free {
			return &SpaceError{Dir: need.dir, Need: want, Free: free}
		}
	}
	return nil
}

func freeBytes(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}

func sameDisk(a, b string) bool {
	var x, y unix.Stat_t
	return unix.Stat(a, &x) == nil && unix.Stat(b, &y) == nil && x.Dev == y.Dev
}
