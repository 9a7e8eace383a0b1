// Charts answer questions: what a mark says, what is left without a series, how it looks on another scale, and what
// happened in a part of the time. The static picture is drawn by the report; this moves its parts. All of it by keyboard
// too: arrows walk the marks, + and - zoom, L changes the scale, Escape puts everything back.

const SVG = 'http://www.w3.org/2000/svg';
const make = (tag, props, ...kids) => { const n = Object.assign(document.createElement(tag), props); n.append(...kids); return n; };
const drawn = (tag, attrs) => { const n = document.createElementNS(SVG, tag); for (const k in attrs) n.setAttribute(k, attrs[k]); return n; };
const numbers = s => s.trim().split(/\s+/).map(Number);

// points reads a path of straight pieces into subpaths of absolute points; null where it has curves.
function points(d) {
  if (/[aqc]/i.test(d.replace(/e/gi, ''))) return null;
  const parts = [];
  let x = 0, y = 0, at = null;
  for (const [, verb, rest] of d.matchAll(/([MmLlHhVvZz])([^MmLlHhVvZz]*)/g)) {
    const n = (rest.match(/-?(?:\d+\.?\d*|\.\d+)/g) || []).map(Number);
    const move = (dx, dy) => { x += dx; y += dy; at.push([x, y]); };
    switch (verb) {
      case 'M': case 'm':
        if (verb === 'M') { x = n[0]; y = n[1]; } else { x += n[0]; y += n[1]; }
        parts.push(at = [[x, y]]);
        for (let i = 2; i < n.length; i += 2) move(n[i], n[i + 1]);
        break;
      case 'l': for (let i = 0; i < n.length; i += 2) move(n[i], n[i + 1]); break;
      case 'h': n.forEach(v => move(v, 0)); break;
      case 'v': n.forEach(v => move(0, v)); break;
      case 'z': at.closed = true; [x, y] = at[0]; break;
    }
  }
  return parts;
}

const written = parts => parts.map(p => p.map((q, i) => (i ? 'L' : 'M') + q[0].toFixed(1) + ' ' + q[1].toFixed(1)).join('') + (p.closed ? 'z' : '')).join('');

// An axis turns values into places and back.
class Axis {
  constructor(lo, hi, from, to, log) { Object.assign(this, {lo, hi, from, to, log}); }
  place(v) {
    const t = this.log ? Math.log(v / this.lo) / Math.log(this.hi / this.lo) : (v - this.lo) / (this.hi - this.lo);
    return this.from + t * (this.to - this.from);
  }
  value(p) {
    const t = (p - this.from) / (this.to - this.from);
    return this.log ? this.lo * Math.pow(this.hi / this.lo, t) : this.lo + t * (this.hi - this.lo);
  }
}

const units = zh ? [[1e8, '亿'], [1e4, '万']] : [[1e12, '\u202fT'], [1e9, '\u202fB'], [1e6, '\u202fM'], [1e3, '\u202fK']];
const digits = (v, n) => v.toLocaleString(zh ? 'zh-CN' : 'en', {maximumSignificantDigits: n});
function number(v, format, n = 3) {
  if (format === 'percent') return digits(100 * v, n) + (zh ? '%' : '\u202f%');
  if (format === 'count') for (const [size, unit] of units) if (Math.abs(v) >= size) return digits(v / size, n) + unit;
  return digits(v, n);
}
const dateOf = days => new Date(days * 864e5);
const dates = options => new Intl.DateTimeFormat(zh ? 'zh-CN' : 'en-GB', {timeZone: 'UTC', ...options});
const longDay = dates({day: 'numeric', month: 'short', year: 'numeric'}), monthOf = dates({month: 'short', year: 'numeric'});

const roundStep = x => { const p = 10 ** Math.floor(Math.log10(x)); return [1, 2, 2.5, 5, 10].map(m => m * p).find(s => s >= x * (1 - 1e-9)); };

// steps are round values between lo and hi.
function steps(lo, hi, n, log) {
  const out = [];
  if (log) {
    const few = Math.log10(hi / lo) < n / 2.5;
    for (let e = Math.floor(Math.log10(lo)); e <= Math.log10(hi); e++)
      for (const m of few ? [1, 2, 5] : [1]) if (m * 10 ** e >= lo * .999 && m * 10 ** e <= hi * 1.001) out.push(m * 10 ** e);
    return out;
  }
  const step = roundStep((hi - lo) / n);
  for (let v = Math.ceil(lo / step - 1e-9) * step; v <= hi + step * 1e-9; v += step) out.push(+v.toPrecision(12));
  return out;
}

function timeSteps(lo, hi, n) {
  const out = [], all = (hi - lo) / 30.44;
  const step = [1, 2, 3, 6, 12, 24, 60, 120, 240].find(m => all / m <= n) || 600;
  const start = dateOf(lo);
  for (let k = Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth()) / step) * step; ; k += step) {
    const t = Date.UTC(Math.floor(k / 12), k % 12) / 864e5;
    if (t > hi) return out;
    if (t >= lo) out.push([t, step % 12 ? monthOf.format(dateOf(t)) : String(Math.floor(k / 12))]);
  }
}

// A Panel is one coordinate system of a chart.
class Panel {
  constructor(g, svg) {
    this.g = g;
    const d = g.dataset;
    [this.x0, this.y0, this.x1, this.y1] = numbers(d.box);
    const [xlo, xhi, kind] = d.x.split(' '), [ylo, yhi, up] = d.y.split(' ');
    this.kind = kind; this.format = d.format;
    this.ox = this.x = new Axis(+xlo, +xhi, this.x0, this.x1, false);
    this.oy = this.y = new Axis(+ylo, +yhi, this.y1, this.y0, up === 'log');
    this.svg = svg;
  }
  // parts are the shapes that move with the axes, read once from the picture as it was drawn.
  parts() {
    if (this.moving) return this.moving;
    this.moving = [];
    for (const g of this.g.querySelectorAll('.series, .fan, .band, .events, .ref-x, .ref-y, .windows')) {
      const only = g.matches('.events, .ref-x, .windows') ? 'x' : g.matches('.ref-y') ? 'y' : '';
      for (const n of g.querySelectorAll('path')) {
        if (n.closest('.m') && n !== n.closest('.m').firstElementChild) continue;
        const whole = n.closest('.m') || n, box = whole.getBBox();
        const mark = !only && (whole !== n || n.querySelector('title'));
        this.moving.push({node: whole, key: g.dataset.key, only, mark, d: n.getAttribute('d'), parts: mark ? null : points(n.getAttribute('d')),
          line: g.matches('.series, .fan') && !mark && getComputedStyle(n).fill === 'none', label: g.dataset.label,
          at: [box.x + box.width / 2, box.y + box.height / 2], title: n.querySelector('title')?.textContent});
      }
    }
    return this.moving;
  }
  move([px, py], only) {
    return [only === 'y' ? px : this.x.place(this.ox.value(px)), only === 'x' ? py : this.y.place(this.oy.value(py))];
  }
  // seen tells whether an original place lies in the time that is shown.
  seen([px]) { const p = this.x.place(this.ox.value(px)); return p >= this.x0 - 1 && p <= this.x1 + 1; }

  // set draws the panel on other axes: x from lo to hi, values as a logarithm or not.
  set(lo, hi, log, hidden) {
    const all = this.parts();
    const same = lo === this.ox.lo && hi === this.ox.hi;
    this.x = new Axis(lo, hi, this.x0, this.x1, false);
    let ylo = this.oy.lo, yhi = this.oy.hi;
    if (!same || log !== this.oy.log) {
      const values = [];
      for (const p of all) {
        if (p.only || hidden.has(p.key)) continue;
        for (const q of p.mark ? [p.at] : (p.parts || []).flat()) if (this.seen(q)) values.push(this.oy.value(q[1]));
      }
      const some = values.filter(v => isFinite(v) && (!log || v > 0));
      if (some.length) { ylo = Math.min(...some); yhi = Math.max(...some); }
      if (log) { const pad = Math.max(1.05, (yhi / ylo) ** .05); ylo /= pad; yhi *= pad; }
      else { if (ylo > 0 && ylo < .75 * yhi) ylo = 0; const pad = (yhi - ylo || Math.abs(yhi) || 1) * .05; if (ylo) ylo -= pad; yhi += pad; }
    }
    this.y = new Axis(ylo, yhi, this.y1, this.y0, log);
    this.changed = !same || log !== this.oy.log;
    this.draw(all);
    this.grid();
    this.names(all, hidden);
  }
  draw(all) {
    const fit = n => Math.max(-9e3, Math.min(9e3, n));
    for (const p of all) {
      if (p.mark) {
        const [x, y] = this.move(p.at);
        p.now = [x, y];
        p.node.style.transform = this.changed ? `translate(${x - p.at[0]}px,${y - p.at[1]}px)` : '';
        p.node.style.display = this.seen(p.at) ? '' : 'none';
      } else if (p.parts) {
        p.node.setAttribute('d', this.changed ? written(p.parts.map(part => Object.assign(part.map(q => this.move(q, p.only).map(fit)), {closed: part.closed}))) : p.d);
      }
    }
    for (const g of this.g.querySelectorAll('.series, .fan, .band, .events, .ref-x, .ref-y, .windows')) {
      if (this.changed) g.setAttribute('clip-path', `url(#${this.clip(g.matches('.windows') || g.matches('.events'))})`);
      else g.removeAttribute('clip-path');
    }
    for (const g of this.g.querySelectorAll('.notes')) g.style.display = this.changed ? 'none' : '';
  }
  clip(tall) {
    const id = `${this.svg.id}-clip-${[...this.svg.querySelectorAll('.panel')].indexOf(this.g)}${tall ? '-tall' : ''}`;
    if (!document.getElementById(id)) {
      const c = drawn('clipPath', {id});
      c.append(drawn('rect', {x: this.x0 - 5, y: this.y0 - 5, width: this.x1 - this.x0 + 10, height: this.y1 - this.y0 + 10 + (tall ? 300 : 0)}));
      this.svg.append(c);
    }
    return id;
  }
  // grid draws lines and ticks anew, in the style of those that were drawn.
  grid() {
    this.g.querySelector('.grid-now')?.remove();
    const grid = this.g.querySelector('.grid');
    grid.style.display = this.changed ? 'none' : '';
    if (!this.changed) return;
    const now = drawn('g', {class: 'grid-now'});
    const text = (s, x, y, end) => { const t = drawn('text', {x, y, 'text-anchor': end ? 'end' : 'middle', 'font-size': 11, fill: 'var(--ink-faint,#686e78)'}); t.textContent = s; now.append(t); };
    for (const v of steps(this.y.lo, this.y.hi, Math.max(2, (this.y1 - this.y0) / 52), this.y.log)) {
      const y = this.y.place(v);
      now.append(drawn('path', {d: `M${this.x0} ${y.toFixed(1)}H${this.x1}`, stroke: 'var(--grid,#e4e6ea)'}));
      text(number(v, this.format), this.x0 - 6, y + 4, true);
    }
    const room = Math.max(2, Math.floor((this.x1 - this.x0) / 80));
    const strip = Math.max(0, ...[...grid.querySelectorAll('text')].map(t => +t.getAttribute('y'))) - 14;
    const base = Math.max(this.y1, Math.min(strip, this.y1 + 300));
    const ticks = this.kind === 'time' ? timeSteps(this.x.lo, this.x.hi, room)
      : this.kind === 'age' ? steps(this.x.lo / 365.2425, this.x.hi / 365.2425, room).map(v => [v * 365.2425, words.years.replace('%s', digits(v, 3))])
      : steps(this.x.lo, this.x.hi, room).map(v => [v, digits(v, 3)]);
    for (const [v, label] of ticks) {
      const x = this.x.place(v);
      now.append(drawn('path', {d: `M${x.toFixed(1)} ${base}v4`, stroke: 'var(--axis,#8b919b)'}));
      text(label, x, base + 16, false);
    }
    grid.after(now);
  }
  // names puts the names of the lines at the ends that they have now, apart from one another.
  names(all, hidden) {
    const ends = [];
    for (const g of this.g.querySelectorAll('.end')) {
      const t = g.querySelector('text'), leader = g.querySelector('path'), key = g.dataset.key;
      if (t.dataset.x === undefined) { t.dataset.x = t.getAttribute('x'); t.dataset.y = t.getAttribute('y'); }
      t.setAttribute('x', t.dataset.x); t.setAttribute('y', t.dataset.y);
      t.style.textAnchor = '';
      if (leader) leader.style.display = this.changed ? 'none' : '';
      g.style.display = hidden.has(key) ? 'none' : '';
      if (!this.changed || hidden.has(key)) continue;
      let last = null;
      for (const p of all) if (p.key === key && !p.only && (p.line || p.mark))
        for (const q of p.mark ? [p.at] : p.parts.flat()) if (this.seen(q) && (!last || q[0] > last[0])) last = q;
      if (!last) { g.style.display = 'none'; continue; }
      const [x, y] = this.move(last);
      ends.push({t, x, y: Math.max(this.y0 + 6, Math.min(this.y1, y))});
    }
    ends.sort((a, b) => a.y - b.y).forEach((e, i) => {
      if (i && e.y < ends[i - 1].y + 14 && Math.abs(e.x - ends[i - 1].x) < 120) e.y = ends[i - 1].y + 14;
      const outside = +e.t.dataset.x > this.x1;
      e.t.setAttribute('x', outside ? this.x1 + 8 : e.x > (this.x0 + this.x1) / 2 ? e.x - 6 : e.x + 8);
      e.t.style.textAnchor = !outside && e.x > (this.x0 + this.x1) / 2 ? 'end' : 'start';
      e.t.setAttribute('y', e.y + (outside ? 4 : -6));
    });
  }
}

// A Chart is a figure with its two pictures, for wide screens and for phones.
class Chart {
  constructor(figure) {
    this.figure = figure;
    this.hidden = new Set();
    this.views = [...figure.querySelectorAll('.plot')].map(plot => new View(this, plot));
    this.tools();
  }
  tools() {
    const bar = this.figure.querySelector('.tools');
    const names = new Map();
    for (const g of this.figure.querySelectorAll('.plot.wide :is(.series, .fan)')) if (g.dataset.label && !names.has(g.dataset.key)) names.set(g.dataset.key, g);
    if (names.size > 1) for (const [key, g] of names) bar.append(this.toggle(key, g));
    if (this.views[0].panels.length) {
      if (this.figure.querySelector('.panel[data-format=count]')) {
        this.logButton = make('button', {type: 'button', textContent: words.log, onclick: () => this.scale(!this.log)});
        bar.append(this.logButton);
      }
      this.reset = make('button', {type: 'button', textContent: words.reset, onclick: () => this.back(), hidden: true});
      bar.append(this.reset, make('span', {className: 'hint', textContent: words.hint}));
    }
    this.log = this.views[0].panels.some(p => p.oy.log);
    this.logButton?.setAttribute('aria-pressed', this.log);
    if (bar.childElementCount) { bar.setAttribute('role', 'group'); bar.setAttribute('aria-label', words.tools + ': ' + this.figure.querySelector('h3').textContent); }
  }
  toggle(key, g) {
    const line = [...g.querySelectorAll('path')].find(p => getComputedStyle(p).stroke !== 'none') || g.querySelector('path');
    const css = line && getComputedStyle(line);
    const chip = make('button', {type: 'button', className: 'chip'}, make('i'), g.dataset.label);
    if (css) chip.style.setProperty('--chip', css.stroke !== 'none' ? css.stroke : css.fill);
    chip.setAttribute('aria-pressed', 'true');
    chip.onclick = () => {
      const off = !this.hidden.has(key);
      off ? this.hidden.add(key) : this.hidden.delete(key);
      chip.setAttribute('aria-pressed', !off);
      for (const n of this.figure.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)) n.style.display = off ? 'none' : '';
      for (const v of this.views) v.redraw();
    };
    return chip;
  }
  scale(log) {
    this.log = log;
    this.logButton?.setAttribute('aria-pressed', log);
    this.views.forEach(v => v.redraw());
    this.told();
  }
  zoom(lo, hi) { this.views.forEach(v => v.zoom(lo, hi)); this.told(); }
  back() {
    this.views.forEach(v => { v.range = null; });
    this.scale(this.views[0].panels.some(p => p.oy.log));
  }
  // told keeps the words about the scale true, and offers the way back where something was changed.
  told() {
    const was = this.views[0].panels.some(p => p.oy.log);
    for (const n of this.figure.querySelectorAll('.sub, .plot svg > text')) {
      n.dataset.text ||= n.textContent;
      const now = was && !this.log ? words.scales.reduce((s, [log, linear]) => s.replaceAll(log, linear), n.dataset.text) : n.dataset.text;
      if (n.textContent !== now) n.textContent = now;
    }
     if (this.reset) this.reset.hidden = !this.views.some(v => v.panels.some(p => p.changed)); }
}

// A View is one picture of a chart: what points at it, walks it and zooms it.
class View {
  constructor(chart, plot) {
    this.chart = chart; this.plot = plot;
    this.svg = plot.querySelector('svg');
    this.panels = [...this.svg.querySelectorAll('.panel[data-box]')].map(g => new Panel(g, this.svg));
    this.tip = make('div', {className: 'tip', hidden: true});
    this.live = make('div', {className: 'vh'});
    this.live.setAttribute('aria-live', 'polite');
    plot.append(this.tip, this.live);
    if (!plot.hasAttribute('tabindex')) { plot.tabIndex = 0; plot.setAttribute('role', 'group'); }
    plot.setAttribute('aria-label', (plot.getAttribute('aria-label') || chart.figure.querySelector('h3').textContent) + '. ' + words.keys);
    for (const t of this.svg.querySelectorAll('path > title')) t.parentNode.dataset.tip = t.textContent;
    plot.addEventListener('pointermove', e => this.over(e));
    plot.addEventListener('pointerleave', () => this.hide());
    plot.addEventListener('pointerdown', e => this.grab(e));
    plot.addEventListener('keydown', e => this.key(e));
    plot.addEventListener('blur', () => this.hide());
  }
  redraw() {
    this.marks = null;
    this.hide();
    if (!this.svg.getBoundingClientRect().width) { this.late = true; return; }
    this.late = false;
    for (const p of this.panels) p.set(this.range ? this.range[0] : p.ox.lo, this.range ? this.range[1] : p.ox.hi, this.chart.logButton ? this.chart.log : p.oy.log, this.chart.hidden);
  }
  zoom(lo, hi) { this.range = [lo, hi]; this.redraw(); }

  // all marks that can be read, in reading order: of each series from left to right.
  all() {
    if (this.late) this.redraw();
    if (this.marks) return this.marks;
    const out = [];
    for (const p of this.panels) {
      for (const m of p.parts()) {
        if (m.only && m.only !== 'x' || this.chart.hidden.has(m.key)) continue;
        if (m.title) {
          const at = m.mark ? (m.now || m.at) : m.only === 'x' ? p.move(m.at, 'x') : m.at;
          if (at[0] >= p.x0 - 1 && at[0] <= p.x1 + 1) out.push({at, text: m.title, row: m.key || '', event: !!m.only});
        } else if (m.line && m.parts && !p.parts().some(o => o.mark && o.key === m.key)) {
          for (const q of m.parts.flat()) if (p.seen(q)) out.push({at: p.move(q), row: m.key, text: `${m.label}, ${p.kind === 'time' ? longDay.format(dateOf(p.ox.value(q[0]))) : digits(p.kind === 'age' ? p.ox.value(q[0]) / 365.2425 : p.ox.value(q[0]), 3)}: ≈ ${number(p.oy.value(q[1]), p.format)}`});
        }
      }
    }
    if (!this.panels.length) for (const n of this.svg.querySelectorAll('path[data-tip]')) {
      const b = n.getBBox();
      out.push({at: [b.x + b.width / 2, b.y + b.height / 2], box: b, text: n.dataset.tip, row: Math.round(b.y + b.height / 2) + ''});
    }
    const order = [...new Set(out.map(m => m.row))];
    out.sort((a, b) => a.event - b.event || order.indexOf(a.row) - order.indexOf(b.row) || a.at[0] - b.at[0]);
    return this.marks = out;
  }
  place(e) {
    const m = this.svg.getScreenCTM().inverse(), p = new DOMPoint(e.clientX, e.clientY).matrixTransform(m);
    return [p.x, p.y];
  }
  over(e) {
    if (this.from || e.pointerType === 'touch' && e.type === 'pointermove') return;
    const [x, y] = this.place(e), reach = 28 / (this.svg.getScreenCTM().a || 1);
    let best = null, near = reach;
    for (const m of this.all()) {
      const dx = m.box ? Math.max(m.box.x - x, 0, x - m.box.x - m.box.width) : m.at[0] - x, dy = m.box ? Math.max(m.box.y - y, 0, y - m.box.y - m.box.height) : m.at[1] - y;
      const far = Math.hypot(dx, m.event ? Math.max(0, Math.abs(dy) - 60) : dy) + (m.event ? 6 : 0);
      if (far < near) { near = far; best = m; }
    }
    best ? this.show(best) : this.hide();
  }
  show(m, speak) {
    this.now = m;
    this.ring ||= this.svg.appendChild(drawn('circle', {class: 'halo', r: 6.5, fill: 'none', 'stroke-width': 2, stroke: 'var(--ink,#1c1f24)'}));
    this.ring.setAttribute('cx', m.at[0]); this.ring.setAttribute('cy', m.at[1]); this.ring.style.display = '';
    const p = new DOMPoint(...m.at).matrixTransform(this.svg.getScreenCTM()), box = this.plot.getBoundingClientRect();
    const cut = m.text.search(zh ? /[:：]/ : /: /);
    this.tip.replaceChildren(...(cut > 0 ? [make('span', {textContent: m.text.slice(0, cut)}), make('b', {textContent: m.text.slice(cut + 1).trim()})] : [make('b', {textContent: m.text})]));
    this.tip.hidden = false;
    const w = this.tip.offsetWidth, left = p.x - box.left + this.plot.scrollLeft;
    this.tip.style.left = Math.max(0, Math.min(left - w / 2, this.plot.scrollLeft + box.width - w)) + 'px';
    this.tip.style.top = Math.max(0, p.y - box.top - this.tip.offsetHeight - 12) + 'px';
    if (speak) this.live.textContent = m.text;
  }
  hide() { this.tip.hidden = true; if (this.ring) this.ring.style.display = 'none'; }

  // grab begins a zoom: drag over the time to be seen.
  grab(e) {
    const panel = this.panels.find(p => { const [x, y] = this.place(e); return x > p.x0 && x < p.x1 && y > p.y0 && y < p.y1; });
    if (e.pointerType === 'touch') { this.over(e); return; }
    if (!panel || e.button) return;
    this.from = this.place(e)[0];
    const cross = this.svg.appendChild(drawn('rect', {class: 'cross', y: panel.y0, height: panel.y1 - panel.y0, width: 0, fill: 'var(--accent,#1f5a7a)', 'fill-opacity': .15}));
    const ends = ev => [this.from, Math.max(panel.x0, Math.min(panel.x1, this.place(ev)[0]))].sort((a, b) => a - b);
    const move = ev => { const [a, b] = ends(ev); cross.setAttribute('x', a); cross.setAttribute('width', b - a); this.hide(); ev.preventDefault(); };
    const stop = ev => {
      removeEventListener('pointermove', move);
      const [a, b] = ends(ev);
      cross.remove();
      this.from = null;
      if (b - a > 8) this.chart.zoom(panel.x.value(a), panel.x.value(b));
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', stop, {once: true});
  }
  key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target !== this.plot) return;
    const all = this.all(), i = all.indexOf(this.now);
    const go = m => { if (m) { this.show(m, true); e.preventDefault(); } };
    const rows = [...new Set(all.map(m => m.row))];
    switch (e.key) {
      case 'ArrowRight': return go(all[i + 1] || all[0]);
      case 'ArrowLeft': return go(all[i < 1 ? all.length - 1 : i - 1]);
      case 'ArrowDown': case 'ArrowUp': {
        if (!rows.length) return;
        const r = (rows.indexOf(this.now?.row) + (e.key === 'ArrowDown' ? 1 : rows.length - 1) + rows.length) % rows.length, x = this.now ? this.now.at[0] : 0;
        return go(all.filter(m => m.row === rows[r]).sort((a, b) => Math.abs(a.at[0] - x) - Math.abs(b.at[0] - x))[0]);
      }
      case 'Home': return go(all[0]);
      case 'End': return go(all[all.length - 1]);
      case 'Escape': this.hide(); return this.chart.back();
      case 'l': case 'L': if (this.chart.logButton) this.chart.scale(!this.chart.log); return;
      case '+': case '=': case '-': {
        const p = this.panels[0];
        if (!p) return;
        const mid = this.now ? p.x.value(this.now.at[0]) : (p.x.lo + p.x.hi) / 2, half = (p.x.hi - p.x.lo) / (e.key === '-' ? 1 : 4);
        if (half * 2 >= p.ox.hi - p.ox.lo) return this.chart.back();
        return this.chart.zoom(Math.max(p.ox.lo, mid - half), Math.min(p.ox.hi, mid + half));
      }
    }
  }
}

for (const figure of document.querySelectorAll('figure.fig')) new Chart(figure);
