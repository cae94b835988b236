import { FAULTS } from './faults.ts';
import { MODELS } from './models.ts';
import { FORMATS } from './routes.ts';

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#e4e4e7, #3f3f46); --soft: light-dark(#f4f4f5, #27272a); }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.55 system-ui, sans-serif; background: light-dark(#fff, #18181b); color: light-dark(#18181b, #f4f4f5); }
main { max-width: 52rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; }
.note { border: 1px solid var(--line); border-left: 4px solid #d97706; background: var(--soft); padding: .75rem 1rem; border-radius: 6px; }
table { width: 100%; border-collapse: collapse; } td, th { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); }
a { color: light-dark(#4338ca, #a5b4fc); }
code, pre { font: 13px/1.5 ui-monospace, monospace; } td code { white-space: nowrap; }
pre { background: var(--soft); padding: .9rem 1rem; border-radius: 6px; overflow-x: auto; }
@media (max-width: 40rem) { td, th { display: block; border: 0; padding: .1rem 0; } tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0; } thead { display: none; } }
`;

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`).replace(/`([^`]+)`/g, '<code>$1</code>');

function row(name: string, does: string): string {
  return `<tr><td><code>${escape(name)}</code></td><td>${escape(does)}</td></tr>`;
}

function faultRow([name, fault]: [string, { does: string; takes?: { name: string; initially: number } }]): string {
  const takes = fault.takes ? `${name} ${fault.takes.name}=${fault.takes.initially}` : name;
  return row(takes, fault.does);
}

/** The page at `GET /`: what this is, its models, and how to make it misbehave. `origin` is where it was asked for. */
export function simulatorPage(origin: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>Parley provider simulator</title><style>${STYLE}</style></head><body><main>
<h1>Parley provider simulator</h1>
<p class="note"><strong>This is not an AI model.</strong> It speaks the APIs of model providers and makes up its answers from your
words, the same answer for the same request. Nothing leaves this machine. Use it to try Parley until you add a real
provider, and to test how your code copes when a provider misbehaves.</p>
<h2>Try it</h2>
<pre>curl ${escape(origin)}/v1/chat/completions \\
  -H 'authorization: Bearer sim-demo' -H 'content-type: application/json' \\
  -d '{"model": "sim-small", "messages": [{"role": "user", "content": "Explain tides in 20 words"}]}'</pre>
<p>Any key that starts with <code>sim-</code> is accepted. What it received is at
<a href="/_simulator/requests">/_simulator/requests</a> (<code>DELETE</code> forgets it).</p>
<h2>Formats</h2>
<table><tbody>${FORMATS.map(({ name, routes }) => row(name, routes.map(({ path }) => `\`${path}\``).join(', '))).join('')}</tbody></table>
<h2>Models</h2>
<table><tbody>${MODELS.map(({ id, about }) => row(id, about)).join('')}${row('sim-…', 'any other name works too')}</tbody></table>
<h2>Faults</h2>
<p>Ask for one by header <code>x-simulate: cut after=5</code>, by model <code>sim-small+cut:5</code>, or in the last
user message: <code>[[simulate: cut after=5]]</code>. Several are joined with <code>;</code> (in a model name with
<code>+</code>). <code>times=2</code> hits only the first two calls with the same body. Numbers below are the defaults.</p>
<table><thead><tr><th>fault</th><th>what it does</th></tr></thead><tbody>
${Object.entries(FAULTS).map(faultRow).join('\n')}
</tbody></table></main></body></html>`;
}
