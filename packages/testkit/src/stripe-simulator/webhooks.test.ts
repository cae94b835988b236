import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../wait-for.ts';
import { type StripeSimulator, startStripeSimulator } from './start.ts';
import { sdkFor, webhookReceiver } from './test-stripe.ts';

const SECRETS = ['whsec_new', 'whsec_old'];
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function listening(answers: number[] = [], secrets: readonly string[] = SECRETS) {
  const receiver = await webhookReceiver(answers);
  const simulator: StripeSimulator = await startStripeSimulator({
    webhook: { url: receiver.url, secrets },
    webhookRetryMs: [10, 10, 10],
  });
  open.push(simulator, receiver);
  const sdk = sdkFor(simulator);
  const verified = (at: number, secret: string) => {
    const one = receiver.heard[at];
    return sdk.webhooks.constructEvent(one?.body ?? '', one?.signature ?? '', secret);
  };
  const heard = (count: number) => waitFor(`${count} webhooks`, () => receiver.heard.length >= count);
  return { simulator, receiver, sdk, verified, heard };
}

describe('webhooks', () => {
  it('are signed with every current secret, which the SDK verifies', async () => {
    const { sdk, verified, heard } = await listening();
    const customer = await sdk.customers.create({ name: 'Ada' });
    await heard(1);
    for (const secret of SECRETS) {
      expect(verified(0, secret)).toMatchObject({ type: 'customer.created', data: { object: { id: customer.id } } });
    }
    expect(() => verified(0, 'whsec_other')).toThrow();
  });

  it('are sent again until the address answers 2xx', async () => {
    const { sdk, receiver, heard, simulator } = await listening([500, 404]);
    await sdk.customers.create({});
    await heard(3);
    await waitFor('the last try', () => simulator.webhooks.deliveries.length === 3);
    expect(simulator.webhooks.deliveries.map((one) => one.outcome)).toEqual([500, 404, 200]);
    expect(new Set(receiver.heard.map((one) => JSON.parse(one.body).id)).size).toBe(1);
  });

  it('come twice, late, in another order, lost at first, wrongly signed or too old, where a test asks for it', async () => {
    const { sdk, simulator, receiver, heard, verified } = await listening();
    const types = () => receiver.heard.map((one) => JSON.parse(one.body).data.object.name);
    simulator.webhooks.fault({ kind: 'duplicate' });
    await sdk.customers.create({ name: 'twice' });
    await heard(2);
    expect(types()).toEqual(['twice', 'twice']);
    simulator.webhooks.fault({ kind: 'reorder' });
    await sdk.customers.create({ name: 'first' });
    await sdk.customers.create({ name: 'second' });
    await heard(4);
    expect(types().slice(2)).toEqual(['second', 'first']);
    simulator.webhooks.fault({ kind: 'drop' });
    await sdk.customers.create({ name: 'lost' });
    await heard(5);
    expect(simulator.webhooks.deliveries.map(({ outcome }) => outcome)).toContain('lost on the way');
    simulator.webhooks.fault({ kind: 'wrongSignature' });
    simulator.webhooks.fault({ kind: 'stale', seconds: 600 });
    await sdk.customers.create({ name: 'forged' });
    await heard(6);
    expect(() => verified(5, 'whsec_new')).toThrow(/signature/i);
    await sdk.customers.create({ name: 'stale' });
    await heard(7);
    expect(() => verified(6, 'whsec_new')).toThrow(/tolerance/i);
  });

  it('go wrong as a process beside the simulator asks for', async () => {
    const { sdk, simulator, heard } = await listening();
    const ask = (body: string) =>
      fetch(`${simulator.url}/simulator/webhook-faults`, { method: 'POST', body: new URLSearchParams(body) });
    for (const wrong of ['kind=nonsense&times=1', 'kind=drop&times=0', 'kind=drop&times=1001', 'times=1'])
      expect((await ask(wrong)).status, wrong).toBe(400);
    expect((await ask('kind=duplicate&times=2')).status).toBe(200);
    for (const name of ['one', 'two', 'three']) await sdk.customers.create({ name });
    await heard(5);
  });

  it('tell of meters that failed by thin events, to be parsed as such and fetched', async () => {
    const { sdk, receiver, heard } = await listening();
    await sdk.billing.meterEvents.create({ event_name: 'unheard', payload: { value: '1' } });
    await heard(1);
    const { body, signature } = receiver.heard[0] ?? { body: '', signature: '' };
    const notice = sdk.parseEventNotification(body, signature, 'whsec_new');
    expect(notice.type).toBe('v1.billing.meter.no_meter_found');
    expect(() => sdk.webhooks.constructEvent(body, signature, 'whsec_new')).toThrow();
  });
});
