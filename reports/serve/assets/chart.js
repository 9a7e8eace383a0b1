'use strict';
// chart draws the rows of an answer: lines, dots or bars. It gives an SVG element, or a paragraph that says why not.
function chart(answer, choice, room) {
  const W = Math.max(340, Math.min(900, room)), H = W < 600 ? 340 : 460, top = 24, left = 62, bottom = 42;
  const say = text => Object.assign(document.createElement('p'), {textContent: text});
  if (choice.y < 0) return say('There is no column of numbers to draw.');
  const columns = answer.columns;
  const timed = ['date', 'instant'].includes(columns[choice.x].type);
  const numeric = ['integer', 'number'].includes(columns[choice.x].type);
  const bars = choice.kind === 'bars';
  const scaled = (timed || numeric) && !bars;
  let points = answer.rows.map(row => ({
    x: timed && scaled ? Date.parse(row[choice.x]) : numeric && scaled ? Number(row[choice.x]) : String(row[choice.x]),
    y: row[choice.y] === null ? NaN : Number(row[choice.y]), by: choice.by < 0 ? '' : String(row[choice.by]),
  })).filter(p => Number.isFinite(p.y) && (!scaled || Number.isFinite(p.x)) && (!choice.log || p.y > 0));
  const lost = answer.rows.length - points.length;
  if (!points.length) return say('No row has both values' + (choice.log ? ' and a logarithm.' : '.'));
  const mostBars = 60, mostLines = 8;
  const cut = bars && points.length > mostBars ? points.length - mostBars : 0;
  if (bars) points = points.slice(0, mostBars);

  const groups = new Map();
  for (const p of points) groups.set(p.by, [...(groups.get(p.by) || []), p]);
  const largest = [...groups.entries()].sort((a, b) => Math.max(...b[1].map(p => p.y)) - Math.max(...a[1].map(p => p.y)));
  const lines = bars ? [['', points]] : largest.slice(0, mostLines);
  const drawn = lines.flatMap(l => l[1]);

  // Bars stand in the order of the rows, one each; dots of one name stand above one another.
  if (bars) drawn.forEach((p, i) => { p.place = i; });
  const names = scaled ? [] : bars ? drawn.map(p => p.x) : [...new Set(drawn.map(p => p.x))];
  const right = lines.length > 1 ? Math.min(190, W * 0.3) : 24;
  const xs = drawn.map(p => p.x), ys = drawn.map(p => p.y);
  const [x0, x1] = scaled ? spread(Math.min(...xs), Math.max(...xs)) : [0, names.length];
  const low = choice.log ? Math.min(...ys) : bars ? Math.min(0, ...ys) : Math.min(...ys) < 0 || Math.min(...ys) > 0.6 * Math.max(...ys) ? Math.min(...ys) : 0;
  const [y0, y1] = spread(low, Math.max(...ys, bars && !choice.log ? 0 : -Infinity));
  const lift = v => choice.log ? Math.log10(v) : v;
  const across = share => left + share * (W - left - right);
  const place = i => across((i + 0.5) / names.length);
  const px = p => scaled ? across((p.x - x0) / (x1 - x0)) : place(p.place ?? names.indexOf(p.x));
  const py = y => H - bottom - (lift(y) - lift(y0)) / (lift(y1) - lift(y0)) * (H - top - bottom);

  const svg = node('svg', {viewBox: `0 0 ${W} ${H}`, role: 'img', 'font-family': 'system-ui, "Noto Sans CJK SC", sans-serif', 'font-size': 13});
  const title = svg.appendChild(node('title', {}));
  title.textContent = `${columns[choice.y].name} by ${columns[choice.x].name}: ${drawn.length} values from ${brief(Math.min(...ys))} to ${brief(Math.max(...ys))}`;
  for (const v of choice.log ? decades(y0, y1) : steps(y0, y1, 5)) {
    svg.append(node('line', {x1: left, x2: W - right, y1: py(v), y2: py(v), style: 'stroke: var(--line)'}));
    svg.append(label(left - 8, py(v) + 4, brief(v), 'end', 'var(--soft)'));
  }
  svg.append(label(left, H - 4, columns[choice.x].name, 'start', 'var(--soft)'), label(left, 12, columns[choice.y].name, 'start', 'var(--soft)'));
  if (scaled) {
    for (const [v, text] of timed ? dates(x0, x1, Math.round(W / 90)) : steps(x0, x1, Math.round(W / 130)).map(v => [v, brief(v)])) svg.append(label(across((v - x0) / (x1 - x0)), H - bottom + 18, text, 'middle', 'var(--soft)'));
  } else {
    const fit = Math.max(1, Math.floor((W - left - right) / 90)), every = Math.ceil(names.length / fit);
    names.forEach((name, i) => i % every === 0 && svg.append(label(place(i), H - bottom + 18, shorten(name, 13), 'middle', 'var(--soft)')));
  }

  const ends = [];
  lines.forEach(([name, line], i) => {
    const colour = `var(--s${i % 8 + 1})`;
    if (scaled) line.sort((a, b) => a.x - b.x);
    if (bars) {
      const width = Math.max(2, (W - left - right) / names.length * 0.7);
      for (const p of line) {
        const from = py(choice.log ? y0 : Math.max(0, y0)), to = py(p.y);
        svg.append(told(node('rect', {x: px(p) - width / 2, y: Math.min(from, to), width, height: Math.max(0.5, Math.abs(from - to)), style: `fill: ${colour}`}), p, columns, choice));
      }
      return;
    }
    if (choice.kind === 'line') svg.append(node('path', {d: line.map((p, j) => (j ? 'L' : 'M') + px(p).toFixed(1) + ' ' + py(p.y).toFixed(1)).join(''), style: `fill: none; stroke: ${colour}`, 'stroke-width': 2, 'stroke-linejoin': 'round'}));
    if (choice.kind === 'dots' || line.length < 80) for (const p of line) svg.append(told(node('circle', {cx: px(p), cy: py(p.y), r: 3, style: `fill: ${colour}`}), p, columns, choice));
    const last = line[line.length - 1];
    if (lines.length > 1) ends.push({name, colour, y: py(last.y)});
  });
  // Names stand at the right, in the order of the lines' ends, apart from one another.
  ends.sort((a, b) => a.y - b.y);
  ends.forEach((e, i) => { e.y = i ? Math.max(e.y, ends[i - 1].y + 16) : Math.max(e.y, top + 10); });
  for (let i = ends.length - 1, floor = H - bottom; i >= 0; i--, floor = ends[i + 1].y - 16) ends[i].y = Math.min(ends[i].y, floor);
  for (const e of ends) svg.append(label(W - right + 10, e.y + 4, shorten(e.name, 22), 'start', e.colour));

  const notes = [];
  if (lost) notes.push(`${lost.toLocaleString('en')} rows without a value are left out.`);
  if (cut) notes.push(`The first ${mostBars} bars of ${(cut + mostBars).toLocaleString('en')} are drawn.`);
  if (!bars && groups.size > mostLines) notes.push(`The ${mostLines} highest of ${groups.size.toLocaleString('en')} lines are drawn.`);
  if (!notes.length) return svg;
  const both = document.createElement('div');
  both.append(svg, say(notes.join(' ')));
  return both;
}

function node(name, attributes) {
  const n = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'style') for (const part of value.split('; ')) n.style.setProperty(...part.split(': '));
    else n.setAttribute(key, value);
  }
  return n;
}

function label(x, y, text, anchor, colour) {
  const n = node('text', {x, y, 'text-anchor': anchor, style: `fill: ${colour}`});
  n.textContent = text;
  return n;
}

// told gives a mark the words that appear when it is pointed at.
function told(mark, p, columns, choice) {
  const x = typeof p.x === 'string' ? p.x : ['date', 'instant'].includes(columns[choice.x].type) ? new Date(p.x).toISOString().slice(0, 10) : brief(p.x);
  const title = node('title', {});
  title.textContent = `${p.by ? p.by + ', ' : ''}${x}: ${p.y.toLocaleString('en')}`;
  mark.append(title);
  return mark;
}

const spread = (a, b) => a < b ? [a, b] : a === 0 ? [0, 1] : [a - Math.abs(a) / 2, a + Math.abs(a) / 2];
const shorten = (text, most) => [...text].length > most ? [...text].slice(0, most - 1).join('') + '…' : text;

function brief(v) {
  const a = Math.abs(v);
  for (const [size, unit] of [[1e9, ' B'], [1e6, ' M'], [1e3, ' K']]) if (a >= size * 0.9995) return Number((v / size).toPrecision(3)) + unit;
  return String(Number(v.toPrecision(3)));
}

// steps are round numbers between a and b, about as many as wanted.
function steps(a, b, wanted) {
  const raw = (b - a) / wanted, size = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(m => m * size).find(s => s >= raw);
  const list = [];
  for (let k = Math.ceil(a / step); k * step <= b + step * 1e-9; k++) list.push(Number((k * step).toPrecision(12)));
  return list;
}

function decades(a, b) {
  const list = [];
  for (let e = Math.floor(Math.log10(a)); e <= Math.ceil(Math.log10(b)); e++) for (const m of [1, 2, 5]) if (m * 10 ** e >= a && m * 10 ** e <= b) list.push(m * 10 ** e);
  return list.length > 8 ? list.filter(v => /^1(e|0*$)/.test(String(v)) || String(v).startsWith('0') && String(v).endsWith('1')) : list;
}

// dates are the beginnings of years, months or days between two instants.
function dates(a, b, wanted) {
  const day = 864e5, span = b - a, list = [];
  const from = new Date(a);
  if (span > 2.5 * 365 * day) {
    const every = Math.ceil(span / (365.25 * day) / wanted);
    for (let y = Math.ceil(from.getUTCFullYear() / every) * every; Date.UTC(y, 0) <= b; y += every) if (Date.UTC(y, 0) >= a) list.push([Date.UTC(y, 0), String(y)]);
  } else if (span > 75 * day) {
    const every = Math.ceil(span / (30.4 * day) / wanted);
    for (let m = from.getUTCMonth(), y = from.getUTCFullYear(); Date.UTC(y, m) <= b; m += every) if (Date.UTC(y, m) >= a) list.push([Date.UTC(y, m), new Date(Date.UTC(y, m)).toISOString().slice(0, 7)]);
  } else {
    for (const v of steps(a / day, b / day, wanted * 0.7)) list.push([v * day, new Date(v * day).toISOString().slice(0, span > 6 * day ? 10 : 16)]);
  }
  return list;
}
