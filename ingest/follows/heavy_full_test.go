//go:build heavy

package follows

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/overtake-analytics/overtake/ingest/follows/generate"
	"github.com/overtake-analytics/overtake/ingest/lake"
)

// TestDiskThatFillsLosesNothing imports where the disk of the sort, or that of the lake, fills at some moment. It needs the
// right to mount a tmpfs, as root.
func TestDiskThatFillsLosesNothing(t *testing.T) {
	var text bytes.Buffer
	if _, err := generate.Generate(context.Background(), generate.Options{Edges: 2_000_000, Users: 400_000, Accounts: 700, Seed: 5}, &text); err != nil {
		t.Fatal(err)
	}
	disk := func(t *testing.T, kb int) string {
		dir := t.TempDir()
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dk", kb)); err != nil {
			t.Fatalf("mount a small file system, which takes root: %v", err)
		}
		t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
		return dir
	}
	pipe := textInput("graph.txt", text.String())
	pipe.Size = -1 // so that nothing is refused beforehand
	try := func(t *testing.T, lakeDir, temp string) {
		lk, err := lake.Open(lakeDir)
		if err != nil {
			t.Fatal(err)
		}
		o := options(t, "twitter_rv")
		o.Memory, o.Temp = 8<<20, temp
		_, err = Import(context.Background(), lk, []Input{pipe}, o)
		if !errors.Is(err, unix.ENOSPC) {
			t.Fatalf("a full disk gives %v", err)
		}
		if again, err := lake.Open(lakeDir); err != nil || len(again.Imports()) != 0 || len(listsOf(t, again)) != 0 {
			t.Errorf("something was imported: %v", err)
		}
	}
	for _, kb := range []int{100, 1000, 6000} {
		t.Run(fmt.Sprintf("sort with %d kB", kb), func(t *testing.T) { try(t, t.TempDir()+"/lake", disk(t, kb)) })
	}
	for _, kb := range []int{64, 1000, 5000, 9000} {
		t.Run(fmt.Sprintf("lake with %d kB", kb), func(t *testing.T) {
			dir := disk(t, kb)
			try(t, dir+"/lake", t.TempDir())
			if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, "size=65536k"); err != nil {
				t.Fatal(err)
			}
			lk, err := lake.Open(dir + "/lake")
			if err != nil {
				t.Fatal(err)
			}
			res, err := Import(context.Background(), lk, []Input{pipe}, options(t, "twitter_rv"))
			if err != nil || res.Follows < 1_900_000 {
				t.Errorf("with room at last: %+v, %v", res, err)
			}
			if _, err := lk.Verify(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("said beforehand", func(t *testing.T) {
		dir := disk(t, 1000)
		lk, err := lake.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Import(context.Background(), lk, []Input{textInput("graph.txt", text.String())}, options(t, "twitter_rv"))
		var space *SpaceError
		if !errors.As(err, &space) || space.Free > 1000<<10 || space.Need < 8_000_000 {
			t.Errorf("got %v, want a SpaceError before the work begins", err)
		}
	})
}
