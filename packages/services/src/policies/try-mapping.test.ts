import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { INTERNAL_HEADER } from '@parley/contracts/explain';
import { TRY_MAPPING_PATH } from '@parley/contracts/mapping-trial';
import { isInternalCall } from '@parley/kernel/internal-call';
import { testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { faultOf } from '../test/publisher.ts';
import { tryMapping } from './try-mapping.ts';

const SECRET = 'i'.repeat(32);
const kit = testContext();
const asked: unknown[] = [];

/** Stands where the gateway would: believes only what is signed. */
const gateway = createServer((request: IncomingMessage, response) => {
  void text(request).then((body) => {
    const token = String(request.headers[INTERNAL_HEADER]);
    const good = request.url === TRY_MAPPING_PATH && isInternalCall(token, SECRET, TRY_MAPPING_PATH, body, Date.now());
    asked.push(JSON.parse(body));
    response.writeHead(good ? 200 : 401).end(JSON.stringify({ output: '{"b":1}', problem: null }));
  });
}).listen(0, '127.0.0.1');

let settings: Pick<Context['settings'], 'gatewayUrl' | 'internalSecret'>;
beforeAll(async () => {
  if (!gateway.listening) await once(gateway, 'listening');
  settings = {
    gatewayUrl: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
    internalSecret: SECRET,
  };
});
afterAll(async () => {
  gateway.close();
  await kit.close();
});

const knowing = (context: Context): Context => ({ ...context, settings: { ...context.settings, ...settings } });

it('asks the gateway, signed, for the tenant of whoever asks', async () => {
  const tenant = await kit.tenant();
  const trial = { mapping: { map: '{"b": a}' }, body: '{"a":1}' };
  expect(await tryMapping(knowing(tenant.owner), trial)).toEqual({
    output: '{"b":1}',
    problem: null,
    line: null,
    column: null,
  });
  expect(asked.at(-1)).toMatchObject({
    tenantId: tenant.owner.tenantId,
    body: '{"a":1}',
    mapping: { map: '{"b": a}' },
  });
});

it('says itself what is wrong with the text of an expression, and where', async () => {
  const { owner } = await kit.tenant();
  const before = asked.length;
  const wrong = await tryMapping(knowing(owner), { mapping: { map: '{\n  "b": $eval("1")\n}' }, body: '{}' });
  expect(wrong).toEqual({ output: null, problem: '$eval cannot be used here.', line: 2, column: 12 });
  expect(asked).toHaveLength(before);
});

it('does not ask without a secret', async () => {
  const { owner } = await kit.tenant();
  const alone = { ...owner, settings: { ...owner.settings, internalSecret: null } };
  expect((await faultOf(tryMapping(alone, { mapping: { map: '$' }, body: '{}' }))).code).toBe('unavailable');
});
