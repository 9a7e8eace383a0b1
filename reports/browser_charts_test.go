//go:build browser

package reports

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// chart is where the tests of the script find a chart of lines: of the test tables, and of any report.
const chartID = "growth-registered-users"

const onChart = `const fig = document.getElementById('` + chartID + `'), plot = fig.querySelector('.plot.wide'), tip = plot.querySelector('.tip');`

func TestBrowserReadsValuesByPointerAndByKeyboard(t *testing.T) {
	b := openBrowser(t)
	b.show(t, 1440, "light")
	byPointer := get(t, b, chromedp.Evaluate[string](`(() => { `+onChart+`
		fig.scrollIntoView();
		const mark = plot.querySelector('.series path[data-tip]'), at = mark.getBoundingClientRect();
		plot.dispatchEvent(new PointerEvent('pointermove', {clientX: at.x + at.width / 2, clientY: at.y + at.height / 2, bubbles: true}));
		return tip.hidden ? '' : tip.textContent;
	})()`))
	if byPointer == "" {
		t.Error("pointing at a mark shows nothing")
	}
	b.run(t, chromedp.Focus("#"+chartID+" .plot.wide"))
	byKey := get(t, b, chromedp.Evaluate[string](`(() => { `+onChart+`
		plot.dispatchEvent(new KeyboardEvent('keydown', {key: 'Home', bubbles: true}));
		return plot.querySelector('[aria-live]').textContent;
	})()`))
	if !strings.Contains(byKey, ": ") || !strings.ContainsAny(byKey, "0123456789") {
		t.Errorf("the keyboard reads %q, want a name, a date and a value", byKey)
	}
	next := get(t, b, chromedp.Evaluate[string](`(() => { `+onChart+`
		plot.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
		return plot.querySelector('[aria-live]').textContent;
	})()`))
	if next == byKey {
		t.Errorf("the right arrow stays at %q", next)
	}
}

func TestBrowserTakesSeriesAwayAndBringsThemBack(t *testing.T) {
	b := openBrowser(t)
	b.show(t, 1440, "light")
	shown := chromedp.Evaluate[int64](`[...document.querySelectorAll('#` + chartID + ` .plot.wide .series')].filter(g => g.getBoundingClientRect().width > 0).length`)
	all := get(t, b, shown)
	b.run(t, chromedp.Focus("#"+chartID+" .chip"), chromedp.KeyEvent("\r"))
	if n := get(t, b, shown); n != all-1 {
		t.Errorf("of %d series %d are left, want one less", all, n)
	}
	if p := get(t, b, chromedp.Evaluate[string](`document.querySelector('#`+chartID+` .chip').getAttribute('aria-pressed')`)); p != "false" {
		t.Errorf("aria-pressed %q", p)
	}
	b.run(t, chromedp.KeyEvent("\r"))
	if n := get(t, b, shown); n != all {
		t.Errorf("%d series come back, want %d", n, all)
	}
}

// Zooming and the other scale must keep every value: the marks are read back from their places.
func TestBrowserZoomsAndChangesTheScale(t *testing.T) {
	b := openBrowser(t)
	b.show(t, 1440, "light")
	const state = `(() => { ` + onChart + `
		const g = plot.querySelector('.panel');
		return [g.querySelector('.series path').getAttribute('d'), g.querySelectorAll('.grid-now text').length, fig.querySelector('.tools button[hidden]') ? 'same' : 'changed'].join('|');
	})()`
	before := get(t, b, chromedp.Evaluate[string](state))
	press := func(key string) string {
		return get(t, b, chromedp.Evaluate[string](`(() => { `+onChart+`plot.dispatchEvent(new KeyboardEvent('keydown', {key: '`+key+`', bubbles: true})); })(), `+state))
	}
	scaled := press("l")
	if scaled == before || !strings.HasSuffix(scaled, "changed") {
		t.Errorf("the key L changes nothing: %s", clip(scaled, 80))
	}
	if strings.Contains(scaled, "NaN") || strings.Contains(scaled, "Infinity") {
		t.Errorf("a place is no number: %s", clip(scaled, 200))
	}
	if back := press("Escape"); back != before {
		t.Errorf("Escape does not restore the picture:\n%s\n%s", clip(before, 200), clip(back, 200))
	}
	dragged := get(t, b, chromedp.Evaluate[string](`(() => { `+onChart+`
		fig.scrollIntoView();
		const box = plot.querySelector('.panel').dataset.box.split(' ').map(Number), m = plot.querySelector('svg').getScreenCTM();
		const at = (x, y) => { const p = new DOMPoint(x, y).matrixTransform(m); return {clientX: p.x, clientY: p.y, bubbles: true, button: 0, pointerType: 'mouse'}; };
		const y = (box[1] + box[3]) / 2, w = box[2] - box[0];
		plot.dispatchEvent(new PointerEvent('pointerdown', at(box[0] + w * .2, y)));
		dispatchEvent(new PointerEvent('pointermove', at(box[0] + w * .4, y)));
		dispatchEvent(new PointerEvent('pointerup', at(box[0] + w * .5, y)));
	})(), `+state))
	if dragged == before || !strings.HasSuffix(dragged, "changed") {
		t.Errorf("dragging does not zoom: %s", clip(dragged, 80))
	}
	shot(t, "zoomed.png", get(t, b, chromedp.FullScreenshot(100)))
	if back := press("Escape"); back != before {
		t.Error("Escape does not restore the picture after a zoom")
	}
	for _, e := range b.errors {
		t.Errorf("the browser says: %s", e)
	}
}

func TestBrowserSavesFilesOutOfThePage(t *testing.T) {
	b := openBrowser(t)
	b.show(t, 1440, "light")
	saved := get(t, b, chromedp.Evaluate[[]string](`(async () => {
		const got = [];
		URL.createObjectURL = blob => { got.push(blob); return 'blob:x'; };
		HTMLAnchorElement.prototype.click = function () {};
		const fig = document.getElementById('`+chartID+`');
		for (const end of ['csv', 'svg', 'png']) fig.querySelector('.prov a[href$=".' + end + '"]').dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));
		for (let i = 0; i < 200 && got.length < 3; i++) await new Promise(requestAnimationFrame);
		return Promise.all(got.map(async blob => blob.type + ' ' + (blob.type === 'image/png' ? blob.size : (await blob.text()).slice(0, 60))));
	})()`, chromedp.EvalAwaitPromise))
	if len(saved) != 3 || !strings.Contains(saved[0], "series,date,value") || !strings.Contains(saved[1], "<svg") || !strings.HasPrefix(saved[2], "image/png ") {
		t.Errorf("saved %q", saved)
	}
}

// Nothing may move after the first picture, and the page is there within a second.
func TestBrowserOpensFastAndDoesNotShift(t *testing.T) {
	b := openBrowser(t)
	b.show(t, 1440, "light")
	shift := get(t, b, chromedp.Evaluate[float64](`new Promise(done => new PerformanceObserver(l => done(l.getEntries().reduce((s, e) => s + e.value, 0))).observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 300))`, chromedp.EvalAwaitPromise))
	if shift > 0.01 {
		t.Errorf("layout shift %v", shift)
	}
	// No assertion on the clock: the log says how long it took.
	if ms := get(t, b, chromedp.Evaluate[float64](`performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd`)); ms > 0 {
		t.Logf("the page was complete after %.0f ms", ms)
	}
}
