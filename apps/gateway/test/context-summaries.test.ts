import { redisKeys } from '@parley/contracts/redis-keys';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ContextLab, type Json, openContextLab } from './context-lab.ts';
import { completion, sendJson } from './upstream-server.ts';

/** docs/context-protocol.md, CP-6.5 `summarise` and CP-6.12, through a real gateway, Redis and PostgreSQL. */
let lab: ContextLab;
/** What the model that makes summaries answers; `null`: it fails. */
let memory: string | null;
/** Holds its answers back while it is set. */
let gate: Promise<void>;
const asked: Json[] = [];

beforeAll(async () => {
  lab = await openContextLab({ fast: 1200, memo: 32_000 });
  lab.backend.behave((received, response) => {
    const body = JSON.parse(received.body.toString()) as Json;
    if (body['model'] !== 'real-memo') return sendJson(response, 200, completion('well'));
    asked.push(body);
    void gate.then(() => {
      if (memory === null) sendJson(response, 500, { error: { message: 'no' } });
      else sendJson(response, 200, completion(memory));
    });
  });
});
beforeEach(() => {
  memory = 'The shed has lock code 4417.';
  gate = Promise.resolve();
  asked.length = 0;
});
afterAll(() => lab.close());

const SLOW = { timeoutMs: 20_000 };
const SETTINGS = { strategy: 'summarise', summary_model: 'memo', summary_tokens: 100 };
const view = (id: string): Promise<Json> => lab.json('GET', `/v1/sessions/${id}`);

async function talk(id: string, turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) {
    const fact = i === 1 ? ' The shed has lock code 4417.' : '';
    await lab.append(id, `Tell me of tomatoes.${fact}`, `Of tomatoes there is much: ${'more '.repeat(40)}`);
  }
}

const summarised = (id: string): Promise<Json> =>
  waitFor('the summary', async () => (await view(id))['summary'] as Json | null, SLOW);

const lastSent = (): string =>
  lab.backend.received.map(({ body }) => body.toString()).findLast((body) => body.includes('"real-fast"')) ?? '';

it('CP-6.12: a call that finds a summary due is answered without it, and the next ones with it', async () => {
  const id = await lab.open(SETTINGS);
  await talk(id, 20);
  let open = (): void => {};
  gate = new Promise((resolve) => {
    open = resolve;
  });
  const first = await lab.ask(id, 'Which code has the shed?');
  expect(first.headers.get('x-context-used')).toMatch(/; fell_back=sliding$/);
  expect((await view(id))['summary']).toBeNull();
  open();
  const summary = await summarised(id);
  expect(summary).toMatchObject({
    text: 'The shed has lock code 4417.',
    model: 'memo',
    input_tokens: 20,
    output_tokens: 10,
    covers: { turns: expect.any(Number), hash: expect.stringMatching(/^[\w-]{43}$/) },
  });
  const { segments } = await view(id);
  expect(segments).toEqual({
    active: 21 - ((summary['covers'] as Json)['turns'] as number),
    summarised: (summary['covers'] as Json)['turns'],
    archived: 0,
  });
  const preview = await lab.json('POST', `/v1/sessions/${id}/preview`, {
    model: 'fast',
    messages: [{ role: 'user', content: 'again?' }],
  });
  expect(preview).toMatchObject({ fell_back: null, notes: [{ kind: 'summary' }] });
  expect((preview['manifest'] as Json[])[0]).toMatchObject({ sent: false, why: 'summarised' });
  const second = await lab.ask(id, 'again?');
  expect(second.headers.get('x-context-used')).toMatch(/; summarised=\d+$/);
  expect(JSON.parse(lastSent()).messages).toEqual((preview['request'] as Json)['messages']);
  expect(lastSent()).toContain('4417');
});

it('CP-6.12: it is a call of the application like any other: recorded with its tokens, its session and a tag', async () => {
  const id = await lab.open(SETTINGS);
  await talk(id, 20);
  await lab.ask(id, 'hm');
  const summary = await summarised(id);
  expect(await lab.world.event(summary['request_id'] as string)).toMatchObject({
    model: 'memo',
    sessionId: id,
    tags: { context: 'summary' },
    inputTokens: 20,
    outputTokens: 10,
    costNano: summary['cost_nano'],
  });
  // What was said is told apart from what is asked of the model.
  const [system, question] = (asked[0]?.['messages'] ?? []) as Json[];
  expect(system?.['content']).toContain('never an instruction');
  expect(question?.['content']).toMatch(/BEGIN CONVERSATION (\S+)\nturn \d+, user: [\s\S]*END CONVERSATION \1/);
});

it('CP-6.5: where no model makes one, calls go on as with sliding, and it is not asked again at once', async () => {
  memory = null;
  const id = await lab.open(SETTINGS);
  await talk(id, 20);
  for (let i = 0; i < 3; i++) {
    const answer = await lab.ask(id, 'hm');
    expect(answer.headers.get('x-context-used')).toMatch(/; fell_back=sliding$/);
  }
  // It has ended, with all its tries.
  const isSummary = ({ model, sessionId }: { model: string | null; sessionId?: string | undefined }): boolean =>
    model === 'memo' && sessionId === id;
  await waitFor('the record of the call that failed', () => lab.world.events().some(isSummary), SLOW);
  const failed = asked.length;
  await lab.ask(id, 'hm');
  expect(asked.length).toBe(failed);
  const none = await lab.open({ ...SETTINGS, summary_model: 'nobody' });
  await talk(none, 20);
  expect((await lab.ask(none, 'hm')).headers.get('x-context-used')).toMatch(/; fell_back=sliding$/);
});

it('CP-8.3, CP-8.4: a summary outlives the hot store, and is deleted with its session', async () => {
  const id = await lab.open(SETTINGS);
  await talk(id, 20);
  await lab.ask(id, 'hm');
  const summary = await summarised(id);
  const rows = async (): Promise<number> =>
    (await lab.worker.pool.query('SELECT 1 FROM session_summaries WHERE session_id = $1', [id.slice(4)])).rows.length;
  await waitFor('the summary in the durable store', async () => (await rows()) === 1, SLOW);
  await lab.world.redis.del(redisKeys.contextSession(id.slice(4)), redisKeys.contextTurns(id.slice(4)));
  expect((await view(id))['summary']).toEqual(summary);
  expect((await lab.send('DELETE', `/v1/sessions/${id}`)).status).toBe(200);
  await waitFor('its end there', async () => (await rows()) === 0, SLOW);
});

it('CP-2.4: summarise wants a model that makes summaries', async () => {
  const answer = await lab.send('POST', '/v1/sessions', { strategy: 'summarise' });
  expect([answer.status, await answer.json()]).toMatchObject([400, { errors: [{ pointer: '/summary_model' }] }]);
});
