import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { collect } from '../../../collect.ts';
import { waitFor } from '../../../wait-for.ts';
import { type Simulator, startSimulator } from '../../start.ts';

/** Files and batches by the unmodified OpenAI SDK. */
let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new OpenAI({ apiKey: 'sim-test', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());
beforeEach(() => simulator.clear());

const ask = (content: string, model = 'sim-small') => ({ model, messages: [{ role: 'user', content }] });
const line = (custom_id: string, body: object, rest: object = {}) =>
  JSON.stringify({ custom_id, method: 'POST', url: '/v1/chat/completions', body, ...rest });

async function batchOf(...lines: string[]): Promise<OpenAI.Batch> {
  const file = await client.files.create({
    file: await toFile(Buffer.from(lines.join('\n')), 'in.jsonl'),
    purpose: 'batch',
  });
  return client.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    metadata: { team: 'blue' },
  });
}

const ended = (id: string): Promise<OpenAI.Batch> =>
  waitFor('the batch to end', async () => {
    const batch = await client.batches.retrieve(id);
    return ['completed', 'failed', 'cancelled'].includes(batch.status) ? batch : undefined;
  });

interface OutputLine {
  readonly custom_id: string;
  readonly response: { status_code: number; body: OpenAI.ChatCompletion };
}
const linesOf = async (id: string | null | undefined): Promise<OutputLine[]> =>
  (await (await client.files.content(id ?? '')).text())
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as OutputLine);

test('files are kept, listed, read and deleted', async () => {
  const upload = async (name: string, purpose: 'user_data' | 'assistants') =>
    client.files.create({ file: await toFile(Buffer.from(name), name), purpose });
  const first = await upload('a.txt', 'user_data');
  await upload('b.txt', 'assistants');
  const third = await upload('c.txt', 'user_data');
  expect(first).toMatchObject({ object: 'file', bytes: 5, filename: 'a.txt', purpose: 'user_data' });
  const listed = await collect(client.files.list({ purpose: 'user_data', limit: 1 }));
  expect(listed.map(({ id }) => id)).toEqual([third.id, first.id]);
  expect(await (await client.files.content(first.id)).text()).toBe('a.txt');
  expect(await client.files.delete(first.id)).toMatchObject({ deleted: true });
  await expect(client.files.retrieve(first.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  await expect(
    client.files.create({ file: await toFile(Buffer.from('x'), 'a.txt'), purpose: 'batch' }),
  ).rejects.toThrow(/jsonl/);
});

test('a batch answers each line, errors apart', async () => {
  const made = await batchOf(line('one', ask('What is 17 * 3?')), line('two', ask('Hi', 'gpt-4o')));
  expect(made).toMatchObject({ status: 'validating', metadata: { team: 'blue' } });
  const batch = await ended(made.id);
  expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 2, completed: 1, failed: 1 } });
  const [good] = await linesOf(batch.output_file_id);
  expect(good).toMatchObject({ custom_id: 'one', response: { status_code: 200 } });
  expect(good?.response.body.choices[0]?.message.content).toContain('The answer is 51.');
  expect(await linesOf(batch.error_file_id)).toMatchObject([{ custom_id: 'two', response: { status_code: 404 } }]);
  expect((await collect(client.batches.list())).map(({ id }) => id)).toEqual([made.id]);
});

test('a batch with bad lines fails before it begins, each line told', async () => {
  const made = await batchOf(
    '{',
    line('a', ask('Hi')),
    line('a', ask('Hi')),
    line('b', ask('Hi'), { url: '/v1/embeddings' }),
  );
  const { status, errors } = await ended(made.id);
  expect(status).toBe('failed');
  expect(errors?.data?.map((error) => [error.line, error.code])).toEqual([
    [1, 'invalid_json_line'],
    [3, 'duplicate_custom_id'],
    [4, 'mismatched_url'],
  ]);
});

test('a batch is cancelled between two lines', async () => {
  const made = await batchOf(...Array.from({ length: 20 }, (_, at) => line(`${at}`, ask(`Tell me ${at}`))));
  expect((await client.batches.cancel(made.id)).status).toBe('cancelling');
  const batch = await ended(made.id);
  expect(batch.status).toBe('cancelled');
  expect(batch.request_counts?.completed).toBeLessThan(20);
  await expect(client.batches.cancel(made.id)).rejects.toBeInstanceOf(OpenAI.ConflictError);
});
