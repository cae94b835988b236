import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { collect } from '../../../collect.ts';
import { waitFor } from '../../../wait-for.ts';
import { type Simulator, startSimulator } from '../../start.ts';

/** Responses that are stored, continued, read again and run in the background, by the unmodified OpenAI SDK. */
let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new OpenAI({ apiKey: 'sim-test', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());
beforeEach(() => simulator.clear());

test('remember the conversation, not the instructions', async () => {
  const first = await client.responses.create({
    model: 'sim-small',
    input: 'My name is Ada.',
    instructions: 'Be kind',
  });
  const second = await client.responses.create({
    model: 'sim-small',
    input: 'What is my name?',
    previous_response_id: first.id,
  });
  expect(second.output_text).toContain('Your name is Ada.');
  expect(second.instructions).toBeNull();
  expect(second.previous_response_id).toBe(first.id);
  const alone = { model: 'sim-small', input: 'Hi', store: false };
  const gone = await client.responses.create(alone);
  await expect(client.responses.create({ ...alone, previous_response_id: gone.id })).rejects.toMatchObject({
    status: 400,
    code: 'previous_response_not_found',
  });
});

test('are read, listed and deleted', async () => {
  const made = await client.responses.create({
    model: 'sim-small',
    input: [
      { role: 'user', content: 'Hi' },
      { role: 'user', content: 'Hello!' },
    ],
  });
  expect(await client.responses.retrieve(made.id)).toEqual(made);
  const items = await collect(client.responses.inputItems.list(made.id, { order: 'asc', limit: 1 }));
  expect(items).toMatchObject([
    { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
    { role: 'user', content: [{ type: 'input_text', text: 'Hello!' }] },
  ]);
  await client.responses.delete(made.id);
  await expect(client.responses.retrieve(made.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
});

test('the same request twice is two responses', async () => {
  const body = { model: 'sim-small', input: 'Hi' };
  expect((await client.responses.create(body)).id).not.toBe((await client.responses.create(body)).id);
});

test('run in the background, and can be cancelled until they are done', async () => {
  const body = { model: 'sim-small', input: 'Explain tides', background: true };
  const made = await client.responses.create(body);
  expect(made).toMatchObject({ status: 'queued', output: [] });
  const done = await waitFor('the response to be done', async () => {
    const now = await client.responses.retrieve(made.id);
    return now.status === 'completed' ? now : undefined;
  });
  expect(done.output_text).toContain('simulated by Parley');
  await expect(client.responses.cancel(made.id)).rejects.toThrow(/Cannot cancel a completed response/);
  const other = await client.responses.create(body);
  expect((await client.responses.cancel(other.id)).status).toBe('cancelled');
  const sync = await client.responses.create({ model: 'sim-small', input: 'Hi' });
  await expect(client.responses.cancel(sync.id)).rejects.toThrow(/synchronous/);
});

test('events can be read again from where a reader was', async () => {
  const events = await collect(
    await client.responses.create({ model: 'sim-small', input: 'Hi', background: true, stream: true }),
  );
  expect(events[1]?.type).toBe('response.queued');
  const { id } = (events[0] as OpenAI.Responses.ResponseCreatedEvent).response;
  const rest = await collect(await client.responses.retrieve(id, { stream: true, starting_after: 4 }));
  expect(rest).toEqual(events.slice(5));
});

test('input tokens are counted without an answer', async () => {
  const { input_tokens } = await client.responses.inputTokens.count({ model: 'sim-small', input: 'Explain tides' });
  const { usage } = await client.responses.create({ model: 'sim-small', input: 'Explain tides' });
  expect(input_tokens).toBe(usage?.input_tokens);
});
