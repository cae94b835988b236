import type { MailMessage } from './message-store.ts';

export const TITLE = 'Parley local mailbox — nothing here leaves this machine';

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#18181b, #f4f4f5); --quiet: light-dark(#52525b, #a1a1aa); --line: light-dark(#e4e4e7, #3f3f46);
  --soft: light-dark(#fafafa, #27272a); --link: light-dark(#4338ca, #a5b4fc); }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.55 system-ui, sans-serif; background: light-dark(#fff, #18181b); color: var(--ink); }
header { border-bottom: 1px solid var(--line); background: var(--soft); }
header > div, main { max-width: 56rem; margin: 0 auto; padding: 1rem 1.25rem; }
h1 { font-size: 1rem; margin: 0; } h1 a { color: inherit; text-decoration: none; } h1 small { display: block; font-weight: 400; color: var(--quiet); }
h2 { font-size: 1.35rem; margin: 1rem 0 .75rem; overflow-wrap: anywhere; }
a { color: var(--link); } ul.mails { list-style: none; margin: 0; padding: 0; }
ul.mails a { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 1rem; padding: .8rem .25rem; border-bottom: 1px solid var(--line); color: inherit; text-decoration: none; }
ul.mails a:hover, ul.mails a:focus-visible { background: var(--soft); }
ul.mails b, ul.mails span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.quiet, time { color: var(--quiet); } .peek { grid-column: 1 / -1; font-size: .9rem; }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .15rem 1rem; margin: 0 0 1.25rem; } dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: 8px; padding: 1rem; }
iframe { width: 100%; height: 24rem; resize: vertical; border: 1px solid var(--line); border-radius: 8px; background: #fff; color-scheme: light; }
.links ul { margin: 0; padding-left: 1.2rem; } .links li { overflow-wrap: anywhere; margin: .3rem 0; } section { margin-top: 1.5rem; } h3 { font-size: .95rem; margin: 0 0 .5rem; }
.bar { display: flex; justify-content: space-between; align-items: center; gap: 1rem; margin: .5rem 0; }
button { font: inherit; padding: .35rem .8rem; border: 1px solid var(--line); border-radius: 6px; background: transparent; color: inherit; cursor: pointer; }
.empty { text-align: center; padding: 4rem 1rem; color: var(--quiet); }
`;

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function linkify(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:!?])/g)
    .map((part, at) => (at % 2 === 1 ? link(part) : escapeHtml(part)))
    .join('');
}

function link(url: string): string {
  return `<a href="${escapeHtml(url)}" rel="noreferrer">${escapeHtml(url)}</a>`;
}

function page(heading: string, body: string, head = ''): string {
  const title = heading ? `${escapeHtml(heading)} · ${TITLE}` : TITLE;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>${title}</title>${head}<style>${STYLE}</style></head><body>
<header><div><h1><a href="/">Parley local mailbox <small>Nothing here leaves this machine.</small></a></h1></div></header>
<main>${body}</main></body></html>`;
}

const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
] as const;

/** “5 minutes ago”, with the exact time in UTC on hover. */
function when(receivedAt: string, nowMs: number): string {
  const seconds = Math.max(0, (nowMs - Date.parse(receivedAt)) / 1000);
  const unit = UNITS.find(([size]) => seconds >= size);
  const count = unit ? Math.floor(seconds / unit[0]) : 0;
  const said = unit ? `${count} ${unit[1]}${count === 1 ? '' : 's'} ago` : 'just now';
  const exact = `${receivedAt.slice(0, 10)} ${receivedAt.slice(11, 19)} UTC`;
  return `<time datetime="${receivedAt}" title="${exact}">${said}</time>`;
}

function listItem(message: MailMessage, nowMs: number): string {
  return `<li><a href="/messages/${message.id}"><b>${escapeHtml(message.subject || '(no subject)')}</b>${when(message.receivedAt, nowMs)}
<span class="quiet">to ${escapeHtml(message.to.join(', '))}</span><span></span>
<span class="peek quiet">${escapeHtml(message.text.replace(/\s+/g, ' ').slice(0, 160))}</span></a></li>`;
}

/** The list of mails; it looks for new ones every five seconds. */
export function listPage(messages: readonly MailMessage[], to: string | null, nowMs: number): string {
  const filter = to ? ` to <b>${escapeHtml(to)}</b> — <a href="/">show all</a>` : '';
  const body =
    messages.length === 0
      ? `<p class="empty">No mail yet${filter}.<br>Mails that Parley sends appear here instead of going out: invitations, sign-in links, approvals.</p>`
      : `<div class="bar"><span class="quiet">${messages.length} ${messages.length === 1 ? 'mail' : 'mails'}${filter}</span>
<form method="post" action="/clear"><button>Delete all</button></form></div>
<ul class="mails">${messages.map((message) => listItem(message, nowMs)).join('')}</ul>`;
  return page('', body, '<meta http-equiv="refresh" content="5">');
}

function row(name: string, value: string): string {
  return value === '' ? '' : `<dt>${name}</dt><dd>${value}</dd>`;
}

export function messagePage(message: MailMessage, nowMs: number): string {
  const files = message.attachments.map(
    (file) => `${escapeHtml(file.name)} (${escapeHtml(file.type)}, ${file.bytes} bytes)`,
  );
  const links = message.links.map((url) => `<li>${link(url)}</li>`).join('');
  return page(
    message.subject || '(no subject)',
    `<p><a href="/">← All mail</a></p><h2>${escapeHtml(message.subject || '(no subject)')}</h2>
<dl>${row('From', escapeHtml(message.from))}${row('To', escapeHtml(message.to.join(', ')))}${row('Received', when(message.receivedAt, nowMs))}${row('Files', files.join('<br>'))}</dl>
${message.html === null ? '' : `<iframe title="The mail as designed" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/messages/${message.id}/html"></iframe>`}
${links === '' ? '' : `<section class="links"><h3>Links</h3><ul>${links}</ul></section>`}
${message.text === '' ? '' : `<section><h3>Text</h3><div class="text">${linkify(message.text)}</div></section>`}`,
  );
}

export function notFoundPage(): string {
  return page(
    'Not found',
    '<p class="empty">This mail is gone: the mailbox was emptied or restarted.<br><a href="/">All mail</a></p>',
  );
}
