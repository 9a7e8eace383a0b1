'use strict';
// Tables sort by their headings. The page is complete without this.
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

const scale = {K: 1e3, k: 1e3, M: 1e6, B: 1e9};
const months = 'JanFebMarAprMayJunJulAugSepOctNovDec';

// sortKey reads a number with its unit or a date out of a cell; other text sorts as text, nothing sorts last.
function sortKey(cell) {
  const text = cell.textContent.replace(/[\u202f\u00a0]/g, ' ').trim();
  if (text === '' || text === '–') return null;
  const date = /^(?:(\d+) |Q(\d) )?([A-Z][a-z]{2} )?(\d{4})$/.exec(text);
  if (date) return +date[4] * 372 + (date[3] ? months.indexOf(date[3].trim()) / 3 * 31 : (date[2] || 0) * 93) + +(date[1] || 0);
  const number = /^[<>+]?([−-]?[\d,]*\.?\d+) ?([KkMB%])?/.exec(text.replace('−', '-'));
  if (number && cell.classList.contains('n')) return +number[1].replace(/,/g, '') * (scale[number[2]] || 1);
  return text.toLowerCase();
}

function compare(a, b, up) {
  if (a === null || b === null) return (a === null) - (b === null);
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return up ? order : -order;
}
