import { bodiesPurpose, keptBodiesSchema, type TakenBodies } from '@parley/contracts/call-bodies';
import { bodyLogPolicy } from '@parley/contracts/policies/body-log';
import { newId } from '@parley/kernel/id';
import { type DataKey, openBuffer, openDataKey, seal } from '@parley/kernel/seal';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { partitionMaintain } from '../partition-maintain/handle.ts';
import { bodiesStore } from './handle.ts';

const t = testContext();
const worker = testWorker();
afterAll(() => Promise.all([t.close(), worker.close()]));

async function keyOf(tenantId: string): Promise<DataKey> {
  const [row] = await worker.rows<{ sealed: string }>('SELECT sealed FROM tenant_keys WHERE tenant_id = $1', tenantId);
  return openDataKey(worker.providers.masterKey, row?.sealed ?? '', tenantId);
}

async function scene() {
  const [{ tenantId }, { tenantId: consumerTenantId }] = [await t.tenant(), await t.tenant()];
  const key = await keyOf(tenantId);
  const body = (text: string, form: 'json' | 'text' | 'stream', id: string, cut = false) => ({
    sealed: seal(key, text, bodiesPurpose(id)),
    form,
    cut,
  });
  const taken = (
    request: [string, 'json' | 'text' | 'stream', boolean?],
    more: Partial<TakenBodies> = {},
  ): TakenBodies => {
    const requestId = newId();
    const { redact, maxBytes, keepForHours, consumerSees } = bodyLogPolicy.parse({});
    const [text, form, cut] = request;
    return {
      requestId,
      tenantId,
      consumerTenantId,
      redact,
      maxBytes,
      keepForHours,
      consumerSees,
      atMs: Date.now(),
      request: body(text, form, requestId, cut),
      response: null,
      ...more,
    };
  };
  const kept = async (bodies: TakenBodies, reader = tenantId) => {
    const found = 'SELECT sealed FROM call_bodies WHERE tenant_id = $1 AND id = $2';
    const [row] = await worker.rows<{ sealed: Buffer }>(found, reader, bodies.requestId);
    if (!row) return null;
    expect(row.sealed.toString('latin1')).not.toContain('"text"');
    const plain = openBuffer(await keyOf(reader), row.sealed, bodiesPurpose(bodies.requestId)).toString();
    return keptBodiesSchema.parse(JSON.parse(plain));
  };
  return { tenantId, consumerTenantId, taken, kept };
}

it('strikes out personal data and secrets, in JSON with escapes too, and says how many', async () => {
  const { taken, kept } = await scene();
  const asked = JSON.stringify({ messages: [{ content: 'Card 4111 1111 1111 1111, mail ann@example.com' }] });
  const bodies = taken([asked.replace('@', '\\u0040'), 'json']);
  await worker.run(bodiesStore, bodies);
  const found = await kept(bodies);
  expect(found?.request?.text).not.toMatch(/4111|ann|example\.com/);
  expect(JSON.parse(found?.request?.text ?? '')).toHaveProperty('messages');
  expect(found).toMatchObject({ redacted: 2, response: null, request: { cut: false, form: 'json' } });
  const open = taken(['mail ann@example.com', 'text'], { redact: [] });
  await worker.run(bodiesStore, open);
  expect(await kept(open)).toMatchObject({ redacted: 0, request: { text: 'mail ann@example.com' } });
});

it('finds what a stream spreads over its events, and leaves out the end of a text that was cut', async () => {
  const { taken, kept } = await scene();
  const event = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
  const bodies = taken([event('Write to an') + event('n@exam') + event('ple.com, please.'), 'stream']);
  await worker.run(bodiesStore, bodies);
  expect((await kept(bodies))?.request?.text).toMatch(/^Write to \S+, please\.$/);
  expect((await kept(bodies))?.request?.text).not.toContain('example');
  const cut = taken([`${'word '.repeat(2000)}card 4111 1111 11`, 'text', true], { maxBytes: 65_536 });
  await worker.run(bodiesStore, cut);
  const text = (await kept(cut))?.request?.text ?? '';
  expect(text).not.toContain('4111');
  expect(text.length).toBeGreaterThan(5000);
});

it('cuts after striking out, at a whole character', async () => {
  const { taken, kept } = await scene();
  const bodies = taken([`${'a'.repeat(255)}é`, 'text'], { maxBytes: 256 });
  await worker.run(bodiesStore, bodies);
  expect((await kept(bodies))?.request).toEqual({ text: 'a'.repeat(255), form: 'text', cut: true });
});

it('is stored once, for the consumer too only where the policy says so, and goes when its time is over', async () => {
  const { taken, kept, tenantId, consumerTenantId } = await scene();
  const mine = taken(['a', 'text']);
  await worker.run(bodiesStore, mine);
  await worker.run(bodiesStore, mine);
  expect(await kept(mine)).not.toBeNull();
  expect(await kept(mine, consumerTenantId)).toBeNull();
  const both = taken(['b', 'text'], { consumerSees: true });
  await worker.run(bodiesStore, both);
  expect((await kept(both, consumerTenantId))?.request?.text).toBe('b');
  const late = taken(['c', 'text'], { atMs: Date.now() - 73 * 3_600_000 });
  await worker.run(bodiesStore, late);
  expect(await kept(late)).toBeNull();
  await worker.pool.query(`UPDATE call_bodies SET keep_until = now() - interval '1 second' WHERE tenant_id = $1`, [
    tenantId,
  ]);
  await worker.run(partitionMaintain, {});
  expect(await worker.rows('SELECT id FROM call_bodies WHERE tenant_id = $1', tenantId)).toEqual([]);
});
