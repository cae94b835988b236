import { systemClock } from '@parley/kernel/clock';
import { idDay, newId } from '@parley/kernel/id';
import { parseMasterKey } from '@parley/kernel/seal';
import { moderationReply } from '@parley/llm/operations/moderation-reply';
import { noopLogger } from '@parley/telemetry/logger';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, MASTER_KEY, model, PRICE, provider, publisher } from '../../../test/documents.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from '../../../test/upstream-server.ts';
import type { Exchange } from '../../exchange.ts';
import { dryExchange } from '../../explain/dry-exchange.ts';
import { memoryJobQueue } from '../../ports/job-queue.ts';
import { memoryMeter } from '../../ports/meter/meter.ts';
import type { Ports } from '../../ports/ports.ts';
import { compileApplication } from '../../snapshot/compile-application.ts';
import { compileTenant } from '../../snapshot/compile-tenant.ts';
import type { CompiledModel, CompiledTenant } from '../../snapshot/compiled.ts';
import { clientGone } from '../../stages/end-early.ts';
import { addressCheck } from '../../upstream/addresses.ts';
import { Deadlines } from '../../upstream/deadlines.ts';
import { Upstreams } from '../../upstream/pool.ts';
import { embedderOf } from '../embedding/embedder.ts';
import { ModelStates } from '../model-states.ts';
import { chatQuestion, chatReply, moderationQuestion } from './asks.ts';
import { ModelSideCalls } from './model-side-calls.ts';
import { sideCallId } from './side-call-id.ts';
import type { SideAsk } from './side-calls.ts';

let backend: UpstreamServer;
let tenant: CompiledTenant;
let meter: ReturnType<typeof memoryMeter>;
let ports: Ports;
const upstreams = new Upstreams(addressCheck(['127.0.0.0/8']));
const deadlines = new Deadlines();

beforeAll(async () => {
  backend = await startUpstream((_received, response) => sendJson(response, 200, completion()));
  const lab = publisher('side-lab');

  const { id } = provider(lab, `${backend.url}/v1`, { keys: [] });
  model(lab, id, 'judge');
  model(lab, id, 'embedding');
  model(lab, id, 'unpriced', { prices: [{ id: newId(), ...PRICE, effectiveFromMs: 4_000_000_000_000 }] });
  api(lab, 'models', { kind: 'llm', models: [] });
  tenant = compileTenant(lab.doc, parseMasterKey(MASTER_KEY), noopLogger);
});
beforeEach(() => {
  backend.received.length = 0;
  backend.behave((_received, response) => sendJson(response, 200, completion('yes')));
  meter = memoryMeter();
  ports = {
    clock: systemClock,
    meter,
    jobs: memoryJobQueue(),
    models: new ModelStates(),
    upstreams,
    deadlines,
    log: noopLogger,
    node: 'n1',
    portalUrl: '',
    life: { draining: false, overload: 0 },
    sideCalls: new ModelSideCalls(),
    observer: null,
  } as unknown as Ports;
});
afterAll(async () => {
  upstreams.close();
  deadlines.close();
  await backend.close();
});

/** A call of somebody's, as far as a policy of it would see it. */
function parentCall(): Exchange {
  const { exchange } = dryExchange({
    method: 'POST',
    path: '/side-lab/models/v1/chat/completions',
    headers: [],
    body: '{}',
    address: '203.0.113.1',
    applicationId: null,
  });
  const key = apiKey();
  const caller = compileApplication(application([], [key.entry]));
  exchange.caller = { application: caller, key: key.entry };
  exchange.tenant = tenant;
  return exchange;
}

const named = (slug: string): CompiledModel => {
  const found = tenant.kept.parts.models.get(slug);
  if (found === undefined) throw new Error(`no model ${slug}`);
  return found;
};
function judging(more: Partial<SideAsk> = {}): SideAsk {
  const chat = chatQuestion(named('judge'), { messages: [{ role: 'user', content: 'Is it fine?' }] });
  return { purpose: 'judge', model: named('judge'), chat, operation: null, withinMs: 2000, ...more };
}

describe('a side call', () => {
  it('asks a chat model by its provider’s name and tells what it said, metered as a call of its own', async () => {
    const parent = parentCall();
    const outcome = await ports.sideCalls.ask(parent, ports, judging());
    expect(outcome.ok && chatReply(outcome.text)).toBe('yes');
    expect(JSON.parse(backend.received[0]?.body.toString() ?? '')).toMatchObject({ model: 'real-judge' });
    const [event] = meter.events;
    expect(event).toMatchObject({
      id: sideCallId(parent.id, 0),
      parentId: parent.id,
      purpose: 'judge',
      // Whoever publishes pays; the application is the one whose call caused it.
      tenantId: tenant.id,
      consumerTenantId: tenant.id,
      applicationId: parent.caller?.application.id,
      model: 'judge',
      status: 200,
      code: null,
      usageSource: 'provider',
    });
    // 20 tokens in, 10 out, and 5 a request: the ordinary price.
    expect(event?.costNano).toBe(String(20 * 2000 + 10 * 8000 + 5));
  });

  it('stands with the consumer only where a policy says so', async () => {
    const parent = parentCall();
    await ports.sideCalls.ask(parent, ports, judging({ payer: 'consumer' }));
    expect(meter.events[0]?.consumerTenantId).toBe(parent.caller?.application.tenantId);
    expect(meter.events[0]?.consumerTenantId).not.toBe(tenant.id);
  });

  it('has an id of the parent’s moment, the same again for the same question of it, another for the next', async () => {
    const parent = parentCall();
    await ports.sideCalls.ask(parent, ports, judging());
    await ports.sideCalls.ask(parent, ports, judging());
    const ids = meter.events.map(({ id }) => id);
    expect(ids).toEqual([sideCallId(parent.id, 0), sideCallId(parent.id, 1)]);
    expect(new Set([...ids, parent.id]).size).toBe(3);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(idDay(id)).toBe(idDay(parent.id));
    }
  });

  it('embeds and moderates, and takes no answer for whole that is not', async () => {
    const parent = parentCall();
    const use = { exchange: parent, ports, purpose: 'cache', withinMs: 2000 } as const;
    const data = (...vectors: unknown[]) => ({ data: vectors.map((embedding, index) => ({ index, embedding })) });
    const answers: [unknown, number | undefined][] = [
      [{ ...data([1, 0, 0.5], [0, 1, 0]), usage: { prompt_tokens: 7, total_tokens: 7 } }, 2],
      [data([1, 0]), undefined],
      [data([1, 0], [1, 0, 0]), undefined],
      [data([1, 0], ['x', 1]), undefined],
      [data([0, 0], [1, 1]), undefined],
      [
        {
          data: [
            { index: 0, embedding: [1] },
            { index: 0, embedding: [1] },
          ],
        },
        undefined,
      ],
      [{ data: 'none' }, undefined],
    ];
    for (const [answer, found] of answers) {
      backend.behave((_received, response) => sendJson(response, 200, answer));
      const vectors = await embedderOf('embedding', tenant.kept.parts.models)?.embed(['a', 'b'], use);
      expect(vectors?.length).toBe(found);
    }
    expect(meter.events[0]).toMatchObject({ purpose: 'cache', inputTokens: 7, outputTokens: 0 });
    backend.behave((_received, response) =>
      sendJson(response, 200, { results: [{ flagged: true, category_scores: { hate: 0.9, x: 'y' } }] }),
    );
    const operation = moderationQuestion(named('judge'), ['text']);
    const outcome = await ports.sideCalls.ask(parent, ports, {
      ...judging(),
      purpose: 'moderation',
      chat: null,
      operation,
    });
    expect(outcome.ok && moderationReply(outcome.text, 1)).toEqual([{ flagged: true, scores: { hate: 0.9 } }]);
    expect(outcome.ok && moderationReply(outcome.text, 2)).toBeNull();
    expect(embedderOf('nobody', tenant.kept.parts.models)).toBeNull();
  });

  it('ends when its parent does, at the provider too, and is billed for what it asked', async () => {
    backend.behave(() => {});
    const parent = parentCall();
    const asked = ports.sideCalls.ask(parent, ports, judging());
    await waitFor('the question to arrive', () => backend.received[0]);
    clientGone(parent, ports);
    expect(await asked).toEqual({ ok: false, code: 'client_closed' });
    await waitFor('the provider to be let go', () => backend.received[0]?.aborted);
    const event = meter.events.find(({ purpose }) => purpose === 'judge');
    expect(event).toMatchObject({ status: 499, abortedBy: 'client', usageSource: 'estimated', outputTokens: 0 });
    expect(event?.inputTokens).toBeGreaterThan(0);
    expect(await ports.sideCalls.ask(parent, ports, judging())).toEqual({ ok: false, code: 'client_closed' });
    expect(backend.received).toHaveLength(1);
  });

  it('ends at its own deadline; one that outlives its parent goes on until then, or until the node stops', async () => {
    backend.behave(() => {});
    const parent = parentCall();
    expect(await ports.sideCalls.ask(parent, ports, judging({ withinMs: 30 }))).toEqual({
      ok: false,
      code: 'upstream_timeout',
    });
    const outliving = ports.sideCalls.ask(parent, ports, judging({ outlives: true }));
    await waitFor('the question to arrive', () => backend.received[1]);
    clientGone(parent, ports);
    ports.sideCalls.close(ports);
    expect(await outliving).toEqual({ ok: false, code: 'shutting_down' });
    expect(meter.events.filter(({ purpose }) => purpose === 'judge').map(({ status }) => status)).toEqual([504, 503]);
  });

  it('answers failures as values: no price, a broken provider, nonsense, a full meter', async () => {
    const parent = parentCall();
    const ask = (more: Partial<SideAsk> = {}) => ports.sideCalls.ask(parent, ports, judging(more));
    expect(await ask({ model: named('unpriced') })).toEqual({ ok: false, code: 'price_missing' });
    expect(backend.received).toHaveLength(0);
    const failures: [number, object | string, string][] = [
      [500, { error: { message: 'no' } }, 'upstream_unreachable'],
      [401, { error: { message: 'bad key' } }, 'upstream_credentials'],
      [200, { error: { message: 'quota', type: 'insufficient_quota' } }, 'upstream_credentials'],
      [200, { nonsense: true }, 'upstream_invalid'],
    ];
    for (const [status, body, code] of failures) {
      backend.behave((_received, response) => sendJson(response, status, body));
      const outcome = await ask();
      expect(outcome.ok).toBe(false);
      expect(meter.events.at(-1)).toMatchObject({ costNano: '0', purpose: 'judge' });
      if (status !== 200 || code === 'upstream_invalid') expect(outcome).toEqual({ ok: false, code });
    }
    meter.full = true;
    expect(await ask()).toEqual({ ok: false, code: 'overloaded' });
    expect(meter.events).toHaveLength(1 + failures.length);
  });

  it('tries another key of the provider where the first is refused', async () => {
    const own = named('judge');
    const keys = ['one', 'two'].map((secret) => ({
      id: newId(),
      secret,
      weight: secret === 'one' ? 1000 : 1,
      limits: null,
    }));
    const two = { ...own, provider: own.provider && { ...own.provider, keys } };
    const bad = new Set<string>();
    backend.behave(({ headers }, response) => {
      const key = headers.authorization ?? '';
      if (bad.size === 0) bad.add(key);
      if (bad.has(key)) sendJson(response, 401, { error: { message: 'revoked' } });
      else sendJson(response, 200, completion('yes'));
    });
    expect((await ports.sideCalls.ask(parentCall(), ports, judging({ model: two }))).ok).toBe(true);
    expect(meter.events).toHaveLength(1);
    expect(meter.events[0]?.attempts).toBe(2);
  });
});
