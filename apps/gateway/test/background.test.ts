import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BACKGROUND_JOBS_PATH, backgroundJobsReplySchema } from '@parley/contracts/background-jobs';
import { acceptedCallbackSchema } from '@parley/contracts/deliveries';
import { INTERNAL_HEADER } from '@parley/contracts/explain';
import { redisKeys } from '@parley/contracts/redis-keys';
import { newId } from '@parley/kernel/id';
import { signInternalCall } from '@parley/kernel/internal-call';
import { startChild } from '@parley/testkit/child';
import { waitFor } from '@parley/testkit/wait-for';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackgroundLab, type JobBody, openBackgroundLab } from './background-lab.ts';
import { publishApplication } from './publish.ts';
import { completion, sendJson } from './upstream-server.ts';
import { openWorld, testRedisUrl, type World } from './world.ts';

const chat = { model: 'fast', messages: [{ role: 'user', content: 'Hi' }] };
const closers: (() => Promise<unknown> | void)[] = [];
let group: string;
let world: World;
let lab: BackgroundLab;

/** A node of the test's group; `slots: 0` accepts and begins nothing. */
async function node(slots: number, leaseMs = 600): Promise<World> {
  const opened = await openWorld({ backgroundGroup: group, background: { pollMs: 20, leaseMs, slots } });
  closers.push(() => opened.close());
  return opened;
}

beforeEach(async () => {
  group = `g-${newId().slice(-8)}`;
  world = await node(0);
  lab = await openBackgroundLab(world, { background: { maxWaiting: 3, maxRunning: 2 } });
  closers.push(() => lab.close());
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function accepted(path = '/v1/chat/completions', body: unknown = chat): Promise<JobBody> {
  const answer = await lab.call(world.url, path, body);
  expect(answer.status).toBe(202);
  return (await answer.json()) as JobBody;
}

const eventsOf = (id: string, ...worlds: World[]) =>
  worlds.flatMap((one) => one.events()).filter((event) => event.id === id);

describe('a call answered later', () => {
  it('is accepted with 202, answered as it would have been at once, and recorded once under the id it was accepted with', async () => {
    const answer = await lab.call(world.url, '/v1/chat/completions', chat);
    const job = (await answer.json()) as JobBody;
    expect(answer.status).toBe(202);
    expect(answer.headers.get('preference-applied')).toBe('respond-async');
    expect(answer.headers.get('location')).toBe(`/v1/jobs/${job.id}`);
    expect(job).toMatchObject({ id: answer.headers.get('x-request-id'), object: 'job', status: 'queued' });
    const early = await lab.get(world.url, `/v1/jobs/${job.id}/result`);
    expect([early.status, early.headers.get('retry-after')]).toEqual([409, '1']);

    const runner = await node(4);
    expect(await lab.until(world.url, job.url, 'succeeded')).toMatchObject({ answer: { status: 200, code: null } });
    const result = await lab.get(world.url, `${job.url}/result`);
    const atOnce = await lab.call(world.url, '/v1/chat/completions', chat, {});
    expect(result.status).toBe(200);
    expect(result.headers.get('content-type')).toBe('application/json');
    expect(result.headers.get('x-parley-model')).toBe('fast');
    expect(await result.text()).toBe(await atOnce.text());
    const event = await runner.event(job.id);
    expect(event).toMatchObject({ status: 200, kind: 'chat', inputTokens: 20, outputTokens: 10, model: 'fast' });
    expect(eventsOf(job.id, world, runner)).toHaveLength(1);
    const listed = (await (await lab.get(world.url, '/v1/jobs')).json()) as { data: JobBody[] };
    expect(listed.data.map(({ id }) => id)).toEqual([job.id]);
  });

  it('works for prompts, for what models do beside chat, in other dialects, and at the API’s own address', async () => {
    lab.backend.behave((received, response) => {
      if (!received.url.endsWith('/embeddings')) return sendJson(response, 200, completion('Hello'));
      const data = [{ object: 'embedding', index: 0, embedding: [0.5] }];
      sendJson(response, 200, {
        object: 'list',
        model: 'real-fast',
        data,
        usage: { prompt_tokens: 1, total_tokens: 1 },
      });
    });
    await node(4);
    const ask = async (path: string, body: unknown, at = '/v1/jobs/'): Promise<unknown> => {
      const job = await accepted(path, body);
      expect(job.url).toBe(at + job.id);
      await lab.until(world.url, job.url, 'succeeded');
      return (await lab.get(world.url, `${job.url}/result`)).json();
    };
    expect(await ask('/v1/embeddings', { model: 'fast', input: 'x' })).toMatchObject({ object: 'list' });
    const own = `/${lab.slug}/models/v1/jobs/`;
    expect(await ask(`/${lab.slug}/models/v1/chat/completions`, chat, own)).toMatchObject({
      object: 'chat.completion',
    });
    const filled = await ask(`/${lab.slug}/prompt/v1`, { name: 'Ada' }, `/${lab.slug}/prompt/v1/jobs/`);
    expect(JSON.stringify(filled)).toContain('Hello');
    const gemini = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] };
    expect(await ask(`/v1beta/models/fast:generateContent?key=${lab.key}`, gemini)).toHaveProperty('candidates');
  });

  it('is nobody else’s: another application, another API’s address and ids of any form find nothing', async () => {
    const job = await accepted();
    const ids = [job.id, newId(), 'x', '{parley}', `${job.id}0`, job.id.toUpperCase(), '*'];
    for (const id of ids) {
      for (const [method, path] of [
        ['GET', `/v1/jobs/${id}`],
        ['GET', `/v1/jobs/${id}/result`],
        ['DELETE', `/v1/jobs/${id}`],
        ['GET', `/v1/responses/resp_${id.replaceAll('-', '')}`],
      ] as const) {
        const answer = await lab.get(world.url, path, { method, key: lab.other });
        expect([method, path, answer.status]).toEqual([method, path, 404]);
      }
    }
    expect(await (await lab.get(world.url, '/v1/jobs', { key: lab.other })).json()).toMatchObject({ data: [] });
    expect((await lab.get(world.url, `/${lab.slug}/tight/v1/jobs/${job.id}`)).status).toBe(404);
    expect((await lab.get(world.url, `/v1/jobs/${job.id}`)).status).toBe(200);
    expect((await fetch(`${world.url}/v1/jobs/${job.id}`)).status).toBe(401);
    expect((await lab.get(world.url, '/v1/jobs', { method: 'POST' })).status).toBe(405);
    const stored = await world.redis.hgetall(redisKeys.backgroundJobs(group, `job:${job.id}`));
    expect(JSON.stringify(stored)).not.toContain('Hi');
    expect(JSON.stringify(stored)).not.toContain(lab.key);
  });

  it('counts once against the plan, when it is accepted', async () => {
    const path = `/${lab.slug}/tight/v1/chat/completions`;
    const job = await accepted(path);
    expect((await lab.call(world.url, path, chat)).status).toBe(429);
    await node(1);
    await lab.until(world.url, job.url, 'succeeded');
  });

  it('is refused at once for what is wrong with it, and with 429 when too many wait', async () => {
    expect((await lab.call(world.url, '/v1/chat/completions', { model: 'none', messages: [] })).status).toBe(404);
    for (let i = 0; i < 3; i++) await accepted();
    const refused = await lab.call(world.url, '/v1/chat/completions', chat);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    expect(await refused.json()).toMatchObject({ error: { code: 'too_many_jobs' } });
    expect(await world.event(refused.headers.get('x-request-id'))).toMatchObject({ code: 'too_many_jobs' });
  });

  it('is not made with a key that was revoked meanwhile', async () => {
    const job = await accepted();
    const keys = lab.app.keys.map((key) => ({ ...key, revokedAtMs: 1 }));
    await publishApplication(world.redis, { ...lab.app, version: 2, keys });
    const runner = await node(1);
    expect(await runner.event(job.id)).toMatchObject({ status: 401, code: 'key_revoked', costNano: '0' });
    expect(lab.backend.received).toHaveLength(0);
  });

  it('can be cancelled while it waits and while it runs, which aborts the model; both are recorded once', async () => {
    const waiting = await accepted();
    const answer = await lab.get(world.url, waiting.url, { method: 'DELETE' });
    expect(await answer.json()).toMatchObject({ status: 'cancelled' });
    lab.backend.behave(() => {});
    const runner = await node(4);
    expect(await runner.event(waiting.id)).toMatchObject({ code: 'job_cancelled', costNano: '0' });
    const running = await accepted();
    await waitFor('the model to be asked', () => lab.backend.received.length === 1);
    await lab.get(world.url, running.url, { method: 'DELETE' });
    await waitFor('the model to be let go', () => lab.backend.received[0]?.aborted);
    await runner.event(running.id);
    for (const { id, url } of [waiting, running]) {
      expect(eventsOf(id, world, runner)).toHaveLength(1);
      const result = await lab.get(world.url, `${url}/result`);
      expect([result.status, ((await result.json()) as { code: string }).code]).toEqual([409, 'job_not_finished']);
      await waitFor('it to be forgotten', async () => {
        await lab.get(world.url, url, { method: 'DELETE' });
        return (await lab.get(world.url, url)).status === 404;
      });
    }
  });

  it.each([
    ['its time is over before it is begun', 'd', '1', 'expired', 'job_expired'],
    ['it was begun too often', 'k', '3', 'failed', 'job_interrupted'],
  ])('is given up when %s', async (_what, field, value, status, code) => {
    const job = await accepted();
    await world.redis.hset(redisKeys.backgroundJobs(group, `job:${job.id}`), field, value);
    const runner = await node(1);
    await waitFor('its end to be told', async () => {
      const now = (await (await lab.get(world.url, job.url)).json()) as JobBody;
      return now.status === status && now.answer?.code === code;
    });
    expect(await runner.event(job.id)).toMatchObject({ code, costNano: '0' });
    expect(lab.backend.received).toHaveLength(0);
  });

  it('keeps a failure as its result: status and body as they would have been', async () => {
    lab.backend.behave((_received, response) => sendJson(response, 500, {}));
    await node(1);
    const job = await accepted();
    await lab.until(world.url, job.url, 'failed');
    const result = await lab.get(world.url, `${job.url}/result`);
    expect(result.status).toBe(502);
    expect(await result.json()).toMatchObject({ error: { code: 'upstream_unreachable' } });
  });

  it('runs no more of one application at once than its API lets, and leaves the rest to others', async () => {
    const held: ServerResponse[] = [];
    lab.backend.behave((_received, response) => void held.push(response));
    const jobs = [await accepted(), await accepted(), await accepted()];
    await node(8);
    await waitFor('two to run', () => held.length === 2);
    const states = await Promise.all(
      jobs.map(async ({ url }) => ((await (await lab.get(world.url, url)).json()) as JobBody).status),
    );
    expect(states.sort()).toEqual(['queued', 'running', 'running']);
    lab.backend.behave((_received, response) => sendJson(response, 200, completion()));
    for (const response of held) sendJson(response, 200, completion());
    for (const { url } of jobs) await lab.until(world.url, url, 'succeeded');
  });
});

describe('a callback', () => {
  const ask = (url: string, key = lab.key) =>
    fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        prefer: 'respond-async',
        'x-parley-callback': url,
      },
      body: JSON.stringify(chat),
    });
  const told = (...worlds: World[]) =>
    worlds.flatMap(({ jobs }) =>
      jobs.jobs.flatMap(({ name, payload }) =>
        name === 'callback.accept' ? [acceptedCallbackSchema.parse(payload)] : [],
      ),
    );

  it('is handed over once the job has ended, and again as long as it could not be: it says how, and nothing of the answer', async () => {
    const job = (await (await ask('https://hooks.example.com/done?x=1#y')).json()) as JobBody;
    const runner = await node(1);
    runner.jobs.fail = true;
    await lab.until(world.url, job.url, 'succeeded');
    expect(told(runner)).toEqual([]);
    runner.jobs.fail = false;
    // What could not be handed over is due again after a pause.
    await world.redis.zadd(redisKeys.backgroundJobs(group, 'calls'), 0, job.id);
    const [callback] = await waitFor('the callback', () => (told(runner).length > 0 ? told(runner) : null));
    const { tenantId, applicationId } = lab.app;
    expect(callback).toMatchObject({ id: job.id, tenantId, applicationId, url: 'https://hooks.example.com/done?x=1' });
    const body = JSON.parse(callback?.body ?? '') as { type: string; data: JobBody };
    expect(body).toMatchObject({ type: 'job.succeeded', data: { id: job.id, status: 'succeeded' } });
    expect(callback?.body).not.toContain('Hello');
    await waitFor('it to be forgotten', async () => {
      const left = await world.redis.zcard(redisKeys.backgroundJobs(group, 'calls'));
      return left === 0;
    });
  });

  it.each([
    'http://hooks.example.com/',
    'https://a:b@hooks.example.com/',
    'ftp://x/',
    'nonsense',
    `https://x.example/${'y'.repeat(2000)}`,
    'https://a.example/, https://b.example/',
  ])('is refused for %s', async (url) => {
    const answer = await ask(url);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: 'invalid_parameter', param: 'X-Parley-Callback' } });
  });

  it('is refused where nothing could sign it', async () => {
    const answer = await ask('https://hooks.example.com/', lab.other);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain('Callbacks are signed');
  });
});

it('the portal is told of an application’s jobs where it shows the operator’s secret, and nobody else', async () => {
  const secret = 's'.repeat(32);
  const asked = await openWorld({ backgroundGroup: group, background: { slots: 0 }, internalSecret: secret });
  closers.push(() => asked.close());
  const job = await accepted();
  const ask = (body: object, signedWith = secret) => {
    const text = JSON.stringify(body);
    const token = signInternalCall(signedWith, BACKGROUND_JOBS_PATH, text, Date.now());
    const headers = { 'content-type': 'application/json', [INTERNAL_HEADER]: token };
    return fetch(asked.url + BACKGROUND_JOBS_PATH, { method: 'POST', headers, body: text });
  };
  const { applicationId } = lab.app;
  const told = backgroundJobsReplySchema.parse(await (await ask({ applicationId })).json());
  expect(told.items).toMatchObject([{ id: job.id, state: 'queued', model: 'fast', path: '/v1/chat/completions' }]);
  expect(await (await ask({ applicationId: newId() })).json()).toEqual({ items: [] });
  expect((await ask({ applicationId }, 'x'.repeat(32))).status).toBe(401);
  expect((await ask({ applicationId: 'x' })).status).toBe(400);
});

describe('nodes', () => {
  it('take over what a killed one was at: the job ends once, with one record', async () => {
    const job = await accepted();
    let begun = 0;
    lab.backend.behave((_received, response) => {
      if (++begun > 1) sendJson(response, 200, completion());
    });
    const folder = mkdtempSync(join(tmpdir(), 'parley-background-'));
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    const script = new URL('./background-child.ts', import.meta.url).pathname;
    const child = await startChild(script, { args: [testRedisUrl(), group, folder] });
    closers.push(() => child.kill());
    await child.waitForLine(/^runs/, 40_000);
    await waitFor('the model to be asked', () => begun === 1, { timeoutMs: 15_000 });
    const heir = await node(1);
    await child.kill('SIGKILL');
    expect(await lab.until(world.url, job.url, 'succeeded')).toMatchObject({ progress: { tries: 2 } });
    expect(await heir.event(job.id)).toMatchObject({ status: 200, outputTokens: 10 });
    expect([begun, eventsOf(job.id, world, heir).length]).toEqual([2, 1]);
  }, 60_000);

  it('give back what they are at when they stop, and that counts as no try', async () => {
    lab.backend.behave(() => {});
    const first = await openWorld({ backgroundGroup: group, background: { pollMs: 20 } });
    const job = await accepted();
    await waitFor('the model to be asked', () => lab.backend.received.length === 1);
    lab.backend.behave((_received, response) => sendJson(response, 200, completion()));
    await first.close();
    const heir = await node(1);
    expect(await lab.until(world.url, job.url, 'succeeded')).toMatchObject({ progress: { tries: 1 } });
    await heir.event(job.id);
    expect(eventsOf(job.id, world, first, heir)).toHaveLength(1);
  });
});

describe('OpenAI’s unmodified SDK', () => {
  const client = () => new OpenAI({ baseURL: `${world.url}/v1`, apiKey: lab.key, maxRetries: 0 });
  const ask = (model: string) => client().responses.create({ model, input: 'Hi', background: true });

  it.each(['fast', 'responder'])('asks for a response in the background and polls it (%s)', async (model) => {
    lab.backend.behave((received, response) => {
      expect(JSON.parse(received.body.toString())).not.toHaveProperty('background');
      if (received.url.endsWith('/chat/completions')) return sendJson(response, 200, completion('Hello!'));
      const content = [{ type: 'output_text', text: 'Hello!', annotations: [] }];
      const output = [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content }];
      const usage = { input_tokens: 20, output_tokens: 10, total_tokens: 30 };
      sendJson(response, 200, {
        id: 'resp_theirs',
        object: 'response',
        status: 'completed',
        model: 'x',
        output,
        usage,
      });
    });
    const first = await ask(model);
    expect(first).toMatchObject({ status: 'queued', background: true, model, output: [] });
    expect((await client().responses.retrieve(first.id)).status).toBe('queued');
    const runner = await node(1);
    const final = await waitFor('the response', async () => {
      const now = await client().responses.retrieve(first.id);
      return now.status === 'completed' ? now : null;
    });
    expect(final).toMatchObject({ id: first.id, background: true, model, output_text: 'Hello!' });
    expect(final.usage).toMatchObject({ input_tokens: 20, output_tokens: 10 });
    await runner.event(JSON.stringify(first.id).replace(/"resp_(.{8})(.{4})(.{4})(.{4})(.{12})"/, '$1-$2-$3-$4-$5'));
    await client().responses.delete(first.id);
    await expect(client().responses.retrieve(first.id)).rejects.toMatchObject({ status: 404, code: 'job_not_found' });
  });

  it('cancels one, and is told of a failure as of a response', async () => {
    const first = await ask('fast');
    expect((await client().responses.cancel(first.id)).status).toBe('cancelled');
    lab.backend.behave((_received, response) => sendJson(response, 500, {}));
    await node(1);
    const second = await ask('fast');
    const failed = await waitFor('the failure', async () => {
      const now = await client().responses.retrieve(second.id);
      return now.status === 'failed' ? now : null;
    });
    expect(failed.error).toMatchObject({ code: 'upstream_unreachable' });
    expect((await client().responses.retrieve(first.id)).status).toBe('cancelled');
  });
});
