package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"image/png"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write the wanted outputs in testdata/script again")

// TestMain lets the scripts run this package as the program overtake.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"overtake": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			defer stop()
			os.Exit(run(ctx, os.Args[1:], stdio{out: os.Stdout, err: os.Stderr}))
		},
	})
}

// TestScripts runs each command the way a user runs it: testdata/script/*.txtar.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"samehash": sameHash, "pngsize": pngSize, "shipped": shipped(t.TempDir()), "bluesky": blueskyNetwork, "platform": platformServer,
		},
	})
}

// sameHash is the script command "samehash FILE...": the answers of several runs name one report hash.
func sameHash(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: samehash FILE FILE...")
	}
	first := ""
	for _, name := range args {
		var out outcome
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(name)), &out))
		switch {
		case out.ReportHash == "":
			ts.Fatalf("%s names no report hash", name)
		case first == "":
			first = out.ReportHash
		case out.ReportHash != first:
			ts.Fatalf("%s has the report hash %s, %s has %s", name, out.ReportHash, args[0], first)
		}
	}
}

// pngSize is the script command "pngsize FILE WIDTH HEIGHT".
func pngSize(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: pngsize FILE WIDTH HEIGHT")
	}
	c, err := png.DecodeConfig(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	if got := fmt.Sprint(c.Width, " ", c.Height); got != args[1]+" "+args[2] {
		ts.Fatalf("%s has %s pixels, want %s %s", args[0], got, args[1], args[2])
	}
}

// shipped gives the script command "shipped DIR": a folder in which the shipped history was run, made once, in once, for all
// scripts.
func shipped(once string) func(*testscript.TestScript, bool, []string) {
	ran := sync.OnceValue(func() error {
		var said bytes.Buffer
		if code := run(context.Background(), []string{"run", "--quiet", "--dir", once}, stdio{out: io.Discard, err: &said}); code != exitOK {
			return fmt.Errorf("overtake run ends with %d: %s", code, &said)
		}
		return nil
	})
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: shipped DIR")
		}
		ts.Check(ran())
		ts.Check(os.CopyFS(ts.MkAbs(args[0]), os.DirFS(once)))
	}
}
