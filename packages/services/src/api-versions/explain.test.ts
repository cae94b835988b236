import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { EXPLAIN_PATH, type ExplainReply, INTERNAL_HEADER } from '@parley/contracts/explain';
import { newId } from '@parley/kernel/id';
import { isInternalCall } from '@parley/kernel/internal-call';
import { testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { faultOf, withPromptApi, withRestDraft } from '../test/publisher.ts';
import { explainApiVersion } from './explain.ts';

const SECRET = 'i'.repeat(32);
const REPLY: ExplainReply = { steps: [], refusal: null, choice: null };
const kit = testContext();
const asked: { good: boolean; path: string; applicationId: string | null }[] = [];
let reply: unknown = REPLY;

/** Stands where the gateway would: believes only what is signed. */
const gateway = createServer((request: IncomingMessage, response) => {
  void text(request).then((body) => {
    const token = String(request.headers[INTERNAL_HEADER]);
    const good = request.url === EXPLAIN_PATH && isInternalCall(token, SECRET, EXPLAIN_PATH, body, Date.now());
    asked.push({ ...(JSON.parse(body) as { path: string; applicationId: string | null }), good });
    response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
  });
}).listen(0, '127.0.0.1');

let gatewayUrl: string;
beforeAll(async () => {
  if (!gateway.listening) await once(gateway, 'listening');
  gatewayUrl = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
});
afterAll(async () => {
  gateway.close();
  await kit.close();
});

const knowing = (context: Context, internalSecret: string | null, url = gatewayUrl): Context => ({
  ...context,
  settings: { ...context.settings, internalSecret, gatewayUrl: url },
});

describe('what a call would meet', () => {
  it('is asked of the gateway, signed, at the version’s own address', async () => {
    const tenant = await kit.tenant();
    await withPromptApi(tenant.owner);
    const at = { api: 'greet', version: 'v1' };
    expect(await explainApiVersion(knowing(tenant.owner, SECRET), { ...at, method: 'POST', path: '/x?y=1' })).toEqual(
      REPLY,
    );
    expect(asked.at(-1)).toMatchObject({ good: true, path: `/${tenant.slug}/greet/v1/x?y=1`, applicationId: null });
    const viewer = await tenant.as('viewer');
    await explainApiVersion(knowing(viewer, SECRET), at);
    expect(asked.at(-1)?.path).toBe(`/${tenant.slug}/greet/v1`);
  });

  it('is refused for what is not served, and for subscriptions of others', async () => {
    const { owner } = await kit.tenant();
    await withRestDraft(owner);
    await withPromptApi(owner);
    const context = knowing(owner, SECRET);
    expect((await faultOf(explainApiVersion(context, { api: 'orders', version: 'v1' }))).code).toBe('invalid_state');
    const foreign = { api: 'greet', version: 'v1', subscription: newId() };
    expect((await faultOf(explainApiVersion(context, foreign))).code).toBe('not_found');
    const wrong = { api: 'greet', version: 'v1', address: 'home', path: 'x' };
    const { issues } = await faultOf(explainApiVersion(context, wrong));
    expect(issues.map(({ path }) => path).sort()).toEqual(['address', 'path']);
  });

  it('hands on a routing that is being written; one that cannot be compiled is refused by field', async () => {
    const { owner } = await kit.tenant();
    await withPromptApi(owner);
    const context = knowing(owner, SECRET);
    const routing = (when: string) => ({ aliases: [{ name: 'smart', targets: [{ model: 'any', when }] }] });
    const at = { api: 'greet', version: 'v1' };
    await explainApiVersion(context, { ...at, modelRouting: routing('plan == "gold"') });
    expect(asked.at(-1)).toMatchObject({
      modelRouting: { tries: 2, aliases: [{ name: 'smart', strategy: 'ordered' }] },
    });
    const wrong = await faultOf(explainApiVersion(context, { ...at, modelRouting: routing('plan ==') }));
    expect(wrong).toMatchObject({ code: 'invalid_input', issues: [{ path: 'modelRouting.aliases.0.targets.0.when' }] });
    // A gateway of the release before tells no choice.
    reply = { steps: [], refusal: null };
    expect((await explainApiVersion(context, at)).choice).toBeNull();
    reply = REPLY;
  });

  it('says what the operator has to do when the gateway cannot be asked', async () => {
    const { owner } = await kit.tenant();
    await withPromptApi(owner);
    const at = { api: 'greet', version: 'v1' };
    const none = await faultOf(explainApiVersion(knowing(owner, null), at));
    expect(none).toMatchObject({ code: 'unavailable', message: expect.stringContaining('PARLEY_INTERNAL_SECRET') });
    const other = await faultOf(explainApiVersion(knowing(owner, 'o'.repeat(32)), at));
    expect(other.message).toContain('does not accept');
    const away = await faultOf(explainApiVersion(knowing(owner, SECRET, 'http://127.0.0.1:9'), at));
    expect(away.message).toContain('did not answer');
    reply = { not: 'a reply' };
    expect((await faultOf(explainApiVersion(knowing(owner, SECRET), at))).code).toBe('unavailable');
    reply = REPLY;
  });
});
