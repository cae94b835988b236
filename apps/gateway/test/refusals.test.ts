import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { REFUSAL_CODES, type RefusalCode } from '@parley/contracts/refusal-codes';
import type { SubscriptionSnapshot } from '@parley/contracts/snapshot';
import { systemClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import { newSecretToken } from '@parley/kernel/secret-token';
import { noopLogger } from '@parley/telemetry/logger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Exchange } from '../src/exchange.ts';
import { LeasingLimiter } from '../src/ports/limiter/limiter.ts';
import { MemoryLimitStore } from '../src/ports/limiter/memory-store.ts';
import { memoryMeter } from '../src/ports/meter/meter.ts';
import type { Ports } from '../src/ports/ports.ts';
import { refusal } from '../src/refusals.ts';
import { admit, shed } from '../src/stages/admit.ts';
import {
  api,
  apiKey,
  application,
  model,
  PROMPT,
  provider,
  publisher,
  restApi,
  subscription,
  upstream,
} from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { chunk, completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let deadUrl: string;
const keys = { good: '', other: '', expired: '', revoked: '' };
let slug: string;
let otherSlug: string;
const chatBody = (name: string, more: object = {}) => JSON.stringify({ model: name, messages: [], ...more });

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((received, response) => {
    const { model: name } = JSON.parse(received.body.toString() || '{}') as { model?: string };
    if (name === 'real-busy') sendJson(response, 429, {});
    else if (name === 'real-refused') sendJson(response, 401, {});
    else if (name === 'real-odd') sendJson(response, 200, '<html>');
    else if (name === 'real-cut') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(chunk({ content: 'x' }))}\n\n`);
      setImmediate(() => response.destroy());
    } else if (received.url.endsWith('/slow')) return;
    else sendJson(response, 200, completion('not json'));
  });
  deadUrl = `http://127.0.0.1:${await closedPort()}`;
  slug = `pub-${newId().slice(-8)}`;
  otherSlug = `oth-${newId().slice(-8)}`;
  const pub = publisher(slug);
  const other = publisher(otherSlug);
  const subscriptions: SubscriptionSnapshot[] = [];

  const llmProvider = provider(pub, backend.url);
  const names = ['fast', 'busy', 'refused', 'odd', 'cut', 'shared'];
  for (const name of names) model(pub, llmProvider.id, name);
  model(pub, llmProvider.id, 'free', { prices: [] });
  model(pub, newId(), 'orphan');
  const llm = api(pub, 'llm', { kind: 'llm', models: [...names, 'free', 'orphan'] });
  subscriptions.push(subscription(pub, llm));
  const otherProvider = provider(other, backend.url);
  model(other, otherProvider.id, 'shared');
  subscriptions.push(subscription(other, api(other, 'llm', { kind: 'llm', models: ['shared'] })));

  const live = upstream(pub, backend.url, { timeouts: { connectMs: 500, headersMs: 500, totalMs: 400 } });
  const dead = upstream(pub, deadUrl);
  const metadata = upstream(pub, 'http://169.254.169.254/');
  const tripped = upstream(pub, deadUrl, { options: { breaker: { minCalls: 1 } } });
  const sick = upstream(pub, deadUrl, {
    options: { passiveHealth: { consecutiveFailures: 1, maxEjectedPercent: 100 } },
  });
  for (const [name, target] of [
    ['rest', live],
    ['sick', sick],
    ['tripped', tripped],
    ['dead', dead],
    ['metadata', metadata],
  ] as const) {
    subscriptions.push(subscription(pub, restApi(pub, name, target.id)));
  }
  const onlyGet = api(pub, 'get', {
    kind: 'rest',
    routes: [{ id: newId(), method: 'GET', path: '/x', upstreamId: live.id, upstreamPath: null }],
  });
  subscriptions.push(subscription(pub, onlyGet));
  const limited = restApi(pub, 'limited', live.id, [{ requests: 1, windowSeconds: 3600 }]);
  subscriptions.push(subscription(pub, limited));
  const quota = restApi(pub, 'quota', live.id);
  for (const version of quota.versions) {
    version.policies = { limits: { rules: [{ algorithm: 'quota', amount: 1, what: 'requestBytes' }] } };
  }
  subscriptions.push(subscription(pub, quota));
  model(pub, llmProvider.id, 'dear');
  const budget = api(pub, 'budget', { kind: 'llm', models: ['dear'] });
  for (const version of budget.versions) {
    version.policies = { limits: { rules: [{ algorithm: 'quota', amount: 1, what: 'cost' }] } };
  }
  subscriptions.push(subscription(pub, budget));
  model(pub, llmProvider.id, 'budgeted');
  const spent = api(pub, 'spent', { kind: 'llm', models: ['budgeted'] });
  const amountNano = '1';
  const about = { scope: 'api', subject: spent.id, period: 'day', currency: 'USD' } as const;
  pub.doc.budgets = [{ id: newId(), name: 'Spent', amountNano, ...about }];
  subscriptions.push(subscription(pub, spent));
  const retired = restApi(pub, 'old', live.id);
  for (const version of retired.versions) version.state = 'retired';
  subscriptions.push(subscription(pub, retired));
  const brown = restApi(pub, 'brown', live.id);
  for (const version of brown.versions) {
    version.state = 'deprecated';
    version.policies = { brownOuts: { windows: [], schedule: [{ from: '2020-01-01T00:00:00Z', percent: 100 }] } };
  }
  subscriptions.push(subscription(pub, brown));
  const office = restApi(pub, 'office', live.id);
  for (const version of office.versions) version.policies = { ipAccess: { allow: ['192.0.2.0/24'], deny: [] } };
  const kept = restApi(pub, 'kept', live.id);
  for (const version of kept.versions) version.policies = { cache: {} };
  subscriptions.push(subscription(pub, kept));
  const once = restApi(pub, 'once', live.id);
  for (const version of once.versions) version.policies = { idempotency: { required: true } };
  subscriptions.push(subscription(pub, once));
  const shielded = restApi(pub, 'shielded', live.id);
  for (const version of shielded.versions) version.policies = { shield: { maxQueryParameters: 2 } };
  subscriptions.push(subscription(pub, shielded));
  const guarded = api(pub, 'guarded', { kind: 'prompt', promptVersionId: newId(), definition: PROMPT });
  for (const version of guarded.versions)
    version.policies = { guardrails: { words: [{ name: 'w', words: ['rivals'] }] } };
  subscriptions.push(subscription(pub, guarded));
  const strict = restApi(pub, 'strict', live.id);
  const contract = { hash: newId(), definitions: {}, operations: [] };
  for (const version of strict.versions) Object.assign(version, { policies: { contract: {} }, contract });
  subscriptions.push(subscription(pub, strict));
  const future = restApi(pub, 'future', live.id);
  for (const version of future.versions) version.policies = { telepathy: {} };
  subscriptions.push(subscription(pub, office), subscription(pub, future));
  const tokens = restApi(pub, 'tokens', live.id);
  const jwt = { kind: 'jwt', issuer: 'https://login.test', audiences: ['x'], jwksUrl: `${deadUrl}/jwks` };
  for (const version of tokens.versions) version.policies = { callers: { methods: [jwt] } };
  const scoped = restApi(pub, 'scoped', live.id);
  for (const version of scoped.versions) version.policies = { callers: { scopes: ['all'] } };
  subscriptions.push(subscription(pub, tokens), subscription(pub, scoped));
  restApi(pub, 'stranger', live.id);
  for (const state of ['requested', 'refused', 'suspended', 'revoked', 'expired'] as const) {
    subscriptions.push(subscription(pub, restApi(pub, state, live.id), state));
  }
  subscriptions.push({ ...subscription(pub, restApi(pub, 'lapsed', live.id)), expiresAtMs: Date.now() - 1000 });
  for (const [name, standing, charges] of [
    ['unpaid', 'suspended', false],
    ['overdue', 'restricted', true],
    ['flat', 'restricted', false],
    ['graced', 'grace', true],
  ] as const) {
    const billing = { accountId: newId(), standing, charges };
    subscriptions.push({ ...subscription(pub, restApi(pub, name, live.id)), billing });
  }
  const prepaid = { accountId: newId(), standing: 'good', charges: true, spent: true } as const;
  subscriptions.push({ ...subscription(pub, restApi(pub, 'prepaid', live.id)), billing: prepaid });
  const textPrompt = api(pub, 'prompt', { kind: 'prompt', promptVersionId: newId(), definition: PROMPT });
  subscriptions.push(subscription(pub, textPrompt));
  const jsonPrompt = api(pub, 'schema', {
    kind: 'prompt',
    promptVersionId: newId(),
    definition: { ...PROMPT, output: { kind: 'json', schema: { type: 'object' } } },
  });
  subscriptions.push(subscription(pub, jsonPrompt));

  const [good, expired, revoked] = [apiKey(), apiKey({ expiresAtMs: Date.now() - 1 }), apiKey({ revokedAtMs: 1 })];
  Object.assign(keys, { good: good.secret, expired: expired.secret, revoked: revoked.secret });
  await publishTenant(world.redis, pub.doc);
  await publishTenant(world.redis, other.doc);
  await publishApplication(world.redis, application(subscriptions, [good.entry, expired.entry, revoked.entry]));
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

interface Case {
  readonly code: RefusalCode;
  readonly status: number;
  readonly path: string;
  readonly method?: string;
  readonly key?: string | null;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  /** Calls made before, to get there. */
  readonly after?: number;
}

const good = (): string => keys.good;
const unsigned = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
/** Every refusal a caller can meet over HTTP, with the plainest request that meets it. */
const cases = (): Case[] => [
  { code: 'malformed_request', status: 400, path: `/${slug}/rest/v1/a%5cb` },
  { code: 'route_not_found', status: 404, path: '/nobody/nothing/v1' },
  { code: 'route_not_found', status: 404, path: `/${slug}/get/v1/y` },
  { code: 'route_not_found', status: 404, path: '/v1/no-such-thing', method: 'POST', body: '{}' },
  { code: 'method_not_allowed', status: 405, path: `/${slug}/get/v1/x`, method: 'DELETE' },
  { code: 'method_not_allowed', status: 405, path: '/v1/chat/completions' },
  { code: 'key_missing', status: 401, path: `/${slug}/rest/v1/x`, key: null },
  { code: 'key_malformed', status: 401, path: '/v1/models', key: 'pk_live_typo' },
  { code: 'key_unknown', status: 401, path: `/${slug}/rest/v1/x`, key: newSecretToken('pk_live') },
  { code: 'key_expired', status: 401, path: `/${slug}/rest/v1/x`, key: keys.expired },
  { code: 'key_revoked', status: 401, path: '/v1/models', key: keys.revoked },
  { code: 'credentials_refused', status: 401, path: '/nobody/nothing/v1', key: 'eyJhbGciOiJub25lIn0.e30.' },
  { code: 'credentials_refused', status: 401, path: `/${slug}/tokens/v1/x` },
  {
    code: 'issuer_unavailable',
    status: 503,
    path: `/${slug}/tokens/v1/x`,
    key: null,
    headers: { authorization: `Bearer ${unsigned({ alg: 'ES256' })}.${unsigned({ iss: 'https://login.test' })}.AAAA` },
  },
  { code: 'scope_missing', status: 403, path: `/${slug}/scoped/v1/x` },
  { code: 'version_retired', status: 410, path: `/${slug}/old/v1/x` },
  { code: 'version_brown_out', status: 410, path: `/${slug}/brown/v1/x` },
  { code: 'policy_unsupported', status: 503, path: `/${slug}/future/v1/x` },
  { code: 'address_denied', status: 403, path: `/${slug}/office/v1/x` },
  { code: 'idempotency_key_missing', status: 400, path: `/${slug}/once/v1/x`, method: 'POST', body: '{}' },
  {
    code: 'idempotency_key_malformed',
    status: 400,
    path: `/${slug}/once/v1/x`,
    method: 'POST',
    headers: { 'idempotency-key': 'a b' },
  },
  { code: 'not_subscribed', status: 403, path: `/${slug}/stranger/v1/x` },
  { code: 'subscription_pending', status: 403, path: `/${slug}/requested/v1/x` },
  { code: 'subscription_refused', status: 403, path: `/${slug}/refused/v1/x` },
  { code: 'subscription_suspended', status: 403, path: `/${slug}/suspended/v1/x` },
  { code: 'subscription_revoked', status: 403, path: `/${slug}/revoked/v1/x` },
  { code: 'subscription_expired', status: 403, path: `/${slug}/expired/v1/x` },
  { code: 'subscription_expired', status: 403, path: `/${slug}/lapsed/v1/x` },
  { code: 'billing_suspended', status: 402, path: `/${slug}/unpaid/v1/x` },
  { code: 'billing_restricted', status: 402, path: `/${slug}/overdue/v1/x` },
  { code: 'billing_credit_spent', status: 402, path: `/${slug}/prepaid/v1/x` },
  { code: 'contract_violated', status: 400, path: `/${slug}/strict/v1/x` },
  { code: 'request_blocked', status: 403, path: `/${slug}/shielded/v1/x?q=%3Cscript%3E` },
  {
    code: 'guardrail_blocked',
    status: 400,
    path: `/${slug}/guarded/v1`,
    method: 'POST',
    body: '{"name":"rivals"}',
  },
  { code: 'request_too_complex', status: 400, path: `/${slug}/shielded/v1/x?a=1&b=2&c=3` },
  { code: 'rate_limited', status: 429, path: `/${slug}/limited/v1/x`, after: 1 },
  { code: 'quota_exceeded', status: 429, path: `/${slug}/quota/v1/x`, method: 'POST', body: 'xx' },
  {
    code: 'cost_limit_reached',
    status: 402,
    path: '/v1/chat/completions',
    method: 'POST',
    body: chatBody('dear'),
  },
  {
    code: 'budget_exhausted',
    status: 402,
    path: '/v1/chat/completions',
    method: 'POST',
    body: chatBody('budgeted'),
  },
  { code: 'body_too_large', status: 413, path: `/${slug}/rest/v1/x`, method: 'POST', body: 'x'.repeat(1_000_001) },
  {
    code: 'body_too_large',
    status: 413,
    path: '/v1/chat/completions',
    method: 'POST',
    body: chatBody('fast', { x: 'x'.repeat(1_000_001) }),
  },
  {
    code: 'unsupported_media_type',
    status: 415,
    path: `/${slug}/prompt/v1`,
    method: 'POST',
    body: 'a=1',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  },
  {
    code: 'unsupported_media_type',
    status: 415,
    path: '/v1/chat/completions',
    method: 'POST',
    body: '{}',
    headers: { 'content-encoding': 'gzip' },
  },
  { code: 'malformed_json', status: 400, path: '/v1/chat/completions', method: 'POST', body: '{"model":' },
  { code: 'malformed_json', status: 400, path: `/${slug}/prompt/v1`, method: 'POST', body: '{"name":"x"' },
  { code: 'invalid_parameter', status: 400, path: '/v1/chat/completions', method: 'POST', body: '{"model":7}' },
  {
    code: 'prompt_label_refused',
    status: 400,
    path: `/${slug}/prompt/v1`,
    method: 'POST',
    body: '{"name":"x"}',
    headers: { 'x-parley-prompt-label': 'staging' },
  },
  { code: 'invalid_variable', status: 400, path: `/${slug}/prompt/v1`, method: 'POST', body: '{"nam":"x"}' },
  { code: 'model_not_found', status: 404, path: '/v1/chat/completions', method: 'POST', body: chatBody('none') },
  { code: 'model_not_found', status: 404, path: '/v1/models/none' },
  { code: 'model_ambiguous', status: 400, path: '/v1/chat/completions', method: 'POST', body: chatBody('shared') },
  { code: 'price_missing', status: 503, path: '/v1/chat/completions', method: 'POST', body: chatBody('free') },
  {
    code: 'provider_unconfigured',
    status: 503,
    path: '/v1/chat/completions',
    method: 'POST',
    body: chatBody('orphan'),
  },
  { code: 'not_cached', status: 504, path: `/${slug}/kept/v1/x`, headers: { 'cache-control': 'only-if-cached' } },
  { code: 'upstream_forbidden_address', status: 502, path: `/${slug}/metadata/v1/x` },
  { code: 'upstream_unhealthy', status: 503, path: `/${slug}/sick/v1/x`, after: 1 },
  { code: 'upstream_breaker_open', status: 503, path: `/${slug}/tripped/v1/x`, after: 1 },
  { code: 'upstream_unreachable', status: 502, path: `/${slug}/dead/v1/x` },
  { code: 'upstream_timeout', status: 504, path: `/${slug}/rest/v1/slow` },
  { code: 'upstream_invalid', status: 502, path: '/v1/chat/completions', method: 'POST', body: chatBody('odd') },
  { code: 'upstream_rate_limited', status: 503, path: '/v1/chat/completions', method: 'POST', body: chatBody('busy') },
  {
    code: 'upstream_credentials',
    status: 502,
    path: '/v1/chat/completions',
    method: 'POST',
    body: chatBody('refused'),
  },
  { code: 'output_schema_failed', status: 502, path: `/${slug}/schema/v1`, method: 'POST', body: '{"name":"Ada"}' },
];
/** Codes that need something broken or a moment that cannot be had by a plain request; each has its own test. */
const ELSEWHERE: Readonly<Partial<Record<RefusalCode, string>>> = {
  configuration_unavailable: 'snapshot-store.test.ts, outage.test.ts',
  party_token_refused: 'party-tokens.test.ts',
  party_state_unavailable: 'party-tokens.security.test.ts',
  party_denied: 'party-tokens.test.ts',
  party_allowance_spent: 'party-tokens.test.ts',
  idempotency_in_progress: 'idempotency.test.ts',
  idempotency_mismatch: 'idempotency.test.ts',
  idempotency_not_kept: 'idempotency.test.ts',
  idempotency_unavailable: 'idempotency.test.ts',
  queue_unavailable: 'deliver.test.ts',
  too_many_jobs: 'background.test.ts',
  context_not_found: 'context.test.ts',
  context_archived: 'context.test.ts',
  context_full: 'context.test.ts',
  context_changed: 'context.test.ts',
  context_overflow: 'context.test.ts',
  context_unavailable: 'context.test.ts',
  knowledge_unavailable: 'knowledge.test.ts',
  job_not_found: 'background.test.ts',
  stream_not_found: 'resumable.test.ts',
  job_not_finished: 'background.test.ts',
  job_cancelled: 'background.test.ts',
  job_expired: 'background.test.ts',
  job_interrupted: 'background.test.ts',
  batches_off: 'batches.test.ts',
  file_not_found: 'batches.test.ts',
  file_in_use: 'batches.test.ts',
  batch_not_found: 'batches.test.ts',
  batch_not_finished: 'message-batches.test.ts',
  overloaded: 'priority.test.ts',
  too_many_running: 'limits.test.ts',
  limiter_unavailable: 'here, below',
  metering_unavailable: 'here, below',
  upstream_cut: 'here, below, and chat.test.ts',
  shutting_down: 'drain.test.ts',
  upgrade_required: 'web-socket.test.ts',
  socket_idle: 'web-socket.test.ts',
  socket_expired: 'web-socket.test.ts',
  malformed_xml: 'transform.test.ts',
  step_failed: 'compose.test.ts',
  request_unmappable: 'transform.test.ts',
  answer_off_contract: 'contract.test.ts',
  answer_too_large: 'src/serving/held-answer.test.ts',
  answer_unreadable: 'src/serving/held-answer.test.ts',
  unsupported_parameter: 'translation.test.ts',
  service_fault: 'graphql.test.ts, soap.test.ts',
  client_too_slow: 'slow-clients.test.ts',
  client_closed: 'chat.test.ts',
  internal: 'here, below',
};

async function send({ path, method = 'GET', key = good(), body, headers = {} }: Case): Promise<Response> {
  return fetch(`${world.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === null ? {} : { 'x-api-key': key }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
}

describe('refusals', () => {
  it('each have a case here or a test elsewhere', () => {
    const covered = new Set([...cases().map((one) => one.code), ...Object.keys(ELSEWHERE)]);
    expect([...REFUSAL_CODES].filter((code) => !covered.has(code))).toEqual([]);
  });

  it('end with the right status, body, next step and request id, and are recorded for a known caller', async () => {
    const recorded: [string | null, Case, string][] = [];
    for (const one of cases()) {
      for (let i = 0; i < (one.after ?? 0); i++) await (await send(one)).text();
      const answer = await send(one);
      const text = await answer.text();
      const where = `${one.code} ${one.path}: ${text}`;
      expect(answer.status, where).toBe(one.status);
      const requestId = answer.headers.get('x-request-id');
      expect(requestId, where).toMatch(/^[0-9a-f-]{36}$/);
      const body = JSON.parse(text) as { error?: { message: string } };
      const { nextStep } = refusal(one.code);
      if (one.path.startsWith('/v1/')) {
        expect(answer.headers.get('content-type'), where).toBe('application/json');
        const code = one.code === 'rate_limited' ? 'rate_limit_exceeded' : one.code;
        expect(body, where).toMatchObject({ error: { code, request_id: requestId } });
        expect(body.error?.message, where).toContain(nextStep);
      } else {
        expect(answer.headers.get('content-type'), where).toBe('application/problem+json');
        expect(body, where).toMatchObject({
          type: `https://portal.test/docs/errors#${one.code}`,
          status: one.status,
          code: one.code,
          detail: nextStep,
          requestId,
        });
      }
      const { error: told = body } = body;
      if (one.status === 402 || one.status === 429) {
        expect(told, where).toHaveProperty('limit_source');
        expect(told, where).toHaveProperty('resets_at');
      }
      if (one.status === 405) expect(answer.headers.get('allow')).toBeTruthy();
      if (one.status === 401) expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="parley"');
      if (one.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      const known = one.status !== 401 && one.code !== 'issuer_unavailable';
      if (known) recorded.push([requestId, one, where]);
    }
    for (const [requestId, one, where] of recorded) {
      const event = await world.event(requestId);
      expect(event, where).toMatchObject({ status: one.status, code: one.code });
      // Only an answer that was paid for, and then was no good, costs something.
      expect(event.costNano !== '0', where).toBe(one.code === 'output_schema_failed');
    }
    const unknown = world.events().filter((event) => event.code?.startsWith('key_'));
    expect(unknown).toEqual([]);
  });

  it('name every variable that is wrong', async () => {
    const answer = await send({
      code: 'invalid_variable',
      status: 400,
      path: `/${slug}/prompt/v1`,
      method: 'POST',
      body: '{"name":5,"tone":"loud","extra/x":1}',
    });
    expect(((await answer.json()) as { errors: unknown }).errors).toEqual([
      { pointer: '/name', message: '`name` must be text.' },
      { pointer: '/tone', message: '`tone` must be one of: "kind", "dry".' },
      { pointer: '/extra~1x', message: '`extra/x` is not a variable here. It takes: `name`, `tone`.' },
    ]);
  });

  it('name the form `tenant/model`, which works, when a model’s name is ambiguous', async () => {
    const answer = await send({
      code: 'model_ambiguous',
      status: 400,
      path: '/v1/chat/completions',
      method: 'POST',
      body: chatBody('shared'),
    });
    const text = await answer.text();
    for (const name of [`${slug}/shared`, `${otherSlug}/shared`]) {
      expect(text).toContain(name);
      const works = await send({
        code: 'internal',
        status: 200,
        path: '/v1/chat/completions',
        method: 'POST',
        body: chatBody(name),
      });
      expect(works.status).toBe(200);
    }
    const list = (await (await send({ code: 'internal', status: 200, path: '/v1/models' })).json()) as {
      data: { id: string }[];
    };
    expect(list.data.map((one) => one.id)).toContain(`${slug}/shared`);
    expect(list.data.map((one) => one.id)).not.toContain('shared');
  });

  it('count bad input against no limit', async () => {
    const answer = await send({ code: 'rate_limited', status: 429, path: `/${slug}/limited/v1/x` });
    expect(answer.headers.get('ratelimit')).toMatch(/^"per-3600s";r=0;t=\d+$/);
    expect(answer.headers.get('ratelimit-policy')).toBe('"per-3600s";q=1;w=3600');
  });

  it('answer what is no HTTP', async () => {
    const text = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
      let seen = '';
      socket.on('data', (data: Buffer) => {
        seen += data.toString();
      });
      socket.on('close', () => resolve(seen));
      socket.write('GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n');
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('"code":"malformed_request"');
    expect(text).toMatch(/x-request-id: [0-9a-f-]{36}/);
  });
});

describe('hostile input', () => {
  const post = (path: string, body: string) => send({ code: 'internal', status: 0, path, method: 'POST', body });

  it('is refused or served, and never stalls or ends the process', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const bodies = [
      ['/v1/chat/completions', `{"model":"fast","messages":${deep}}`, 200],
      ['/v1/chat/completions', `{"model":"fast","messages":[],"__proto__":{"stream":true},"constructor":1}`, 200],
      ['/v1/chat/completions', `{"model":"cut","stream":true,"messages":[{"content":${deep}}],"tools":${deep}}`, 200],
      ['/v1/chat/completions', `{"model":"cut","stream":true,"messages":[{"content":"${'a'.repeat(900_000)}"}]}`, 200],
      ['/v1/chat/completions', '['.repeat(900_000), 400],
      [`/${slug}/prompt/v1`, `{"name":${deep}}`, 400],
    ] as const;
    for (const [path, body, status] of bodies) {
      const started = performance.now();
      const answer = await post(path, body);
      await answer.text();
      expect(answer.status).toBe(status);
      expect(performance.now() - started).toBeLessThan(2000);
    }
    expect((await fetch(`${world.url}/healthz`)).status).toBe(200);
  });

  it('with headers beyond all measure gets a 431', async () => {
    const text = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
      let seen = '';
      socket.on('error', () => {});
      socket.on('data', (data: Buffer) => {
        seen += data.toString();
      });
      socket.on('close', () => resolve(seen));
      socket.write(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`);
    });
    expect(text).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('refusals when something of ours is broken', () => {
  const subject = () => {
    const exchange = new Exchange(newId(), 0, { url: '/' } as never, {} as never, false);
    exchange.subscription = { limitKey: newId() } as never;
    exchange.plan = { limits: [{ requests: 5, windowSeconds: 60 }] } as never;
    return exchange;
  };

  it('let nobody through when limits cannot be counted', async () => {
    const store = new MemoryLimitStore(systemClock);
    store.away = true;
    const limiter = new LeasingLimiter(store, noopLogger);
    const outcome = await admit(subject(), { limiter } as unknown as Ports);
    expect(outcome).toMatchObject({ code: 'limiter_unavailable', status: 503, details: { retryAfterSeconds: 1 } });
    await limiter.close();
  });

  it('let nobody through when usage cannot be kept', () => {
    const meter = memoryMeter();
    meter.full = true;
    expect(shed(subject(), { meter } as unknown as Ports)).toMatchObject({ code: 'metering_unavailable', status: 503 });
  });

  it('are `internal` for an order of stages that cannot be', () => {
    const exchange = subject();
    exchange.plan = null;
    expect(shed(exchange, { meter: memoryMeter() } as unknown as Ports)).toMatchObject({
      code: 'internal',
      status: 500,
    });
  });
});
