package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The whole shipped history in Chinese: what the tests of package reports prove of the test tables, on real results.
func TestReportInChinese(t *testing.T) {
	dir := t.TempDir()
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"run", "--quiet", "--lang", "zh", "--dir", dir}, stdio{&out, &errs}); code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	data, err := os.ReadFile(filepath.Join(dir, "report", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	if !strings.Contains(page, `<html lang="zh-Hans">`) || !strings.Contains(page, "亿") {
		t.Error("the page is not in Chinese")
	}
	// What strangers wrote is marked as English, or stands in a picture.
	for _, cut := range []string{`(?s)<svg\b.*?</svg>`, `(?s)<style\b.*?</style>`, `(?s)<script\b.*?</script>`, `(?s)<template\b.*?</template>`, `(?s)<details><summary>本图.*?</details>`, `(?s)<(bdi|a|span)\b[^>]* lang="en"[^>]*>.*?</(bdi|a|span)>`, `(?s)<code>.*?</code>`} {
		page = regexp.MustCompile(cut).ReplaceAllString(page, "")
	}
	page = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, "\n")
	sentence := regexp.MustCompile(`[A-Za-z]{2,}[,:;]* [a-z]{2,}`)
	for line := range strings.Lines(page) {
		if sentence.MatchString(line) {
			t.Errorf("not Chinese: %s", strings.TrimSpace(line))
		}
	}
}
