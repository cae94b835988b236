import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { INTERNAL_HEADER } from '@parley/contracts/explain';
import {
  BATCH_CANCEL_PATH,
  BATCH_LIST_PATH,
  BATCH_READ_PATH,
  batchListReplySchema,
  batchReadReplySchema,
} from '@parley/contracts/kept-batches';
import { redisKeys } from '@parley/contracts/redis-keys';
import { newId } from '@parley/kernel/id';
import { signInternalCall } from '@parley/kernel/internal-call';
import { startChild } from '@parley/testkit/child';
import { waitFor } from '@parley/testkit/wait-for';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type BatchesLab,
  chatLine,
  jsonl,
  linesOf,
  openBatchesLab,
  startBatch,
  untilEnded,
  upload,
} from './batches-lab.ts';
import { publishApplication } from './publish.ts';
import { completion, sendJson } from './upstream-server.ts';
import { openWorld, testRedisUrl } from './world.ts';

let lab: BatchesLab;
let group: string;

async function open(policies: Parameters<typeof openBatchesLab>[1] = {}): Promise<BatchesLab> {
  group = `b-${newId().slice(-8)}`;
  lab = await openBatchesLab(group, policies);
  return lab;
}

afterEach(() => lab.close());

const INTERNAL = 'i'.repeat(32);
const three = [1, 2, 3].map((id) => chatLine(id));
const statusOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 200,
    (error: unknown) => (error instanceof OpenAI.APIError ? error.status : error),
  );

describe('files of an application', () => {
  it('are kept, listed, given back byte by byte and deleted, with OpenAI’s client', async () => {
    const client = (await open()).client();
    const text = jsonl(three);
    const file = await upload(client, text);
    expect(file).toMatchObject({
      object: 'file',
      purpose: 'batch',
      bytes: Buffer.byteLength(text),
      filename: 'calls.jsonl',
    });
    expect(file.id).toMatch(/^file-[0-9a-f]{32}$/);
    expect(await client.files.retrieve(file.id)).toEqual(file);
    const second = await upload(client, 'x');
    const listed: string[] = [];
    for await (const each of client.files.list({ limit: 1 })) listed.push(each.id);
    expect(listed).toEqual([second.id, file.id]);
    expect(await (await client.files.content(file.id)).text()).toBe(text);
    expect(await client.files.delete(file.id)).toEqual({ id: file.id, object: 'file', deleted: true });
    await expect(client.files.retrieve(file.id)).rejects.toMatchObject({ status: 404, code: 'file_not_found' });
  });

  it('of many pieces come back whole, and are sealed where they are kept', async () => {
    const client = (await open()).client();
    const text = Array.from({ length: 40_000 }, (_, i) => `{"secret line":${i}}`).join('\n');
    const file = await upload(client, text);
    expect(await (await client.files.content(file.id)).text()).toBe(text);
    const keys = await lab.world.redis.keys(redisKeys.batches(group, '*'));
    expect(keys.length).toBeGreaterThan(3);
    for (const key of keys.filter((name) => name.includes(':part:'))) {
      const parts = await lab.world.redis.hvals(key);
      expect(parts.length).toBeGreaterThan(1);
      expect(parts.join('')).not.toContain('secret line');
    }
  });

  it('are refused for what is wrong with them, in OpenAI’s words', async () => {
    const client = (await open({ batches: { maxMegabytes: 1 } })).client();
    const sent = (form: FormData): Promise<Response> =>
      fetch(`${lab.world.url}/${lab.slug}/models/v1/files`, {
        method: 'POST',
        headers: { authorization: `Bearer ${lab.key}` },
        body: form,
      });
    const form = (purpose: string, content: string | null): FormData => {
      const made = new FormData();
      made.set('purpose', purpose);
      if (content !== null) made.set('file', new Blob([content]), 'a.jsonl');
      return made;
    };
    for (const [bad, status, code] of [
      [form('fine-tune', '{}'), 400, 'invalid_parameter'],
      [form('batch', null), 400, 'invalid_parameter'],
      [form('batch', 'x'.repeat(1_200_000)), 413, 'body_too_large'],
    ] as const) {
      const answer = await sent(bad);
      expect([answer.status, await answer.json()]).toMatchObject([status, { error: { code } }]);
    }
    expect(await statusOf(client.files.list({ limit: 0 }))).toBe(400);
    expect((await fetch(`${lab.world.url}/v1/files`)).status).toBe(401);
    expect((await lab.get(lab.world.url, '/v1/files', { method: 'PUT' })).status).toBe(405);
  });

  it('and batches are nobody else’s: another application finds nothing under any id', async () => {
    const client = (await open()).client();
    const batch = await startBatch(client, three);
    const other = lab.client(lab.world, lab.other);
    for (const work of [
      () => other.files.retrieve(batch.input_file_id),
      () => other.files.content(batch.input_file_id),
      () => other.files.delete(batch.input_file_id),
      () => other.batches.retrieve(batch.id),
      () => other.batches.cancel(batch.id),
      () =>
        other.batches.create({
          input_file_id: batch.input_file_id,
          endpoint: '/v1/chat/completions',
          completion_window: '24h',
        }),
      () => client.files.retrieve('file-x'),
      () => client.batches.retrieve(`batch_${'0'.repeat(32)}`),
    ]) {
      expect(await statusOf(work())).toBe(404);
    }
    expect((await other.files.list()).data).toEqual([]);
    expect((await other.batches.list()).data).toEqual([]);
    expect((await client.batches.list()).data.map(({ id }) => id)).toEqual([batch.id]);
  });
});

describe('a batch', () => {
  it('runs each line as an ordinary call, with a record of its own, and gives answers and errors as files', async () => {
    const client = (await open()).client();
    lab.backend.behave((received, response) => {
      const { messages } = JSON.parse(received.body.toString()) as { messages: { content: string }[] };
      const said = messages[0]?.content ?? '';
      if (said === 'Say 2') sendJson(response, 400, { error: { message: 'no', type: 'invalid_request_error' } });
      else sendJson(response, 200, completion(said.toUpperCase()));
    });
    const batch = await startBatch(client, three);
    expect(batch).toMatchObject({ object: 'batch', status: 'validating', metadata: { team: 'night' }, errors: null });
    expect(await statusOf(client.files.delete(batch.input_file_id))).toBe(409);
    const runner = await lab.node();
    const ended = await untilEnded(client, batch.id);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 2, failed: 1 } });
    const output = await linesOf(client, ended.output_file_id);
    expect(output.map(({ custom_id: id }) => id)).toEqual(['call-1', 'call-3']);
    expect(output[0]).toMatchObject({
      error: null,
      response: { status_code: 200, body: { object: 'chat.completion', choices: [{ message: { content: 'SAY 1' } }] } },
    });
    const failed = await linesOf(client, ended.error_file_id);
    expect(failed).toMatchObject([{ custom_id: 'call-2', response: { status_code: 400, body: { error: {} } } }]);
    const ids = [...output, ...failed].map((line) => (line.response as { request_id: string }).request_id);
    for (const id of ids) {
      const event = await runner.event(id);
      expect(event).toMatchObject({ kind: 'chat', model: 'fast', path: '/v1/chat/completions', sessionId: batch.id });
      expect(event.ratePercent).toBeUndefined();
    }
    expect(runner.events().filter(({ kind }) => kind === 'chat')).toHaveLength(3);
    expect(await client.files.delete(batch.input_file_id)).toMatchObject({ deleted: true });
    expect((await client.files.list()).data.map(({ purpose }) => purpose)).toEqual(['batch_output', 'batch_output']);
  });

  it('is sent to an API’s own address, and asks for embeddings', async () => {
    await open();
    lab.backend.behave((_received, response) =>
      sendJson(response, 200, {
        object: 'list',
        model: 'real-fast',
        data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
        usage: { prompt_tokens: 1, total_tokens: 1 },
      }),
    );
    const runner = await lab.node();
    const client = new OpenAI({ apiKey: lab.key, baseURL: `${runner.url}/${lab.slug}/models/v1`, maxRetries: 0 });
    const line = { custom_id: 'e', method: 'POST', url: '/v1/embeddings', body: { model: 'fast', input: 'x' } };
    const file = await upload(client, jsonl([line]));
    const asked = { input_file_id: file.id, completion_window: '24h' as const };
    const batch = await client.batches.create({ ...asked, endpoint: '/v1/embeddings' });
    const ended = await untilEnded(client, batch.id);
    const [output] = await linesOf(client, ended.output_file_id);
    expect(output).toMatchObject({ custom_id: 'e', response: { body: { object: 'list' } } });
    const other = await client.batches.create({ ...asked, endpoint: '/v1/moderations' });
    expect(await untilEnded(client, other.id)).toMatchObject({
      status: 'failed',
      errors: { data: [{ code: 'mismatched_url', line: 1, param: 'url' }] },
    });
  });

  it('with a line that cannot be read is not begun: every such line is named', async () => {
    const client = (await open()).client();
    await lab.node();
    const lines = [
      '{',
      JSON.stringify(chatLine(1)),
      JSON.stringify(chatLine(1)),
      JSON.stringify(chatLine(2, { stream: true })),
    ];
    const file = await upload(client, `${lines.join('\n')}\n\n${JSON.stringify({ ...chatLine(3), method: 'GET' })}\n`);
    const batch = await client.batches.create({
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    });
    const ended = await untilEnded(client, batch.id);
    expect(ended.status).toBe('failed');
    expect(ended.errors?.data?.map(({ code, line }) => [code, line])).toEqual([
      ['invalid_json_line', 1],
      ['duplicate_custom_id', 3],
      ['invalid_request', 4],
      ['invalid_method', 6],
    ]);
    const unknown = await startBatch(client, [chatLine(1), chatLine(2, { model: 'none' })]);
    expect((await untilEnded(client, unknown.id)).errors?.data).toMatchObject([{ code: 'model_not_found', line: 2 }]);
    expect(lab.backend.received).toHaveLength(0);
  });

  it('is refused at once where it can be: switched off, too many, unknown models and endpoints', async () => {
    const client = (await open({ batches: { maxOpen: 1, maxLines: 2 } })).client();
    expect(await statusOf(startBatch(client, [chatLine(1, { model: 'none' })]))).toBe(404);
    const file = await upload(client, jsonl(three));
    const asked = { input_file_id: file.id, completion_window: '24h' as const };
    expect(await statusOf(client.batches.create({ ...asked, endpoint: '/v1/audio/speech' as '/v1/embeddings' }))).toBe(
      400,
    );
    expect(
      await statusOf(client.batches.create({ ...asked, endpoint: '/v1/responses', metadata: { a: 'x'.repeat(513) } })),
    ).toBe(400);
    const batch = await client.batches.create({ ...asked, endpoint: '/v1/chat/completions' });
    await expect(startBatch(client, three)).rejects.toMatchObject({ status: 429, code: 'too_many_jobs' });
    await lab.node();
    expect((await untilEnded(client, batch.id)).errors?.data).toMatchObject([{ code: 'too_many_tasks' }]);
    await lab.close();
    const off = (await open({ batches: { allow: false } })).client();
    await expect(upload(lab.client(lab.world, lab.other), 'x')).rejects.toMatchObject({
      status: 403,
      code: 'batches_off',
    });
    // Another API of this application takes them, but not of that API's models: only the file is kept.
    expect((await upload(off, 'x')).purpose).toBe('batch');
    expect(await statusOf(off.batches.list())).toBe(200);
  });

  it('is cancelled: what was made is kept, what was not says so, and is never made', async () => {
    const client = (await open({ batches: { concurrency: 1 } })).client();
    const answers: (() => void)[] = [];
    lab.backend.behave((_received, response) => {
      answers.push(() => sendJson(response, 200, completion('ok')));
    });
    const batch = await startBatch(client, three);
    const runner = await lab.node();
    await waitFor('the first call', () => answers.length === 1);
    expect(await client.batches.cancel(batch.id)).toMatchObject({ status: 'cancelling' });
    // The call that runs goes on to its end; the node hears of it then at the latest.
    answers[0]?.();
    const ended = await untilEnded(client, batch.id);
    expect(ended).toMatchObject({ status: 'cancelled', request_counts: { total: 3, completed: 1, failed: 2 } });
    expect(await linesOf(client, ended.error_file_id)).toMatchObject([
      { custom_id: 'call-2', response: null, error: { code: 'batch_cancelled' } },
      { custom_id: 'call-3' },
    ]);
    expect(answers).toHaveLength(1);
    await waitFor('its record', () => runner.events().filter(({ kind }) => kind === 'chat').length === 1);
    expect((await client.batches.cancel(batch.id)).status).toBe('cancelled');
  });

  it('waits for limits rather than fail, and no limit is passed', async () => {
    await open({ limits: { rules: [{ algorithm: 'window', amount: 1, periodSeconds: 1 }] } });
    const client = lab.client();
    const batch = await startBatch(client, three);
    const from = performance.now();
    await lab.node();
    expect(await untilEnded(client, batch.id)).toMatchObject({ status: 'completed', request_counts: { completed: 3 } });
    expect(performance.now() - from).toBeGreaterThan(1000);
    expect(lab.backend.received).toHaveLength(3);
  });

  it('of a key that was revoked meanwhile makes no calls', async () => {
    const client = (await open()).client();
    const batch = await startBatch(client, three);
    const keys = lab.app.keys.map((key) => ({ ...key, revokedAtMs: 1 }));
    await publishApplication(lab.world.redis, { ...lab.app, version: lab.app.version + 1, keys });
    const runner = await lab.node();
    const view = await waitFor('the batch to end', async () => {
      const state = await lab.world.redis.hget(redisKeys.batches(group, `batch:${idOf(batch.id)}`), 's');
      return state === 'failed' ? state : null;
    });
    expect(view).toBe('failed');
    expect(lab.backend.received).toHaveLength(0);
    expect(runner.events()).toHaveLength(0);
  });
});

describe('gateways of one group', () => {
  it('finish what a killed one was at: every line has one answer, and one record however often it was begun', async () => {
    const client = (await open({ batches: { concurrency: 2 } })).client();
    const lines = Array.from({ length: 12 }, (_, i) => chatLine(i));
    let asked = 0;
    lab.backend.behave((_received, response) => {
      // The killed node is left with two calls that are not answered.
      if (++asked !== 6 && asked !== 7) sendJson(response, 200, completion(`answer ${asked}`));
    });
    const batch = await startBatch(client, lines);
    const folder = mkdtempSync(join(tmpdir(), 'parley-batches-'));
    const script = new URL('./background-child.ts', import.meta.url).pathname;
    const child = await startChild(script, { args: [testRedisUrl(), group, folder] });
    try {
      await child.waitForLine(/^runs/, 40_000);
      await waitFor('calls that hang', () => asked === 7, { timeoutMs: 15_000 });
      await child.kill('SIGKILL');
      const heir = await lab.node();
      const ended = await untilEnded(client, batch.id);
      expect(ended.request_counts).toEqual({ total: 12, completed: 12, failed: 0 });
      const output = await linesOf(client, ended.output_file_id);
      expect(output.map(({ custom_id: id }) => id)).toEqual(lines.map(({ custom_id: id }) => id));
      const ids = output.map((line) => (line.response as { request_id: string }).request_id);
      // Seven before, and what was not kept by then once more.
      expect(asked).toBeLessThanOrEqual(12 + 2);
      const left = await openWorld({ backgroundGroup: `${group}-left`, node: 'killed', spoolDir: `${folder}/spool` });
      try {
        const records = await waitFor('a record of every line', () => {
          const found = [...heir.events(), ...left.events()].filter(({ kind }) => kind === 'chat');
          return new Set(found.map(({ id }) => id)).size === 12 ? found : null;
        });
        expect(new Set(records.map(({ id }) => id))).toEqual(new Set(ids));
        expect(heir.events().filter(({ kind }) => kind === 'chat').length).toBeLessThan(12);
      } finally {
        await left.close();
      }
    } finally {
      await child.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);

  it('go on with what one gives back that stops orderly', async () => {
    const client = (await open({ batches: { concurrency: 1 } })).client();
    lab.backend.behave((_received, response) => {
      if (lab.backend.received.length === 1) sendJson(response, 200, completion('first'));
    });
    const first = await openWorld({ backgroundGroup: group, batches: { pollMs: 20 } });
    const batch = await startBatch(client, three);
    await waitFor('the second call', () => lab.backend.received.length === 2);
    lab.backend.behave((_received, response) => sendJson(response, 200, completion('later')));
    await first.close();
    const heir = await lab.node();
    expect((await untilEnded(client, batch.id)).request_counts).toEqual({ total: 3, completed: 3, failed: 0 });
    await waitFor('a record of every line', () => {
      const records = [first, heir].flatMap((each) => each.events()).filter(({ kind }) => kind === 'chat');
      return records.length === 3 && new Set(records.map(({ id }) => id)).size === 3;
    });
  });
});

function idOf(shown: string): string {
  return shown.slice('batch_'.length).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

it('is told to the portal, which cancels and reads for its application only', async () => {
  group = `b-${newId().slice(-8)}`;
  lab = await openBatchesLab(group, {}, { internalSecret: INTERNAL });
  const client = lab.client();
  const ask = async (path: string, asked: object): Promise<Record<string, unknown>> => {
    const body = JSON.stringify(asked);
    const token = signInternalCall(INTERNAL, path, body, Date.now());
    const headers = { [INTERNAL_HEADER]: token, 'content-type': 'application/json' };
    return (await fetch(lab.world.url + path, { method: 'POST', headers, body })).json() as Promise<never>;
  };
  const { applicationId } = lab.app;
  const [first, second] = [await startBatch(client, three), await startBatch(client, three)];
  const list = async () => batchListReplySchema.parse(await ask(BATCH_LIST_PATH, { applicationId })).items;
  expect((await list()).map(({ name, state }) => [name, state])).toEqual([
    [second.id, 'validating'],
    [first.id, 'validating'],
  ]);
  const cancelled = { applicationId, id: idOf(second.id) };
  expect(await ask(BATCH_CANCEL_PATH, { ...cancelled, applicationId: newId() })).toEqual({ batch: null });
  expect(await ask(BATCH_CANCEL_PATH, cancelled)).toMatchObject({ batch: { state: 'cancelling' } });
  await lab.node();
  const ended = await untilEnded(client, first.id);
  expect(await list()).toContainEqual(
    expect.objectContaining({ name: first.id, total: 3, completed: 3, failed: 0, hasOutput: true, hasErrors: false }),
  );
  const read = { applicationId, id: idOf(first.id), file: 'output', part: 0 };
  const { piece } = batchReadReplySchema.parse(await ask(BATCH_READ_PATH, read));
  const text = await (await client.files.content(ended.output_file_id ?? '')).text();
  expect([Buffer.from(piece?.base64 ?? '', 'base64').toString(), piece?.next]).toEqual([text, null]);
  for (const wrong of [{ applicationId: newId() }, { part: 1 }, { file: 'errors' }]) {
    expect(await ask(BATCH_READ_PATH, { ...read, ...wrong })).toEqual({ piece: null });
  }
});
