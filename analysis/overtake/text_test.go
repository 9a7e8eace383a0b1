package overtake

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestPrintedAnswer(t *testing.T) {
	for name, r := range map[string]Request{"top100-2011.txt": early2011, "too-little.txt": {Leader: "twitter", Challenger: "tencent_weibo", Metric: "registered_users",
		AsOf: today}} {
		var text strings.Builder
		if err := ask(t, r).WriteText(&text); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(text.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > textWidth && !strings.Contains(line, "://") {
				t.Errorf("%s: a line of %d characters: %q", name, n, line)
			}
		}
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(string(golden), text.String()); diff != "" {
			t.Errorf("%s differs (go test -update writes it anew):\n%s", name, diff)
		}
	}
}

func TestAnswerAsJSON(t *testing.T) {
	b, err := json.Marshal(ask(t, early2011))
	if err != nil {
		t.Fatal(err)
	}
	var back map[string]any
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if back["as_of"] != "2011-02-28" || back["leader"].(map[string]any)["level_on"] != "2011-01-31" || back["flags"] == nil {
		t.Errorf("JSON begins %.300s", b)
	}
}

func TestTextIsSafeAndWrapped(t *testing.T) {
	if got := clean("a\x1b[31m\u202eb\nc"); strings.ContainsAny(got, "\x1b\u202e\n") {
		t.Errorf("clean leaves %q", got)
	}
	var w text
	w.wrap("  ", strings.Repeat("十万 followers ", 20))
	for line := range strings.Lines(w.String()) {
		if utf8.RuneCountInString(line) > textWidth+1 {
			t.Errorf("a line of %d characters", utf8.RuneCountInString(line))
		}
	}
	for v, want := range map[float64]string{198.2e6: "198.2 million", 999.99e6: "1 billion", 43692: "43,692", 7: "7", 999_999: "1 million", 1.5e9: "1.5 billion"} {
		if got := count(v); got != want {
			t.Errorf("count(%v) = %q, want %q", v, got, want)
		}
	}
	for p, want := range map[float64]string{0: "<1 %", .003: "<1 %", .5: "50 %", .997: ">99 %", 1: ">99 %"} {
		if got := percent(p); got != want {
			t.Errorf("percent(%v) = %q, want %q", p, got, want)
		}
	}
}
