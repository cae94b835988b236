import type { InvoiceWords } from './words.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const text = (raw: string): string => raw.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
const rows = (raw: string): string => text(raw).replaceAll('\n', '<br>');

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:52rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}dl{display:grid;grid-template-columns:6rem 1fr;gap:.2rem 1rem}dt{color:#555}dd{margin:0}
table{width:100%;border-collapse:collapse;margin:1.5rem 0}th,td{text-align:left;padding:.4rem .5rem;border-bottom:1px solid #ddd;vertical-align:top}
td small{color:#555;display:block}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.sums{width:auto;margin-left:auto}footer{color:#555;font-size:.8rem;overflow-wrap:anywhere}@media print{body{margin:0}}`;

/** An invoice as one page of HTML (UTF-8) that needs nothing else and prints well; `hash` is shown so that it can be checked. */
export function invoiceHtml(words: InvoiceWords, hash: string): string {
  const facts = words.facts.map(([label, value]) => `<dt>${text(label)}</dt><dd>${rows(value)}</dd>`).join('');
  const lines = words.lines
    .map(
      ({ what, where, quantity, amount }) =>
        `<tr><td>${text(what)}<small>${text(where)}</small></td><td class="n">${text(quantity)}</td><td class="n">${text(amount)}</td></tr>`,
    )
    .join('');
  const sums = words.sums
    .map(([label, value]) => `<tr><th scope="row">${text(label)}</th><td class="n">${text(value)}</td></tr>`)
    .join('');
  const notes = words.notes.map((note) => `<p>${rows(note)}</p>`).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text(words.title)}</title><style>${STYLE}</style></head>
<body><h1>${text(words.title)}</h1><dl>${facts}</dl>
<table><thead><tr><th>What</th><th class="n">Quantity</th><th class="n">Amount</th></tr></thead><tbody>${lines}</tbody></table>
<table class="sums"><tbody>${sums}</tbody></table>${notes}
<footer>SHA-256 ${text(hash)}</footer></body></html>
`;
}
