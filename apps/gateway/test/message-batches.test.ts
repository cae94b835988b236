import Anthropic from '@anthropic-ai/sdk';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterEach, expect, it } from 'vitest';
import { type BatchesLab, chatLine, openBatchesLab, startBatch } from './batches-lab.ts';
import { completion, sendJson } from './upstream-server.ts';
import type { World } from './world.ts';

let lab: BatchesLab;
const open = async (policies: Parameters<typeof openBatchesLab>[1] = {}): Promise<void> => {
  lab = await openBatchesLab(`m-${newId().slice(-8)}`, policies);
};
const clientOf = (world: World, path = '', apiKey = lab.key): Anthropic =>
  new Anthropic({ apiKey, baseURL: `${world.url}${path}`, maxRetries: 0 });
const request = (id: string, more: object = {}) => ({
  custom_id: id,
  params: { model: 'fast', max_tokens: 20, messages: [{ role: 'user' as const, content: `Say ${id}` }], ...more },
});
const untilEnded = (client: Anthropic, id: string) =>
  waitFor(`${id} to end`, async () => {
    const batch = await client.messages.batches.retrieve(id);
    return batch.processing_status === 'ended' ? batch : null;
  });

afterEach(() => lab.close());

it.each([
  ['', '/v1 of the gateway'],
  ['own', 'the API’s own address'],
])(
  'Anthropic’s unmodified SDK sends a batch to a model of OpenAI’s format and streams its results (%s)',
  async (at) => {
    await open();
    lab.backend.behave((received, response) => {
      if (received.body.toString().includes('Say bad')) sendJson(response, 400, { error: { message: 'no' } });
      else sendJson(response, 200, completion('Hello there'));
    });
    const client = clientOf(lab.world, at === '' ? '' : `/${lab.slug}/models/v1`);
    const batch = await client.messages.batches.create({ requests: [request('a'), request('bad'), request('c')] });
    expect(batch).toMatchObject({ type: 'message_batch', processing_status: 'in_progress', results_url: null });
    expect(batch.request_counts).toMatchObject({ processing: 3, succeeded: 0 });
    await expect(client.messages.batches.results(batch.id)).rejects.toThrow();
    const early = await lab.get(lab.world.url, `/v1/messages/batches/${batch.id}/results`);
    expect([early.status, await early.json()]).toMatchObject([409, { type: 'error', error: {} }]);
    await lab.node();
    const ended = await untilEnded(client, batch.id);
    expect(ended.request_counts).toEqual({ processing: 0, succeeded: 2, errored: 1, canceled: 0, expired: 0 });
    expect(ended.results_url).toContain(
      `${lab.world.url}${at === '' ? '' : `/${lab.slug}/models/v1`}/v1/messages/batches/`,
    );
    const results: unknown[] = [];
    for await (const result of await client.messages.batches.results(batch.id)) results.push(result);
    expect(results).toMatchObject([
      { custom_id: 'a', result: { type: 'succeeded', message: { content: [{ type: 'text', text: 'Hello there' }] } } },
      {
        custom_id: 'bad',
        result: { type: 'errored', error: { type: 'error', error: { type: 'invalid_request_error' } } },
      },
      { custom_id: 'c' },
    ]);
    expect(await client.messages.batches.delete(batch.id)).toEqual({ id: batch.id, type: 'message_batch_deleted' });
    await expect(client.messages.batches.retrieve(batch.id)).rejects.toMatchObject({ status: 404 });
  },
);

it('refuses what is wrong with a request by its place, cancels, lists page by page, and keeps others out', async () => {
  await open();
  const client = clientOf(lab.world);
  for (const [requests, named] of [
    [[], 'requests'],
    [[request('a'), request('a')], 'requests.1.custom_id'],
    [[request('a b')], 'requests.0.custom_id'],
    [[request('a', { stream: true })], 'Streaming'],
    [[request('a', { model: 'none' })], 'none'],
  ] as const) {
    await expect(client.messages.batches.create({ requests: [...requests] })).rejects.toThrow(named);
  }
  const first = await client.messages.batches.create({ requests: [request('a')] });
  await startBatch(lab.client(), [chatLine(1)]);
  const second = await client.messages.batches.create({ requests: [request('a')] });
  const listed: string[] = [];
  for await (const each of client.messages.batches.list({ limit: 1 })) listed.push(each.id);
  expect(listed).toEqual([second.id, first.id]);
  expect((await client.messages.batches.cancel(first.id)).processing_status).toBe('canceling');
  const other = clientOf(lab.world, '', lab.other);
  for (const work of [
    () => other.messages.batches.retrieve(first.id),
    () => other.messages.batches.cancel(first.id),
    () => other.messages.batches.delete(first.id),
    () => client.messages.batches.retrieve(first.id.replace('msgbatch_', 'batch_')),
  ]) {
    await expect(work()).rejects.toMatchObject({ status: 404 });
  }
  await lab.node();
  const ended = await untilEnded(client, first.id);
  expect(ended.request_counts).toMatchObject({ succeeded: 0, canceled: 1 });
  const results: unknown[] = [];
  for await (const result of await client.messages.batches.results(first.id)) results.push(result);
  expect(results).toEqual([{ custom_id: 'a', result: { type: 'canceled' } }]);
});

it('lets guardrails stop single calls', async () => {
  await open({ guardrails: { words: [{ name: 'secret', words: ['forbidden'] }] } });
  await lab.node();
  const client = clientOf(lab.world);
  const params = { messages: [{ role: 'user' as const, content: 'the forbidden word' }] };
  const batch = await client.messages.batches.create({ requests: [request('ok'), request('no', params)] });
  expect((await untilEnded(client, batch.id)).request_counts).toMatchObject({ succeeded: 1, errored: 1 });
  expect(lab.backend.received).toHaveLength(1);
});
