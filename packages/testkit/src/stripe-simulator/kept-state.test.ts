import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';
import { afterEach, describe, expect, it } from 'vitest';
import { startChild } from '../child.ts';
import { waitFor } from '../wait-for.ts';
import { type StripeSimulator, startStripeSimulator } from './start.ts';
import { sdkFor, webhookReceiver } from './test-stripe.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const CARD = '4242424242424242';
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

function stateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-stripe-'));
  open.push({ close: async () => rmSync(folder, { recursive: true }) });
  return join(folder, 'state', 'stripe.jsonl');
}

/** The simulator as a process of its own, as `npm start` runs it. */
async function childWith(file: string, webhook: string) {
  const child = await startChild(MAIN, {
    args: ['--state', file, '--webhook', webhook, '--webhook-secret', 'whsec_kept'],
  });
  open.push({ close: () => child.kill() });
  const [, host = '', port = ''] = await child.waitForLine(/listening on http:\/\/([\d.]+):(\d+)/);
  const sdk = new Stripe('sk_test_parley_simulator', {
    host,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
  return { child, sdk, url: `http://${host}:${port}` };
}

async function startAgain(before: StripeSimulator, file: string): Promise<StripeSimulator> {
  await before.close();
  const after = await startStripeSimulator({ stateFile: file });
  open.push(after);
  return after;
}

describe('state in a file', () => {
  it('survives kill -9: objects, cards, pages, usage, idempotency keys, and events nobody has taken', async () => {
    const file = stateFile();
    const deaf = await webhookReceiver(Array.from({ length: 500 }, () => 503));
    open.push(deaf);
    const { child, sdk } = await childWith(file, deaf.url);
    const customer = await sdk.customers.create({ name: 'Ada' }, { idempotencyKey: 'once' });
    const session = await sdk.checkout.sessions.create({
      mode: 'setup',
      currency: 'usd',
      customer: customer.id,
      success_url: 'http://127.0.0.1/done',
    });
    const left = await sdk.checkout.sessions.create({
      mode: 'payment',
      customer: customer.id,
      success_url: 'http://127.0.0.1/done',
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 700, product_data: { name: 'Prepaid credit' } } },
      ],
      payment_intent_data: { setup_future_usage: 'off_session' },
    });
    const meter = await sdk.billing.meters.create({
      display_name: 'Requests',
      event_name: 'requests',
      default_aggregation: { formula: 'sum' },
    });
    await sdk.billing.meterEvents.create({
      event_name: 'requests',
      payload: { value: '5', stripe_customer_id: customer.id },
    });
    await fetch(session.url ?? '', {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ card: '4000000000000341' }),
    });
    await child.kill('SIGKILL');

    const hearing = await webhookReceiver();
    open.push(hearing);
    const again = await childWith(file, hearing.url);
    expect(await again.sdk.customers.retrieve(customer.id)).toMatchObject({ name: 'Ada' });
    const repeated = await again.sdk.customers.create({ name: 'Ada' }, { idempotencyKey: 'once' });
    expect(repeated.id).toBe(customer.id);
    expect(await again.sdk.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'complete' });
    const day = Math.floor(Date.now() / 86_400_000) * 86_400;
    const usage = { customer: customer.id, start_time: day - 86_400, end_time: day + 2 * 86_400 };
    expect((await again.sdk.billing.meters.listEventSummaries(meter.id, usage)).data[0]?.aggregated_value).toBe(5);
    // Events that nobody had taken are sent again.
    await waitFor('the event of the finished page', () =>
      hearing.heard.some(({ body }) => body.includes('checkout.session.completed')),
    );
    // A page opened before can be paid after, with what it was opened with.
    const page = `${again.url}/c/pay/${left.id}`;
    const paid = await fetch(page, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ card: CARD }) });
    expect(paid.headers.get('location')).toBe('http://127.0.0.1/done');
    const methods = await again.sdk.customers.listPaymentMethods(customer.id);
    expect(new Set(methods.data.map(({ card }) => card?.last4))).toEqual(new Set(['0341', '4242']));
  });

  it('keeps what was changed, deleted and moved in time, and sends nothing twice that was taken', async () => {
    const file = stateFile();
    const receiver = await webhookReceiver();
    open.push(receiver);
    const first = await startStripeSimulator({
      stateFile: file,
      webhook: { url: receiver.url, secrets: ['whsec_kept'] },
    });
    const sdk = sdkFor(first);
    const kept = await sdk.customers.create({ name: 'Before' });
    const draft = await sdk.invoices.create({ customer: kept.id, currency: 'usd' });
    await sdk.invoices.del(draft.id);
    await sdk.customers.update(kept.id, { name: 'After' });
    first.advance(86_400);
    await waitFor('all events to be taken', () => receiver.heard.length > 0 && first.webhooks.waiting.size === 0);
    const heard = receiver.heard.length;

    const second = await startAgain(first, file);
    expect(await sdkFor(second).customers.retrieve(kept.id)).toMatchObject({ name: 'After' });
    expect(second.world.invoices.all()).toEqual([]);
    expect(second.world.now()).toBeGreaterThan(Date.now() / 1000 + 86_000);
    expect(second.webhooks.waiting.size).toBe(0);
    expect(receiver.heard.length).toBe(heard);
  });

  it('leaves out a line that was torn by a kill, and refuses a file that is damaged within', async () => {
    const file = stateFile();
    const first = await startStripeSimulator({ stateFile: file });
    const customer = await sdkFor(first).customers.create({ name: 'Ada' });
    await first.close();
    appendFileSync(file, '["customers","cus_half",{"id":"cus_h');
    const second = await startStripeSimulator({ stateFile: file });
    expect(second.world.customers.all().map(({ id }) => id)).toEqual([customer.id]);
    await second.close();
    expect(readFileSync(file, 'utf8')).not.toContain('cus_half');

    writeFileSync(file, `garbage\n${readFileSync(file, 'utf8')}`);
    await expect(startStripeSimulator({ stateFile: file })).rejects.toThrow(/line 1/);
  });
});
