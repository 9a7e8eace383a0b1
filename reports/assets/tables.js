'use strict';
// Tables sort by their headings, and save themselves. The page is complete without this.
const words = JSON.parse(document.body.dataset.words);
const zh = document.documentElement.lang.startsWith('zh');

for (const table of document.querySelectorAll('table')) {
  const body = table.tBodies[0];
  if (!body || body.rows.length < 3) continue;
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => sortBy(table, head, column));
  });
}

function sortBy(table, head, column) {
  const up = head.getAttribute('aria-sort') !== 'ascending';
  for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row, i) => ({row, i, key: sortKey(row.cells[column])}));
  rows.sort((a, b) => compare(a.key, b.key, up) || a.i - b.i);
  body.append(...rows.map(r => r.row));
}

const scale = {K: 1e3, k: 1e3, M: 1e6, B: 1e9, 万: 1e4, 亿: 1e8};
const months = 'JanFebMarAprMayJunJulAugSepOctNovDec';

// sortKey reads a number with its unit or a date out of a cell; other text sorts as text, nothing sorts last.
function sortKey(cell) {
  const text = cell.textContent.replace(/[\u202f\u00a0]/g, ' ').trim();
  if (text === '' || text === '–') return null;
  const date = /^(?:(\d+) |Q(\d) )?([A-Z][a-z]{2} )?(\d{4})$/.exec(text);
  if (date) return +date[4] * 372 + (date[3] ? months.indexOf(date[3].trim()) / 3 * 31 : (date[2] || 0) * 93) + +(date[1] || 0);
  const day = /^(\d{4})年(?:(\d+)月(?:(\d+)日)?|第(\d)季度)?$/.exec(text);
  if (day) return +day[1] * 372 + (day[2] ? (day[2] - 1) * 31 : (day[4] || 0) * 93) + +(day[3] || 0);
  const number = /^[<>+]?([−-]?[\d,]*\.?\d+) ?([KkMB%万亿])?/.exec(text.replace('−', '-'));
  if (number && cell.classList.contains('n')) return +number[1].replace(/,/g, '') * (scale[number[2]] || 1);
  return text.toLowerCase();
}

function compare(a, b, up) {
  if (a === null || b === null) return (a === null) - (b === null);
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return up ? order : -order;
}

// save hands data to the reader as a file. Everything comes out of this page, so that it works where the report's folder
// is not at hand.
function save(name, blob) {
  const a = document.createElement('a');
  a.href = URL.createObjectURL(blob);
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1e4);
}

// Links to CSV files save the copy in the page, where there is one.
document.addEventListener('click', e => {
  const link = e.target.closest('a[href^="tables/"], a[href^="charts/"]');
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
  const name = link.getAttribute('href').split('/').pop();
  const figure = link.closest('figure');
  if (name.endsWith('.csv')) {
    const data = (figure && !link.closest('details') ? figure : link.closest('.more, .prov')?.parentElement)?.querySelector('template.csv[data-file="' + name + '"]');
    if (!data) return;
    e.preventDefault();
    save(name, new Blob(['\ufeff', data.content.textContent], {type: 'text/csv'}));
  } else if (figure && name.endsWith('.svg')) {
    e.preventDefault();
    save(name, new Blob([picture(figure)], {type: 'image/svg+xml'}));
  } else if (figure && name.endsWith('.png')) {
    e.preventDefault();
    bitmap(picture(figure), blob => save(name, blob));
  }
});

// picture is the chart as it stands now, as a file of its own: with its title above and its source below.
function picture(figure) {
  const svg = figure.querySelector('.plot.wide svg').cloneNode(true);
  const [, , w, h] = svg.getAttribute('viewBox').split(' ').map(Number);
  svg.querySelectorAll('.cross, .halo').forEach(n => n.remove());
  const text = (s, y, size, weight) => {
    const t = document.createElementNS(svg.namespaceURI, 'text');
    t.setAttribute('x', 16); t.setAttribute('y', y);
    t.setAttribute('style', `font-size:${size}px;font-weight:${weight};fill:#1c1f24`);
    t.textContent = s;
    return t;
  };
  const lines = [];
  let line = '';
  for (const part of figure.querySelector('h3').textContent.split(zh ? /(?<=[，。；：、])/ : /(?<= )/)) {
    if (line && (line + part).length > w / (zh ? 19 : 10)) { lines.push(line); line = ''; }
    line += part;
  }
  lines.push(line);
  const head = 22 * lines.length + 30, foot = 26;
  const paper = document.createElementNS(svg.namespaceURI, 'rect');
  for (const [k, v] of Object.entries({x: 0, y: -head, width: w, height: h + head + foot, fill: '#fff'})) paper.setAttribute(k, v);
  svg.insertBefore(paper, svg.querySelector('style').nextSibling);
  lines.forEach((s, i) => svg.append(text(s, -head + 26 + 22 * i, 18, 700)));
  svg.append(text(figure.querySelector('.sub').textContent, -12, 13, 400));
  svg.append(text(figure.querySelector('.prov').dataset.line, h + 14, 10.5, 400));
  svg.setAttribute('viewBox', `0 ${-head} ${w} ${h + head + foot}`);
  svg.setAttribute('width', w); svg.setAttribute('height', h + head + foot);
  svg.removeAttribute('style');
  return new XMLSerializer().serializeToString(svg);
}

function bitmap(svg, then) {
  const img = new Image();
  img.onload = () => {
    const canvas = document.createElement('canvas');
    canvas.width = 2 * img.width; canvas.height = 2 * img.height;
    canvas.getContext('2d').drawImage(img, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(then, 'image/png');
  };
  img.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(svg);
}
