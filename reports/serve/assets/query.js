'use strict';
// The query page: runs the SQL, shows the rows as a table or as a chart. Rows come from strangers: text is always set as
// text, never as HTML.
const $ = id => document.getElementById(id);
const shown = 1000; // rows drawn in the table; sorting and the chart see all
let answer = null;
let asking = null;

for (const id of ['run', 'stop', 'examples', 'link']) if ($(id)) $(id).hidden = false;

// A link brings its query along. It is shown and not run: who follows a link decides.
const linked = new URLSearchParams(location.hash.slice(1)).get('sql');
if (linked) $('sql').value = linked;

$('run').addEventListener('click', run);
$('stop').addEventListener('click', () => asking && asking.abort());
$('sql').addEventListener('keydown', event => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
if ($('examples')) {
  $('examples').addEventListener('change', event => {
    if (!event.target.value) return;
    $('sql').value = event.target.value.trim();
    event.target.selectedIndex = 0;
    run();
  });
}
$('link').addEventListener('click', async () => {
  const link = location.origin + '/query#' + new URLSearchParams({sql: $('sql').value});
  history.replaceState(null, '', link);
  try {
    await navigator.clipboard.writeText(link);
    $('state').textContent = 'The link is copied.';
  } catch {
    $('state').textContent = 'The link stands in the address bar.';
  }
});

async function run() {
  if (asking) asking.abort();
  const mine = asking = new AbortController();
  const start = performance.now();
  $('state').textContent = 'Running …';
  $('problem').hidden = true;
  $('stop').disabled = false;
  try {
    const response = await fetch('/api/query', {
      method: 'POST', signal: mine.signal, headers: {'Content-Type': 'application/json'}, body: JSON.stringify({sql: $('sql').value}),
    });
    const got = await response.json();
    if (!response.ok) throw new Error(got.error + (got.hint ? '\nTry: ' + got.hint : ''));
    answer = got;
    const took = Math.max(1, Math.round(performance.now() - start));
    const n = got.rows.length;
    $('state').textContent = (got.more ? 'The first ' : '') + n.toLocaleString('en') + (n === 1 ? ' row' : ' rows') + ' in ' + took.toLocaleString('en') + ' ms' +
      (n > shown ? '; the table shows ' + shown.toLocaleString('en') : '') + '.';
    $('answer').hidden = false;
    show();
  } catch (problem) {
    if (asking !== mine) return;
    if (problem.name === 'AbortError') {
      $('state').textContent = 'Stopped.';
    } else {
      $('state').textContent = '';
      $('problem').textContent = problem.message;
      $('problem').hidden = false;
      $('answer').hidden = true;
    }
  } finally {
    if (asking === mine) {
      asking = null;
      $('stop').disabled = true;
    }
  }
}

function show() {
  drawTable(answer.rows, -1, true);
  offer();
  drawChart();
}

const isNumber = column => column.type === 'integer' || column.type === 'number';

function drawTable(rows, sorted, up) {
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  answer.columns.forEach((column, i) => {
    const th = document.createElement('th');
    th.scope = 'col';
    if (isNumber(column)) th.className = 'n';
    if (i === sorted) th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = column.name;
    button.addEventListener('click', () => {
      const rising = !(i === sorted && up);
      drawTable(sortRows(i, rising), i, rising);
      $('as-table').querySelectorAll('th button')[i].focus();
    });
    th.append(button);
    head.append(th);
  });
  const body = table.createTBody();
  for (const row of rows.slice(0, shown)) {
    const tr = body.insertRow();
    row.forEach((value, i) => {
      const td = tr.insertCell();
      if (value === null) {
        td.textContent = 'null';
        td.className = 'null';
      } else if (isNumber(answer.columns[i])) {
        td.className = 'n';
        td.append(...grouped(String(value)));
      } else {
        td.textContent = String(value);
        if (td.textContent.length > 32) td.className = 'w';
      }
    });
  }
  $('as-table').replaceChildren(table);
}

// grouped sets the digits before the point in threes by spaces that are not there when they are copied.
function grouped(text) {
  const [, sign, digits, rest] = /^(-?)(\d*)(.*)$/.exec(text);
  if (digits.length < 5) return [text];
  const first = digits.length % 3 || 3;
  const parts = [sign + digits.slice(0, first)];
  for (let i = first; i < digits.length; i += 3) {
    const span = document.createElement('span');
    span.className = 'three';
    span.textContent = digits.slice(i, i + 3);
    parts.push(span);
  }
  return [...parts, rest];
}

function sortRows(column, up) {
  const key = row => row[column];
  return [...answer.rows].sort((a, b) => {
    const x = key(a), y = key(b);
    if (x === null || y === null) return (x === null) - (y === null);
    const order = isNumber(answer.columns[column]) ? Number(x) - Number(y) : String(x).localeCompare(String(y));
    return up ? order : -order;
  });
}

// Tabs, by mouse and by arrow keys.
const tabs = [$('tab-table'), $('tab-chart')];
tabs.forEach((tab, i) => {
  tab.addEventListener('click', () => choose(i));
  tab.addEventListener('keydown', event => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    choose(1 - i);
    tabs[1 - i].focus();
  });
});

function choose(chosen) {
  tabs.forEach((tab, i) => {
    tab.setAttribute('aria-selected', i === chosen);
    tab.tabIndex = i === chosen ? 0 : -1;
    $(tab.getAttribute('aria-controls')).hidden = i !== chosen;
  });
  if (chosen === 1) drawChart();
}

// offer fills the choices of the chart with the columns, and guesses.
function offer() {
  const columns = answer.columns;
  const names = columns.map(c => c.name).join('\n');
  if ($('x').dataset.names === names) return;
  $('x').dataset.names = names;
  const list = (id, fits, none) => {
    $(id).replaceChildren(...(none ? [new Option(none, -1)] : []), ...columns.map((c, i) => [c, i]).filter(([c]) => fits(c)).map(([c, i]) => new Option(c.name, i)));
  };
  list('x', () => true);
  list('y', isNumber);
  list('by', c => c.type === 'text', '(one for all)');
  const time = columns.findIndex(c => c.type === 'date' || c.type === 'instant');
  const text = columns.findIndex(c => c.type === 'text');
  $('x').value = time >= 0 ? time : Math.max(0, text);
  const value = columns.findIndex((c, i) => isNumber(c) && /value|share|n$|count/.test(c.name));
  if (value >= 0) $('y').value = value;
  $('by').value = time >= 0 && text >= 0 ? text : -1;
  $('kind').value = time >= 0 ? 'line' : 'bars';
}

for (const id of ['x', 'y', 'by', 'kind', 'log']) $(id).addEventListener('change', drawChart);

function drawChart() {
  if (!answer) return;
  const at = id => Number($(id).value || -1);
  $('plot').replaceChildren(chart(answer, {x: at('x'), y: at('y'), by: at('by'), kind: $('kind').value, log: $('log').checked}, $('plot').clientWidth || 900));
}

$('save-svg').addEventListener('click', () => save(new Blob([standalone()], {type: 'image/svg+xml'}), 'chart.svg'));
$('save-png').addEventListener('click', async () => {
  const svg = $('plot').querySelector('svg');
  if (!svg) return;
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([standalone()], {type: 'image/svg+xml'}));
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = svg.viewBox.baseVal.width * 2;
  canvas.height = svg.viewBox.baseVal.height * 2;
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob(blob => save(blob, 'chart.png'));
  URL.revokeObjectURL(image.src);
});

// standalone writes the chart with its colours as they are seen now, as a file has no style sheet of ours.
function standalone() {
  const drawn = $('plot').querySelector('svg');
  if (!drawn) return '';
  const copy = drawn.cloneNode(true);
  copy.setAttribute('width', drawn.viewBox.baseVal.width);
  copy.setAttribute('height', drawn.viewBox.baseVal.height);
  const from = [drawn, ...drawn.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll('*')].forEach((to, i) => {
    const style = getComputedStyle(from[i]);
    for (const name of ['fill', 'stroke']) to.setAttribute(name, style[name]);
  });
  return new XMLSerializer().serializeToString(copy);
}

function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
