import { TEST_CARDS } from './cards.ts';
import type { CheckoutSession, Customer, Invoice } from './objects.ts';
import type { World } from './world.ts';

export const TITLE = 'Parley’s Stripe simulator — no money moves';

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#18181b, #f4f4f5); --quiet: light-dark(#52525b, #a1a1aa); --line: light-dark(#e4e4e7, #3f3f46);
  --soft: light-dark(#fafafa, #27272a); --link: light-dark(#4338ca, #a5b4fc); --warn: light-dark(#92400e, #fcd34d); --warnbg: light-dark(#fffbeb, #3a2a06); }
* { box-sizing: border-box; } body { margin: 0; font: 16px/1.55 system-ui, sans-serif; background: light-dark(#fff, #18181b); color: var(--ink); }
.note { background: var(--warnbg); color: var(--warn); padding: .7rem 1.25rem; text-align: center; }
main { max-width: 34rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; } h1 { font-size: 1.35rem; margin: .5rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.75rem 0 .5rem; } .quiet { color: var(--quiet); } a { color: var(--link); }
table { width: 100%; border-collapse: collapse; } td, th { padding: .45rem 0; border-bottom: 1px solid var(--line); text-align: left; } td:last-child, th:last-child { text-align: right; }
fieldset { border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0; padding: .5rem 1rem; } label { display: flex; gap: .6rem; padding: .4rem 0; align-items: baseline; }
button { font: inherit; padding: .6rem 1.2rem; border: 0; border-radius: 8px; background: light-dark(#4338ca, #a5b4fc); color: light-dark(#fff, #18181b); cursor: pointer; width: 100%; }
.bad { color: light-dark(#b91c1c, #fca5a5); font-weight: 600; } .back { display: block; margin-top: 1rem; text-align: center; }
`;

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** `12.34 USD`, from minor units. */
export function shownAmount(amount: number, currency: string): string {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency: currency.toUpperCase() }).resolvedOptions();
  const places = digits.maximumFractionDigits ?? 2;
  return `${(amount / 10 ** places).toFixed(places)} ${currency.toUpperCase()}`;
}

export function page(heading: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>${escapeHtml(heading)} · ${TITLE}</title><style>${STYLE}</style></head><body>
<p class="note" role="note" style="margin:0"><strong>Stripe simulator.</strong> This is not Stripe, and no money moves. It is part of Parley’s testkit.</p>
<main><h1>${escapeHtml(heading)}</h1>${body}</main></body></html>`;
}

const spaced = (number: string): string => number.replace(/(.{4})(?=.)/g, '$1 ');

function cardChoice(): string {
  const rows = TEST_CARDS.map(
    (card, at) => `<label><input type="radio" name="card" value="${card.number}"${at === 0 ? ' checked' : ''}>
<span><code>${spaced(card.number)}</code> <span class="quiet">${card.label}</span></span></label>`,
  );
  return `<fieldset><legend>Test card</legend>${rows.join('')}</fieldset>`;
}

const failure = (message: string | null): string =>
  message === null ? '' : `<p class="bad" role="alert">${escapeHtml(message)}</p>`;

const DEEDS = { payment: 'Pay', setup: 'Keep this card', subscription: 'Subscribe' } as const;

/** The page a checkout session leads to. */
export function checkoutPage(world: World, session: CheckoutSession, said: string | null): string {
  const lines = (world.sessionLines.get(session.id) ?? []).map(
    (line) => `<tr><td>${escapeHtml(line.name)}${line.quantity > 1 ? ` × ${line.quantity}` : ''}</td>
<td>${shownAmount(line.unitAmount * line.quantity, line.currency)}</td></tr>`,
  );
  const total = session.amount_total === null ? '' : shownAmount(session.amount_total, session.currency ?? 'usd');
  const deed = `${DEEDS[session.mode]}${session.mode === 'payment' ? ` ${total}` : ''}`;
  const cancel = session.cancel_url
    ? `<a class="back" href="${escapeHtml(session.cancel_url)}">Cancel and go back</a>`
    : '';
  if (session.status !== 'open') {
    return page('Checkout', `<p>This checkout session is ${session.status}.</p>${cancel}`);
  }
  const heading = session.mode === 'setup' ? 'Keep a card on file' : `Pay ${total}`;
  return page(
    heading,
    `${lines.length === 0 ? '' : `<table><tbody>${lines.join('')}</tbody></table>`}${failure(said)}
<form method="post">${cardChoice()}<button>${escapeHtml(deed)}</button></form>${cancel}`,
  );
}

/** The customer portal: invoices and the card they are charged to. */
export function portalPage(world: World, id: string, said: string | null): string {
  const session = world.portalSessions.get(id);
  const customer = session && world.customers.find(session.customer);
  if (!session || !customer) return page('Billing', '<p>This link is not valid any more.</p>');
  const method = customer.invoice_settings.default_payment_method;
  const card = method === null ? undefined : world.paymentMethods.find(method)?.card;
  const invoices = world.invoices.all().filter((one) => one.customer === customer.id && one.number !== null);
  const rows = invoices.map(
    (one) =>
      `<tr><td>${escapeHtml(one.number ?? '')}</td><td>${one.status}</td><td>${shownAmount(one.total, one.currency)}</td></tr>`,
  );
  const back = session.returnUrl ? `<a class="back" href="${escapeHtml(session.returnUrl)}">Go back</a>` : '';
  return page(
    `Billing of ${customer.name ?? customer.email ?? customer.id}`,
    `<h2>Card</h2><p>${card ? `${card.brand} ending in ${card.last4}` : 'No card is kept.'}</p>${failure(said)}
<form method="post">${cardChoice()}<button>Keep this card</button></form>
<h2>Invoices</h2>${rows.length === 0 ? '<p class="quiet">None yet.</p>' : `<table><tbody>${rows.join('')}</tbody></table>`}${back}`,
  );
}

/** An invoice as Stripe hosts it: it can be paid here. */
export function invoicePage(invoice: Invoice, customer: Customer | undefined, said: string | null): string {
  const rows = invoice.lines.data.map(
    (line) =>
      `<tr><td>${escapeHtml(line.description ?? '')}</td><td>${shownAmount(line.amount, line.currency)}</td></tr>`,
  );
  const pay =
    invoice.status === 'open'
      ? `<form method="post">${cardChoice()}<button>Pay ${shownAmount(invoice.amount_remaining, invoice.currency)}</button></form>`
      : `<p>This invoice is ${invoice.status}.</p>`;
  return page(
    `Invoice ${invoice.number ?? ''} to ${customer?.name ?? customer?.email ?? invoice.customer}`,
    `<table><tbody>${rows.join('')}</tbody><tfoot><tr><th>Total</th><th>${shownAmount(invoice.total, invoice.currency)}</th></tr></tfoot></table>${failure(said)}${pay}`,
  );
}

export function frontPage(world: World): string {
  const counts = [
    ['Customers', world.customers.all().length],
    ['Invoices', world.invoices.all().length],
    ['Payments', world.paymentIntents.all().filter((one) => one.status === 'succeeded').length],
    ['Events', world.events.all().length],
  ];
  const rows = counts.map(([name, count]) => `<tr><td>${name}</td><td>${count}</td></tr>`);
  return page(
    'What the simulated account holds',
    `<table><tbody>${rows.join('')}</tbody></table>
<p class="quiet">Parley’s demo talks to this address as if it were Stripe’s API. With STRIPE_SECRET_KEY set, it talks to Stripe.</p>`,
  );
}
