import OpenAI, { AzureOpenAI } from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TlsFront, tlsFront } from '../../../tls-front.ts';
import { waitFor } from '../../../wait-for.ts';
import { type Simulator, startSimulator } from '../../start.ts';

/** Realtime sessions by the unmodified OpenAI SDK, which insists on TLS. */
let simulator: Simulator;
let front: TlsFront;
const open: OpenAIRealtimeWS[] = [];

beforeAll(async () => {
  simulator = await startSimulator();
  front = await tlsFront(Number(new URL(simulator.url).port));
});
afterEach(() => {
  for (const client of open.splice(0)) client.socket.terminate();
});
afterAll(async () => {
  await front.close();
  await simulator.close();
});

type Heard = { readonly type: string } & Record<string, unknown>;

function listen(client: OpenAIRealtimeWS): Heard[] {
  open.push(client);
  const heard: Heard[] = [];
  client.on('event', (event) => heard.push(event as unknown as Heard));
  client.on('error', () => {});
  return heard;
}

function session(model: string): { client: OpenAIRealtimeWS; heard: Heard[] } {
  const openai = new OpenAI({ apiKey: 'sim-test', baseURL: `https://localhost:${front.port}/v1` });
  const client = new OpenAIRealtimeWS({ model, options: { ca: front.ca } }, openai);
  return { client, heard: listen(client) };
}

const told = (heard: readonly Heard[], type: string): Promise<Heard> =>
  waitFor(type, () => heard.find((event) => event.type === type));
const say = (client: OpenAIRealtimeWS, text: string): void => {
  client.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
  });
  client.send({ type: 'response.create' });
};

test('a session answers in text, with usage, and then knows what was said', async () => {
  const { client, heard } = session('sim-realtime');
  await told(heard, 'session.created');
  client.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
  expect(await told(heard, 'session.updated')).toMatchObject({ session: { model: 'sim-realtime' } });
  say(client, 'What is 17 * 3?');
  const done = await told(heard, 'response.done');
  expect(done).toMatchObject({
    response: { status: 'completed', usage: { output_token_details: { audio_tokens: 0 } } },
  });
  const text = heard.flatMap(({ type, delta }) => (type === 'response.output_text.delta' ? [delta] : [])).join('');
  expect(text).toContain('The answer is 51.');
});

test('sound in begins an answer in sound, as a server that hears silence does', async () => {
  const { client, heard } = session('sim-realtime');
  await told(heard, 'session.created');
  client.send({
    type: 'session.update',
    session: { type: 'realtime', audio: { input: { transcription: { model: 'sim-transcribe' } } } },
  });
  client.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(48_000).toString('base64') });
  expect(await told(heard, 'conversation.item.input_audio_transcription.completed')).toMatchObject({
    usage: { input_tokens: 10 },
  });
  const { response } = (await told(heard, 'response.done')) as unknown as {
    response: { usage: Record<string, object> };
  };
  expect(response.usage['input_token_details']).toMatchObject({ audio_tokens: 10, cached_tokens: 0 });
  expect(response.usage['output_token_details']).toMatchObject({ audio_tokens: expect.any(Number) });
  expect(heard.some(({ type }) => type === 'response.output_audio.delta')).toBe(true);
});

test('calls functions, is cancelled, and says what it does not take', async () => {
  const { client, heard } = session('sim-realtime');
  await told(heard, 'session.created');
  const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  const tools = [{ type: 'function' as const, name: 'get_weather', description: 'Weather of a city', parameters }];
  client.send({ type: 'session.update', session: { type: 'realtime', tools, output_modalities: ['text'] } });
  say(client, 'What is the weather in Paris?');
  expect(await told(heard, 'response.function_call_arguments.done')).toMatchObject({ name: 'get_weather' });
  await told(heard, 'response.done');
  heard.length = 0;
  client.send({ type: 'session.update', session: { type: 'realtime', tools: [] } });
  say(client, 'Tell me a long story. [[simulate: slow-tokens:20]]');
  await told(heard, 'response.output_text.delta');
  client.send({ type: 'response.create' });
  expect(await told(heard, 'error')).toMatchObject({ error: { code: 'conversation_already_has_active_response' } });
  client.send({ type: 'response.cancel' });
  expect(await told(heard, 'response.done')).toMatchObject({ response: { status: 'cancelled' } });
});

test('refuses bad keys and models before the session begins, and cuts it when told to', async () => {
  const { client } = session('gpt-realtime');
  await waitFor('the end', () => client.socket.readyState === client.socket.CLOSED);
  const cut = session('sim-realtime+cut:2');
  await told(cut.heard, 'session.created');
  say(cut.client, 'Hello');
  await waitFor('the cut', () => cut.client.socket.readyState === cut.client.socket.CLOSED);
  expect(cut.heard.some(({ type }) => type === 'response.done')).toBe(false);
});

test('Azure’s client finds its deployment', async () => {
  const azure = new AzureOpenAI({
    apiKey: 'sim-test',
    baseURL: `https://localhost:${front.port}/openai`,
    apiVersion: '2025-04-01-preview',
  });
  const client = await OpenAIRealtimeWS.azure(azure, { deploymentName: 'sim-voice', options: { ca: front.ca } });
  const heard = listen(client);
  expect(await told(heard, 'session.created')).toMatchObject({ session: { model: 'sim-voice' } });
});
