//go:build browser

package serve_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// These tests use the pages in headless Chromium: go test -tags browser ./reports/serve. OVERTAKE_SHOTS names a folder for
// pictures.

// A tab is one tab of a browser, and what it complained of.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu     sync.Mutex
	errors []string
}

func openTab(t *testing.T) *tab {
	t.Helper()
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), flags...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		b.errors = append(b.errors, e.Entry.Text)
	case *runtime.EventExceptionThrown:
		b.errors = append(b.errors, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		b.errors = append(b.errors, string(e.Type))
	}
}

// complaints are what the browser said since the last call.
func (b *tab) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.errors
	b.errors = nil
	return all
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// eval gives the value of an expression on the page.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// await waits until the expression is true.
func (b *tab) await(expression string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(20*time.Second))); err != nil {
		b.t.Fatalf("%s: %v\nstate %q problem %q", expression, err, eval[string](b, `(document.getElementById('state') || {}).textContent || ''`), eval[string](b, `(document.getElementById('problem') || {}).textContent || ''`))
	}
}

func (b *tab) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("OVERTAKE_SHOTS")
	if dir == "" {
		return
	}
	data, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) view(width int64, scheme string) {
	b.t.Helper()
	params := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, params); err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.EmulateViewport(width, 900))
}

// ask writes SQL into the editor and runs it by keyboard.
func (b *tab) ask(sql string) {
	b.t.Helper()
	eval[int](b, `document.getElementById('state').textContent = '', document.getElementById('problem').hidden = true, 0`)
	b.do(chromedp.SetValue("#sql", sql), chromedp.Focus("#sql"), chromedp.KeyEvent("\r", chromedp.KeyModifiers(2)))
}

func TestBrowserAsks(t *testing.T) {
	s := start(t, nil)
	b := openTab(t)
	b.view(1280, "light")
	b.do(chromedp.Navigate(s.url + "/query"))
	b.ask(`select platform, "effective_to" as "on", value, '<img src=x onerror=alert(1)>' as hostile from marts.platform_readings where metric = 'monthly_active_users' and platform in ('twitter', 'sina_weibo') order by "on" desc limit 20`)
	b.await(`document.querySelectorAll('#as-table tbody tr').length === 20`)
	if got := eval[string](b, `document.getElementById('state').textContent`); !strings.Contains(got, "20 rows in") {
		t.Errorf("the state is %q", got)
	}
	if n := eval[int](b, `document.querySelectorAll('#as-table img').length`); n != 0 {
		t.Error("a name from a stranger became HTML")
	}
	b.shot("serve-table.png")

	// Sorting by keyboard, then the chart.
	b.do(chromedp.Focus("#as-table th:nth-child(3) button"), chromedp.KeyEvent("\r"))
	if !eval[bool](b, `(v => v.every((x, i) => i === 0 || v[i - 1] <= x))([...document.querySelectorAll('#as-table tbody tr')].map(r => Number(r.cells[2].textContent)))`) {
		t.Error("the table is not sorted by its third column")
	}
	b.do(chromedp.Focus("#tab-table"), chromedp.KeyEvent(kb.ArrowRight))
	b.await(`!document.getElementById('as-chart').hidden && document.querySelectorAll('#plot path').length === 2`)
	if n := eval[int](b, `document.querySelectorAll('#plot circle').length`); n != 20 {
		t.Errorf("%d points are drawn, want 20", n)
	}
	b.shot("serve-chart.png")

	b.ask("drop table marts.events")
	b.await(`!document.getElementById('problem').hidden`)
	if got := eval[string](b, `document.getElementById('problem').textContent`); !strings.Contains(got, "only a select") {
		t.Errorf("the problem is %q", got)
	}
	b.complaints() // the refusal, which the browser logs as an answer 422
	b.ask("select count(*) from range(1000000000000) a")
	b.await(`!document.getElementById('stop').disabled`)
	b.do(chromedp.Click("#stop"))
	b.await(`document.getElementById('state').textContent === 'Stopped.'`)
	b.ask("select 42 as answer")
	b.await(`document.querySelector('#as-table tbody td').textContent === '42'`)
	for _, c := range b.complaints() {
		t.Errorf("the browser says: %s", c)
	}
}

func TestBrowserSavesAFile(t *testing.T) {
	s := start(t, nil)
	b := openTab(t)
	dir := t.TempDir()
	b.do(chromedp.Navigate(s.url + "/query"))
	if _, err := chromedp.Call(b.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir, EventsEnabled: new(true)}); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{}, 1)
	if err := chromedp.Listen(b.ctx, func(event any) {
		if e, ok := event.(*browser.EventDownloadProgress); ok && e.State == browser.DownloadProgressStateCompleted {
			done <- struct{}{}
		}
	}); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.SetValue("#sql", "select 7 as n, '=1+1' as name"), chromedp.Click("#ask button[type=submit]"))
	select {
	case <-done:
	case <-b.ctx.Done():
		t.Fatal("no file came")
	}
	if data, err := os.ReadFile(filepath.Join(dir, "query.csv")); err != nil || string(data) != "n,name\n7,'=1+1\n" {
		t.Errorf("the file has %q, %v", data, err)
	}
}

func TestBrowserFollowsWhatIsPublished(t *testing.T) {
	s := start(t, nil)
	b := openTab(t)
	b.do(chromedp.Navigate(s.url + "/"))
	inside := `document.getElementById('report').contentDocument`
	b.await(inside + `.getElementById('answer') !== null`)
	eval[int](b, inside+`.getElementById('answer').textContent = 'stale', 0`)
	s.stamp.Add(1)
	b.await(inside + `.getElementById('answer')?.textContent === 'Who is ahead?'`)
	if got := eval[string](b, `document.getElementById('news').textContent`); !strings.Contains(got, "newer warehouse") {
		t.Errorf("the news are %q", got)
	}
	// The report's own scripts may not ask the server.
	refused := `new Promise(done => { const f = document.getElementById('report').contentWindow; f.fetch('/api/query').then(() => done(false), () => done(true)); })`
	if ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](refused, chromedp.EvalAwaitPromise)); err != nil || !ok {
		t.Errorf("the report reached the server: %v", err)
	}
}

func TestBrowserFindsNoFaultInThePages(t *testing.T) {
	s := start(t, nil)
	b := openTab(t)
	axe := installAxe(t)
	for _, path := range []string{"/query", "/tables", "/tables/marts.events", "/"} {
		for _, c := range []struct {
			width  int64
			scheme string
		}{{1280, "light"}, {390, "dark"}} {
			b.view(c.width, c.scheme)
			b.do(chromedp.Navigate(s.url + path))
			if path == "/query" {
				b.ask("select platform, metric, readings from marts.coverage limit 20")
				b.await(`document.querySelectorAll('#as-table tbody tr').length === 20`)
				b.do(chromedp.Click("#tab-chart"))
			}
			if wide := eval[int64](b, `document.documentElement.scrollWidth`); wide > c.width {
				t.Errorf("%s scrolls sideways at %d pixels: %d", path, c.width, wide)
			}
			eval[int](b, axe+"; 0")
			faults, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], iframes: false}).then(r =>
				r.violations.map(v => v.id + ': ' + v.help + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + n.failureSummary.replace(/\s+/g, ' ')).join(' | ')))`, chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range faults {
				t.Errorf("%s %d %s: %s", path, c.width, c.scheme, f)
			}
			b.shot("serve" + strings.ReplaceAll(path, "/", "-") + "-" + c.scheme + ".png")
		}
	}
	for _, c := range b.complaints() {
		t.Errorf("the browser says: %s", c)
	}
}

// installAxe gives the checker of accessibility, the one that the report's tests use.
func installAxe(t *testing.T) string {
	t.Helper()
	const version = "4.14.1"
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "overtake-test", "serve-axe-"+version)
	file := filepath.Join(dir, "node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(file); err != nil {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), "npm", "install", "--no-audit", "--no-fund", "--prefix", dir, "axe-core@"+version).CombinedOutput(); err != nil {
			t.Fatalf("install axe-core by npm: %v\n%s", err, out)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
