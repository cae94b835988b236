import type { IncomingMessage, ServerResponse } from 'node:http';
import { cardByNumber } from './cards.ts';
import { completeCheckout, replaceCard } from './hosted.ts';
import { checkoutPage, frontPage, invoicePage, page, portalPage } from './pages.ts';
import { attempt } from './resources/invoice-acts.ts';
import { attachCard } from './resources/payment-methods.ts';
import { StripeFailure } from './stripe-error.ts';
import type { World } from './world.ts';

interface PageCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** The form a page sent; `null` when it is only looked at. */
  readonly form: URLSearchParams | null;
  /** Keeps what was done; called before the answer is sent. */
  keep(): void;
}

/** Where forms may lead: a browser follows redirects after a form only to addresses named here. */
function send(call: PageCall, status: number, body: string, leadsTo: readonly (string | null)[] = []): void {
  const { response } = call;
  call.keep();
  const origins = leadsTo.flatMap((url) => (url !== null && URL.canParse(url) ? [new URL(url).origin] : []));
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self' ${origins.join(' ')}`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-simulated': 'parley-stripe-simulator',
  });
  response.end(body);
}

function redirect({ response, keep }: PageCall, to: string): void {
  keep();
  response.writeHead(303, { location: to, 'cache-control': 'no-store' });
  response.end();
}

/** Does a deed of a page; gives back what to tell where it was refused. */
function tried(deed: () => void): string | null {
  try {
    deed();
    return null;
  } catch (error) {
    if (error instanceof StripeFailure) return error.message;
    throw error;
  }
}

function checkout(world: World, call: PageCall, id: string): void {
  const session = world.sessions.find(id);
  if (!session) return send(call, 404, page('Checkout', '<p>There is no such checkout session.</p>'));
  const leadsTo = [session.success_url.replaceAll('{CHECKOUT_SESSION_ID}', id), session.cancel_url];
  if (call.form === null) return send(call, 200, checkoutPage(world, session, null), leadsTo);
  const card = call.form.get('card') ?? '';
  const said = tried(() => completeCheckout(world, session, card));
  if (said !== null) return send(call, 402, checkoutPage(world, session, said), leadsTo);
  redirect(call, leadsTo[0] ?? '/');
}

function portal(world: World, call: PageCall, id: string): void {
  const session = world.portalSessions.get(id);
  const card = call.form?.get('card') ?? '';
  const said = session && call.form ? tried(() => replaceCard(world, session.customer, card)) : null;
  send(call, said === null ? 200 : 402, portalPage(world, id, said), [session?.returnUrl ?? null]);
}

function invoice(world: World, call: PageCall, id: string): void {
  const found = world.invoices.find(id);
  if (!found) return send(call, 404, page('Invoice', '<p>There is no such invoice.</p>'));
  const number = call.form?.get('card') ?? '';
  const said = call.form
    ? tried(() => {
        const card = cardByNumber(number);
        if (found.status !== 'open' || !card) return;
        const reason = attempt(world, found, attachCard(world, found.customer, card).id);
        if (reason !== null) throw new StripeFailure(402, 'Your card was declined.');
      })
    : null;
  send(call, said === null ? 200 : 402, invoicePage(found, world.customers.find(found.customer), said));
}

/** The pages of the simulator that a person sees: checkout, portal, invoice, overview. */
export function hostedPage(world: World, call: PageCall): void {
  world.request = { id: null, idempotency_key: null };
  const [, first = '', second = '', third = ''] = call.url.pathname.split('/');
  if (first === 'healthz') {
    call.response.writeHead(200, { 'content-type': 'application/json' });
    call.response.end(JSON.stringify({ status: 'ok', simulated: true }));
    return;
  }
  if (first === 'c' && second === 'pay') return checkout(world, call, third);
  if (first === 'p' && second === 'session') return portal(world, call, third);
  if (first === 'i') return invoice(world, call, second);
  if (first === '') return send(call, 200, frontPage(world));
  send(call, 404, page('Not found', '<p>There is nothing here.</p>'));
}
