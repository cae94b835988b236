import { crc32, inflateSync } from 'node:zlib';
import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../../collect.ts';
import { type Simulator, startSimulator } from '../../start.ts';

/** Images, audio and moderations by the unmodified OpenAI SDK. */
let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new OpenAI({ apiKey: 'sim-test', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

/** Reads a PNG strictly: signature, checksums, size, and as many pixels as it says. */
function readPng(base64: string | undefined): { width: number; height: number; comment: string } {
  const bytes = Buffer.from(base64 ?? '', 'base64');
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const named = bytes.subarray(at + 4, at + 8 + length);
    expect(bytes.readUInt32BE(at + 8 + length)).toBe(crc32(named));
    chunks.set(named.subarray(0, 4).toString(), named.subarray(4));
    at += 12 + length;
  }
  const header = chunks.get('IHDR') ?? Buffer.alloc(8);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  expect(inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0))).toHaveLength((width + 1) * height);
  return { width, height, comment: chunks.get('tEXt')?.toString() ?? '' };
}

describe('images', () => {
  const asked = { model: 'sim-image', prompt: 'A lighthouse', size: '1536x1024' as const, quality: 'low' as const };

  test('are PNG files of the size asked for that say they are simulated', async () => {
    const { data = [], usage, ...rest } = await client.images.generate({ ...asked, n: 2 });
    expect(data.map(({ b64_json }) => readPng(b64_json))).toMatchObject([
      { width: 1536, height: 1024, comment: expect.stringContaining('simulated by Parley') },
      { width: 1536, height: 1024 },
    ]);
    expect(data[0]?.b64_json).not.toBe(data[1]?.b64_json);
    expect(rest).toMatchObject({ size: '1536x1024', quality: 'low', output_format: 'png', background: 'opaque' });
    expect(usage).toMatchObject({ output_tokens: 816, total_tokens: 816 + (usage?.input_tokens ?? 0) });
  });

  test('stream as they become clear', async () => {
    const events = await collect(await client.images.generate({ ...asked, stream: true, partial_images: 2 }));
    expect(events.map(({ type }) => type)).toEqual([
      'image_generation.partial_image',
      'image_generation.partial_image',
      'image_generation.completed',
    ]);
    for (const event of events) readPng(event.b64_json);
    const { data } = await client.images.generate(asked);
    expect(events.at(-1)?.b64_json).toBe(data?.[0]?.b64_json);
  });

  test('are edited from one or several', async () => {
    const { data } = await client.images.generate({ ...asked, size: '1024x1024' });
    const image = await toFile(Buffer.from(data?.[0]?.b64_json ?? '', 'base64'), 'a.png', { type: 'image/png' });
    const edited = await client.images.edit({ model: 'sim-image', prompt: 'At night', image: [image, image] });
    readPng(edited.data?.[0]?.b64_json);
    expect(edited.usage?.input_tokens_details.image_tokens).toBe(388);
    const events = await collect(await client.images.edit({ model: 'sim-image', prompt: 'x', image, stream: true }));
    expect(events.map(({ type }) => type)).toEqual(['image_edit.completed']);
    const text = await toFile(Buffer.from('hello'), 'a.txt', { type: 'text/plain' });
    await expect(client.images.edit({ model: 'sim-image', prompt: 'x', image: text })).rejects.toMatchObject({
      status: 400,
      code: 'unsupported_file_mimetype',
    });
  });

  test('are refused by the safety system, with a status and with nothing', async () => {
    const prompt = 'x [[simulate: prompt-blocked]]';
    await expect(client.images.generate({ ...asked, prompt })).rejects.toMatchObject({ code: 'moderation_blocked' });
    expect((await client.images.generate({ ...asked, prompt: 'x [[simulate: no-choices]]' })).data).toEqual([]);
    await expect(client.images.generate({ ...asked, n: 11 })).rejects.toBeInstanceOf(OpenAI.BadRequestError);
  });
});

describe('audio', () => {
  const say = (input: string, rest: object = {}) =>
    client.audio.speech.create({ model: 'sim-speech', voice: 'alloy', input, ...rest });

  test.each([
    ['mp3', 'audio/mpeg', 'ID3'],
    ['wav', 'audio/wav', 'RIFF'],
  ] as const)('speech in %s is understood again', async (response_format, type, magic) => {
    const response = await say('Good morning, Ada.', { response_format });
    expect(response.headers.get('content-type')).toBe(type);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, magic.length).toString()).toBe(magic);
    const file = await toFile(bytes, `said.${response_format}`);
    const heard = await client.audio.transcriptions.create({ model: 'sim-transcribe', file });
    expect(heard.text).toBe('Good morning, Ada.');
    expect(heard.usage).toMatchObject({ type: 'tokens' });
  });

  test('speech streams as events', async () => {
    const response = await say('Good morning, Ada.', { stream_format: 'sse', response_format: 'pcm' });
    const events = (await response.text())
      .split('\n\n')
      .filter((event) => event !== '')
      .map((event) => JSON.parse(event.slice(6)) as { type: string; audio?: string });
    expect(events.at(-1)).toMatchObject({ type: 'speech.audio.done', usage: { total_tokens: expect.any(Number) } });
    const sound = Buffer.concat(events.map(({ audio = '' }) => Buffer.from(audio, 'base64')));
    expect(
      sound.equals(Buffer.from(await (await say('Good morning, Ada.', { response_format: 'pcm' })).arrayBuffer())),
    ).toBe(true);
  });

  test('transcriptions stream, and have the forms of Whisper', async () => {
    const file = await toFile(Buffer.from(await (await say('One two three.')).arrayBuffer()), 'a.mp3');
    const events = await collect(
      await client.audio.transcriptions.create({ model: 'sim-transcribe', file, stream: true, include: ['logprobs'] }),
    );
    const deltas = events.filter((event) => event.type === 'transcript.text.delta');
    expect(deltas.map(({ delta }) => delta).join('')).toBe('One two three.');
    expect(deltas.every(({ logprobs }) => logprobs?.length === 1)).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: 'transcript.text.done', text: 'One two three.' });
    const whisper = { model: 'sim-whisper', file };
    const verbose = await client.audio.transcriptions.create({
      ...whisper,
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
    });
    expect(verbose.words?.map(({ word }) => word)).toEqual(['One', 'two', 'three.']);
    expect(verbose.segments).toHaveLength(1);
    const srt = await client.audio.transcriptions.create({ ...whisper, response_format: 'srt' });
    expect(srt).toMatch(/^1\n00:00:00,000 --> 00:00:\d\d,000\nOne two three.\n/);
    expect((await client.audio.translations.create(whisper)).text).toBe('One two three.');
    await expect(
      client.audio.transcriptions.create({ model: 'sim-transcribe', file, response_format: 'srt' }),
    ).rejects.toMatchObject({ code: 'unsupported_value' });
    const text = await toFile(Buffer.from('x'), 'a.txt');
    await expect(client.audio.transcriptions.create({ ...whisper, file: text })).rejects.toThrow(/Invalid file format/);
  });

  test('faults hit bytes and forms too', async () => {
    const cut = await fetch(`${simulator.url}/v1/audio/speech`, {
      method: 'POST',
      headers: { authorization: 'Bearer sim-test', 'content-type': 'application/json', 'x-simulate': 'cut after=1' },
      body: JSON.stringify({ model: 'sim-speech', voice: 'alloy', input: 'A long text. '.repeat(200) }),
    });
    await expect(cut.arrayBuffer()).rejects.toThrow();
    const file = await toFile(Buffer.from('x'), 'a.mp3');
    await expect(client.audio.transcriptions.create({ model: 'sim-transcribe+429', file })).rejects.toBeInstanceOf(
      OpenAI.RateLimitError,
    );
    await expect(say('x [[simulate: json-for-stream]]')).rejects.toThrow(/does not exist in this format/);
  });
});

test('moderations flag by words, one verdict for each text', async () => {
  const { results, model } = await client.moderations.create({
    model: 'sim-moderation',
    input: ['I like tea', 'I will kill you'],
  });
  expect(model).toBe('sim-moderation');
  expect(results.map(({ flagged }) => flagged)).toEqual([false, true]);
  expect(results[1]?.categories).toMatchObject({ violence: true, 'harassment/threatening': true, sexual: false });
  expect(results[1]?.category_scores.violence).toBeGreaterThan(0.7);
  const mixed = await client.moderations.create({
    input: [
      { type: 'text', text: 'I like tea' },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    ],
  });
  expect(mixed.results).toHaveLength(1);
  expect(mixed.results[0]?.category_applied_input_types.violence).toEqual(['text', 'image']);
});

test('Azure serves them by deployment', async () => {
  const azure = new AzureOpenAI({
    apiKey: 'sim-test',
    endpoint: simulator.url,
    apiVersion: '2025-04-01-preview',
    maxRetries: 0,
  });
  readPng((await azure.images.generate({ model: 'sim-image', prompt: 'x', quality: 'low' })).data?.[0]?.b64_json);
  const sound = await azure.audio.speech.create({ model: 'sim-speech', voice: 'alloy', input: 'Hello.' });
  const file = await toFile(Buffer.from(await sound.arrayBuffer()), 'a.mp3');
  expect((await azure.audio.transcriptions.create({ model: 'sim-transcribe', file })).text).toBe('Hello.');
});
