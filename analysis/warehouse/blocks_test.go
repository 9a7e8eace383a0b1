package warehouse

import (
	"context"
	"os"
	"strings"
	"testing"
)

// TestVerifyFindsEveryDamagedBlock damages one block after the other: opening the file sees few of them, Verify must see
// each that holds something.
func TestVerifyFindsEveryDamagedBlock(t *testing.T) {
	ctx := context.Background()
	path := t.TempDir() + "/overtake.duckdb"
	e, err := newEngine(1, "", path+".tmp")
	if err != nil {
		t.Fatal(err)
	}
	if err := e.attach(ctx, path, false); err != nil {
		t.Fatal(err)
	}
	if err := e.transaction(ctx, "create schema marts; create table marts.wide as select range as n, md5(range::varchar) as word from range(20000)"); err != nil {
		t.Fatal(err)
	}
	if err := e.close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := verifyFile(ctx, path); err != nil {
		t.Fatalf("the undamaged file: %v", err)
	}
	const block, header = 16384, 3 * 4096
	blocks, found := 0, 0
	for at := header + block/2; at < len(whole); at += block {
		damaged := append([]byte(nil), whole...)
		damaged[at] ^= 1
		if err := os.WriteFile(path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		blocks++
		if err := verifyFile(ctx, path); err != nil {
			found++
			if !strings.Contains(err.Error(), "overtake rebuild") {
				t.Errorf("the error names no cure: %v", err)
			}
		}
	}
	// Only what DuckDB has freed again may go unseen.
	if free := blocks - found; blocks < 20 || free > 4 {
		t.Errorf("%d of %d damaged blocks are found", found, blocks)
	}
}

func verifyFile(ctx context.Context, path string) error {
	db, err := Open(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Verify(ctx)
}
