//go:build browser

package reports

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// These tests open the report in headless Chromium: go test -tags browser ./reports. They need chromium and npm.
// OVERTAKE_REPORT names a report to look at instead of the one over the test tables; OVERTAKE_SHOTS names a folder for
// the pictures.

// axeVersion is the checker of accessibility that the tests install.
const axeVersion = "4.14.1"

// A browser is one tab with a report open, and what it complained of.
type browser struct {
	ctx  context.Context
	page string

	mu       sync.Mutex
	requests []string
	errors   []string
}

func openBrowser(t *testing.T) *browser { return openBrowserIn(t, "en") }

// openBrowserIn opens the report in a language.
func openBrowserIn(t *testing.T, lang string) *browser {
	t.Helper()
	dir := os.Getenv("OVERTAKE_REPORT")
	if dir == "" {
		dir = filepath.Join(t.TempDir(), "report")
		o := options(dir)
		o.Lang = lang
		mustBuild(t, fixture(t), o)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), flags...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	b := &browser{ctx: ctx, page: (&url.URL{Scheme: "file", Path: filepath.Join(dir, "index.html")}).String()}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	call(t, b, network.Enable, network.EnableParams{})
	return b
}

// call sends one command of the browser's protocol.
func call[P, R any](t *testing.T, b *browser, cmd cdp.Command[P, R], params P) {
	t.Helper()
	if _, err := chromedp.Call(b.ctx, cmd, params); err != nil {
		t.Fatal(err)
	}
}

// get runs one action and gives its value.
func get[T any](t *testing.T, b *browser, action chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(b.ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *log.EventEntryAdded:
		b.errors = append(b.errors, e.Entry.Text)
	case *runtime.EventExceptionThrown:
		b.errors = append(b.errors, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		b.errors = append(b.errors, fmt.Sprint("console ", e.Type))
	}
}

func (b *browser) run(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// show opens the page at a width, in a colour scheme.
func (b *browser) show(t *testing.T, width int64, scheme string) {
	t.Helper()
	call(t, b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	b.run(t,
		chromedp.EmulateViewport(width, 1000),
		chromedp.Navigate(b.page),
		chromedp.WaitReady("footer"),
	)
}

func shot(t *testing.T, name string, data []byte) {
	t.Helper()
	dir := os.Getenv("OVERTAKE_SHOTS")
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestBrowserShowsThePageAtEveryWidth(t *testing.T) {
	b := openBrowser(t)
	for _, width := range []int64{1440, 820, 390} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(fmt.Sprintf("%d %s", width, scheme), func(t *testing.T) {
				b.show(t, width, scheme)
				if wide := get(t, b, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`)); wide > width {
					t.Errorf("the page is %d pixels wide: it scrolls sideways", wide)
				}
				for _, c := range get(t, b, chromedp.Evaluate[[]string](cutTexts)) {
					t.Errorf("a text of a chart leaves its picture: %s", c)
				}
				shot(t, fmt.Sprintf("report-%d-%s.png", width, scheme), get(t, b, chromedp.FullScreenshot(100)))
			})
		}
	}
	for _, r := range b.requests {
		if r != b.page && !strings.HasPrefix(r, "data:") {
			t.Errorf("the page asked for %s", r)
		}
	}
	for _, e := range b.errors {
		t.Errorf("the browser says: %s", e)
	}
}

// cutTexts finds the texts of visible charts that reach outside their picture.
const cutTexts = `[...document.querySelectorAll('figure svg text')].filter(x => {
	const a = x.getBoundingClientRect(), b = x.ownerSVGElement.getBoundingClientRect();
	return a.width > 0 && b.width > 0 && (a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 || a.bottom > b.bottom + 1);
}).map(x => x.closest('figure').id + ': ' + x.textContent)`

func TestBrowserFindsNoAccessibilityFault(t *testing.T) {
	axe := installAxe(t)
	for _, lang := range Languages {
		b := openBrowserIn(t, lang)
		for _, width := range []int64{1440, 390} {
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s %d %s", lang, width, scheme), func(t *testing.T) {
					b.show(t, width, scheme)
					get(t, b, chromedp.Evaluate[int](`document.querySelectorAll('details').forEach(d => d.open = true), 0`))
					get(t, b, chromedp.Evaluate[int](axe+"; 0"))
					for _, f := range get(t, b, chromedp.Evaluate[[]string](runAxe, chromedp.EvalAwaitPromise)) {
						t.Error(f)
					}
				})
			}
		}
	}
}

// runAxe gives one line for each rule that is violated, with the first places.
const runAxe = `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r =>
	r.violations.map(v => v.id + ' (' + v.impact + ', ' + v.nodes.length + '): ' + v.help + ': ' +
		v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + n.failureSummary.replace(/\s+/g, ' ')).join(' | ')))`

func installAxe(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "overtake-test", "axe-"+axeVersion)
	file := filepath.Join(dir, "node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(file); err != nil {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "npm", "install", "--no-audit", "--no-fund", "--prefix", dir, "axe-core@"+axeVersion)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("install axe-core by npm: %v\n%s", err, out)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestBrowserPrints(t *testing.T) {
	b := openBrowser(t)
	b.show(t, 1440, "light")
	pdf := get(t, b, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	shot(t, "report.pdf", pdf)
	if n := strings.Count(string(pdf), "/Type /Page\n"); n < 3 || n > 80 {
		t.Errorf("%d printed pages", n)
	}
}

func TestBrowserNeedsNoScript(t *testing.T) {
	b := openBrowser(t)
	call(t, b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.show(t, 1440, "light")
	if text := get(t, b, chromedp.Text("main")); !strings.Contains(text, "How we know") {
		t.Error("without scripts the page is not complete")
	}
}

func TestBrowserSortsTablesByKeyboard(t *testing.T) {
	b := openBrowser(t)
	b.show(t, 1440, "light")
	read := chromedp.Evaluate[[]string](`[...document.querySelectorAll('#sources-table tbody tr')].map(r => r.cells[3].textContent)`)
	get(t, b, chromedp.Evaluate[int](`document.querySelectorAll('details').forEach(d => d.open = true), 0`))
	before := get(t, b, read)
	b.run(t, chromedp.Focus("#sources-table th:nth-child(4) button"), chromedp.KeyEvent("\r"))
	after := get(t, b, read)
	sorted := get(t, b, chromedp.Evaluate[string](`document.querySelector('#sources-table th:nth-child(4)').getAttribute('aria-sort')`))
	if sorted != "ascending" || len(after) != len(before) || after[0] == before[0] {
		t.Errorf("aria-sort %q, before %q, after %q", sorted, before, after)
	}
}
