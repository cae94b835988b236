import { generateKeyPairSync } from 'node:crypto';
import Anthropic from '@anthropic-ai/sdk';
import type { UsageEvent } from '@parley/contracts/usage-event';
import { newId } from '@parley/kernel/id';
import { newDataKey, parseMasterKey } from '@parley/kernel/seal';
import { waitFor } from '@parley/testkit/wait-for';
import { decodeJwt, GeneralSign } from 'jose';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  api,
  apiKey,
  application,
  formatted,
  MASTER_KEY,
  model,
  provider,
  publisher,
  subscription,
  upstream,
} from './documents.ts';
import { GATEWAY_URL } from './party-lab.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

/** One conversation, four parties, two makers' models, a refund and a hand-over: docs/party-tokens.md and docs/context-protocol.md together. */
let here: World;
let there: World;
let gpt: UpstreamServer;
let claude: UpstreamServer;
let billing: UpstreamServer;
const slug = `shop-${newId().slice(-8)}`;
const key = apiKey();
const soon = { timeoutMs: 25_000 };
type Json = Record<string, unknown>;

const signers = {
  customer: generateKeyPairSync('ed25519'),
  billing: generateKeyPairSync('ed25519'),
  boss: generateKeyPairSync('ed25519'),
};
type Signer = keyof typeof signers;
const jwk = (name: Signer): object => signers[name].publicKey.export({ format: 'jwk' });

beforeAll(async () => {
  [here, there] = [await openWorld({ gatewayUrl: GATEWAY_URL }), await openWorld({ gatewayUrl: GATEWAY_URL })];
  gpt = await startUpstream((_received, response) => sendJson(response, 200, completion('I see order 17 is late.')));
  claude = await startUpstream((_received, response) =>
    sendJson(response, 200, {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text: 'A refund is due.' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 9, output_tokens: 3 },
    }),
  );
  billing = await startUpstream((_received, response) => sendJson(response, 200, { refunded: true }));
  const pub = publisher(slug);
  model(pub, provider(pub, `${gpt.url}/v1`).id, 'fast');
  model(pub, formatted(pub, 'anthropic', claude.url).id, 'sonnet', { providerModel: 'claude-sonnet-4-5' });
  const chat = api(pub, 'chat', { kind: 'llm', models: ['fast', 'sonnet'] });
  const target = upstream(pub, billing.url);
  const routes = [{ id: newId(), method: '*' as const, path: '/*', upstreamId: target.id, upstreamPath: null }];
  const money = api(pub, 'billing', { kind: 'rest', routes });
  const own = publisher(`own-${newId().slice(-8)}`);
  const caller = application([subscription(pub, chat), subscription(pub, money)], [key.entry]);
  const { sealed } = newDataKey(parseMasterKey(MASTER_KEY), caller.tenantId);
  await publishTenant(here.redis, pub.doc);
  await publishTenant(here.redis, { ...own.doc, tenantId: caller.tenantId, sealedDataKey: sealed });
  await publishApplication(here.redis, caller);
});
afterAll(async () => {
  await Promise.all([here.close(), there.close()]);
  await Promise.all([gpt.close(), claude.close(), billing.close()]);
});

function send(method: string, path: string, token: string, body?: object, at = here): Promise<Response> {
  return fetch(at.url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body instanceof URLSearchParams ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: body instanceof URLSearchParams ? body : JSON.stringify(body) }),
  });
}

async function good(answer: Promise<Response>): Promise<Json> {
  const got = await answer;
  expect(got.ok, `${got.status} ${await got.clone().text()}`).toBe(true);
  return (await got.json()) as Json;
}

const form = (more: Record<string, string>): URLSearchParams => new URLSearchParams(more);
const handOver = async (token: string, acting: string, more: Record<string, string> = {}): Promise<string> => {
  const grant_type = 'urn:ietf:params:oauth:grant-type:token-exchange';
  const subject_token_type = 'urn:ietf:params:oauth:token-type:jwt';
  const asked = form({ grant_type, subject_token_type, subject_token: token, acting, ...more });
  return (await good(send('POST', '/v1/party-tokens/exchange', token, asked)))['access_token'] as string;
};

/** Who takes part, what each may do, and to whom may be handed over. */
function conversation(session: string) {
  const talk = { actions: ['session:read', 'session:append'], resources: [`session:${session}`] };
  const asks = (name: string) => ({ actions: ['model:ask'], resources: [`model:${slug}/${name}`] });
  const hands = (...ids: string[]) => ({ actions: ['token:exchange'], resources: ids.map((id) => `party:${id}`) });
  return {
    parties: [
      { id: 'customer', kind: 'user', role: 'customer', permissions: [talk], jwk: jwk('customer') },
      { id: 'bot', kind: 'agent', role: 'assistant', permissions: [talk, asks('fast'), hands('writer', 'human')] },
      { id: 'writer', kind: 'agent', role: 'assistant', permissions: [talk, asks('sonnet'), hands('human')] },
      { id: 'billing', kind: 'service', role: 'billing', jwk: jwk('billing') },
      { id: 'human', kind: 'user', role: 'support', permissions: [talk, asks('fast')] },
      { id: 'boss', kind: 'user', role: 'boss', jwk: jwk('boss') },
    ],
    audience: { apis: [`${slug}/chat`], sessions: [session] },
    on_behalf_of: 'customer',
    stage: 'bot',
    moves: { bot: ['human'] },
  };
}

async function attest(token: string, name: Signer): Promise<Json> {
  const made = new GeneralSign(Buffer.from(token));
  const header = { alg: 'EdDSA', typ: 'party-attestation+jws', kid: name };
  made.addSignature(signers[name].privateKey).setProtectedHeader(header);
  return good(send('POST', '/v1/party-tokens/attest', key.secret, await made.sign()));
}

const heard = (server: UpstreamServer): string => server.received.at(-1)?.body.toString() ?? '';

it('customer, bots of two makers, billing and a human share one session, each within what its token says', async () => {
  const settings = { system: 'You are the shop.', title: 'Order 17' };
  const session = (await good(send('POST', '/v1/sessions', key.secret, settings)))['id'] as string;
  const issue = async (more: object): Promise<Json> =>
    good(send('POST', '/v1/party-tokens', key.secret, { ...conversation(session), ...more }));
  const issued = await issue({ acting: 'bot' });
  const bot = issued['party_token'] as string;
  const customer = (await issue({ acting: 'customer' }))['party_token'] as string;

  // The customer writes; the bot asks one maker's model, by OpenAI's own client.
  const note = { messages: [{ role: 'user', content: 'Hello, I am Ann. My word for you is heron.' }] };
  await good(send('POST', `/v1/sessions/${session}/turns`, customer, note));
  const headers = { 'x-context-id': session };
  const openai = (token: string): OpenAI =>
    new OpenAI({ baseURL: `${here.url}/v1`, apiKey: token, defaultHeaders: headers, maxRetries: 0 });
  const ask = (text: string) => ({ model: 'fast', messages: [{ role: 'user' as const, content: text }] });
  const first = await openai(bot).chat.completions.create(ask('Order 17 never came.'));
  expect(first.choices[0]?.message.content).toBe('I see order 17 is late.');
  expect(heard(gpt)).toContain('heron');

  // Another bot goes on with another maker's model, by Anthropic's client, on another node: it is sent all that was said.
  const writer = await handOver(bot, 'writer');
  const anthropic = new Anthropic({ baseURL: there.url, apiKey: writer, defaultHeaders: headers, maxRetries: 0 });
  const second = await anthropic.messages.create({
    model: 'sonnet',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'What is due?' }],
  });
  expect(second.content).toMatchObject([{ type: 'text', text: 'A refund is due.' }]);
  for (const said of [
    'You are the shop.',
    'heron',
    'Order 17 never came.',
    'I see order 17 is late.',
    'What is due?',
  ]) {
    expect(heard(claude), said).toContain(said);
  }

  // The refund: billing acts, once two of three have signed.
  const refund = (
    await issue({
      acting: 'billing',
      parties: conversation(session).parties.map((party) =>
        party.id === 'billing'
          ? { ...party, permissions: [{ actions: ['api:write'], resources: [`api:${slug}/billing/v1/refunds/17`] }] }
          : party,
      ),
      audience: { apis: [`${slug}/billing`] },
      attest: { need: 2, of: ['customer', 'billing', 'boss'] },
    })
  )['party_token'] as string;
  const pay = (token: string, order = 17): Promise<Response> =>
    send('POST', `/${slug}/billing/v1/refunds/${order}`, token, { order });
  expect((await pay(refund)).status).toBe(401);
  expect(await attest(refund, 'customer')).toMatchObject({ state: 'pending', signed: 1 });
  expect((await pay(refund)).status).toBe(401);
  expect(billing.received).toHaveLength(0);
  expect(await attest(refund, 'boss')).toMatchObject({ state: 'active', signed: 2 });
  expect((await pay(refund)).status).toBe(200);
  expect((await pay(refund, 18)).status).toBe(403);

  // Handed over to a human, who goes on in the same session with nothing more than was given.
  const human = await handOver(writer, 'human', { stage: 'human' });
  expect(decodeJwt(human)).toMatchObject({
    sub: 'customer',
    act: { sub: 'human', act: { sub: 'writer', act: { sub: 'bot' } } },
    stage: 'human',
    aud: decodeJwt(bot).aud,
  });
  await openai(human).chat.completions.create(ask('Ann, the money is on its way.'));
  expect(heard(gpt)).toContain('A refund is due.');
  const sonnet = { model: 'sonnet', messages: [{ role: 'user', content: 'x' }] };
  expect((await send('POST', '/v1/chat/completions', human, sonnet)).status).toBe(403);
  expect((await pay(human)).status).toBe(403);
  expect((await send('PATCH', `/v1/sessions/${session}`, human, { title: 'mine' })).status).toBe(403);
  expect((await send('DELETE', `/v1/sessions/${session}`, human)).status).toBe(403);
  const other = (await good(send('POST', '/v1/sessions', key.secret, {})))['id'] as string;
  expect((await send('GET', `/v1/sessions/${other}`, human)).status).toBe(404);
  const wide = JSON.stringify([{ actions: ['*'], resources: ['session:**'] }]);
  const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
  const jwt = 'urn:ietf:params:oauth:token-type:jwt';
  const wider = form({
    grant_type: grant,
    subject_token: bot,
    subject_token_type: jwt,
    acting: 'human',
    permissions: wide,
  });
  expect((await send('POST', '/v1/party-tokens/exchange', bot, wider)).status).toBe(403);

  // The customer sees what was said, not how the bots are instructed.
  const seen = await good(send('GET', `/v1/sessions/${session}/turns`, customer));
  const turns = seen['data'] as { author: Json | null }[];
  expect(turns.map(({ author }) => author?.['party'])).toEqual(['customer', 'bot', 'writer', 'human']);
  expect(JSON.stringify(await good(send('GET', `/v1/sessions/${session}`, customer)))).not.toContain(
    'You are the shop',
  );

  // Revoking the first token ends all that came of it, on both nodes; the customer's own goes on.
  expect((await send('POST', '/v1/party-tokens/revoke', key.secret, form({ token: bot }))).status).toBe(200);
  const look = async (token: string, at: World): Promise<number> =>
    (await send('GET', `/v1/sessions/${session}`, token, undefined, at)).status;
  for (const at of [here, there]) {
    for (const token of [bot, writer, human]) {
      await waitFor('the end', async () => (await look(token, at)) === 401, soon);
    }
  }
  await expect(openai(human).chat.completions.create(ask('One more thing.'))).rejects.toMatchObject({ status: 401 });
  expect(await look(customer, there)).toBe(200);

  // The record tells who saw and who did what, for whom, by which token.
  const all = (): UsageEvent[] => [...here.events(), ...there.events()];
  const told = await waitFor(
    'the records',
    () => {
      const of = (kind: string, acting: string): UsageEvent | undefined =>
        all().find((event) => event.kind === kind && event.party?.acting === acting && event.status === 200);
      const found = [of('chat', 'bot'), of('chat', 'writer'), of('rest', 'billing'), of('chat', 'human')];
      return found.every((one) => one !== undefined) && found;
    },
    soon,
  );
  expect(told.map(({ model: name, party, sessionId }) => [name, party?.principal, sessionId])).toEqual([
    ['fast', 'customer', session],
    ['sonnet', 'customer', session],
    [null, 'customer', undefined],
    ['fast', 'customer', session],
  ]);
  expect(told[0]?.party?.tokenId).toBe(issued['jti']);
  await waitFor(
    'the record of who looked',
    () =>
      all().some(
        ({ method, path, party, sessionId }) =>
          method === 'GET' && path.endsWith('/turns') && party?.acting === 'customer' && sessionId === session,
      ),
    soon,
  );
});
