import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collect } from '../../../collect.ts';
import { type Simulator, startSimulator } from '../../start.ts';

/** Errors of the Responses API as the unmodified OpenAI SDK sees them, before and within a stream. */
let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new OpenAI({ apiKey: 'sim-test', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

const ask = (model: string) => client.responses.create({ model, input: 'Explain tides', store: false });
const streamed = async (model: string) =>
  collect(await client.responses.create({ model, input: 'Explain tides', store: false, stream: true }));

test.each([
  ['sim-small+429', OpenAI.RateLimitError],
  ['sim-small+500', OpenAI.InternalServerError],
  ['sim-small+401', OpenAI.AuthenticationError],
  ['gpt-4o', OpenAI.NotFoundError],
] as const)('%s', async (model, error) => {
  await expect(ask(model)).rejects.toBeInstanceOf(error);
  await expect(streamed(model)).rejects.toBeInstanceOf(error);
});

test('an SDK that retries gets its answer', async () => {
  const patient = client.withOptions({ maxRetries: 2 });
  const body = { model: 'sim-small', input: 'Hi [[simulate: 503 retry-after=0 times=1]]', store: false };
  expect((await patient.responses.create(body)).status).toBe('completed');
});

test('an error event ends a stream as an error', async () => {
  const events = await streamed('sim-small+error-in-stream:5').catch((error: unknown) => error);
  const last = Array.isArray(events) ? events.at(-1) : events;
  expect(last).toMatchObject({ message: expect.stringContaining('simulated by Parley') });
});

test('a response that failed says so, in the stream and in what is stored', async () => {
  const events = await collect(
    await client.responses.create({ model: 'sim-small+response-failed:6', input: 'Explain tides', stream: true }),
  );
  const last = events.at(-1) as OpenAI.Responses.ResponseFailedEvent;
  expect(last).toMatchObject({
    type: 'response.failed',
    response: { status: 'failed', error: { code: 'server_error' } },
  });
  expect((await client.responses.retrieve(last.response.id)).status).toBe('failed');
});

test('a stream that is cut is an error', async () => {
  await expect(streamed('sim-small+cut:6')).rejects.toThrow();
});
