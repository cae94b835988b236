import { describe, expect, it } from 'vitest';
import type { Target } from '../codec.ts';
import { PassedEvents } from './events.ts';
import { readForm } from './multipart.ts';
import type { OperationCall } from './operation.ts';
import { readOperation } from './read-operation.ts';
import { operationAt } from './table.ts';
import { operationWay } from './ways.ts';

const TARGET: Target = { model: 'theirs', maxOutputTokens: null, quirks: {} };
const VIEW = { model: 'ours', id: 'req1' };

function ask(path: string, body: Buffer | object, contentType = 'application/json'): OperationCall {
  const address = operationAt(path);
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const call = address && readOperation(address, contentType, bytes);
  if (!call || 'malformed' in call) throw new Error('not read');
  return call;
}

function way(call: OperationCall, format = 'openai_chat') {
  const found = operationWay(call.operation, call.dialect, format);
  if (!found) throw new Error('no way');
  return found;
}

const FORM = 'multipart/form-data; boundary="x-1"';
const file = Buffer.from([0, 255, 13, 10, 45, 45, 120, 0]);
const form = (model = 'ours', more = ''): Buffer =>
  Buffer.concat([
    Buffer.from(
      `--x-1\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n`,
    ),
    file,
    Buffer.from(`\r\n--x-1\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n${more}--x-1--\r\n`),
  ]);

describe('forms', () => {
  it('are told the provider’s name, every other byte left alone', () => {
    const call = ask('/v1/audio/transcriptions', form(), FORM);
    expect(call).toMatchObject({ model: 'ours', stream: false, body: { model: 'ours' } });
    expect(call.body).not.toHaveProperty('file');
    expect(way(call).body(call, TARGET)).toEqual({
      contentType: 'multipart/form-data; boundary=x-1',
      body: form('theirs'),
      losses: [],
    });
    expect(way(call).path(call, TARGET, {})).toBe('/audio/transcriptions');
  });

  it.each([
    [form(), 'multipart/form-data'],
    [form(), 'multipart/form-data; boundary=other'],
    [form().subarray(0, -6), FORM],
    [Buffer.from('--x-1\r\nno head'), FORM],
    [Buffer.from('--x-1\r\n\r\n\r\n--x-1--'), FORM],
    [Buffer.alloc(0), FORM],
  ])('are none without their parts: %#', (bytes, contentType) => {
    expect(readForm(bytes, contentType)).toBeNull();
  });

  it('may have a part that ends a line without ending the form', () => {
    const bytes = Buffer.from('--x-1\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na\r\n--x\r\nb\r\n--x-1--');
    expect(readForm(bytes, FORM)?.fields).toEqual({ prompt: 'a\r\n--x\r\nb' });
  });
});

describe('what passes between clients and providers of OpenAI’s form', () => {
  it.each([
    ['/v1/images/generations', { model: 'ours', prompt: 'x', n: 2 }, 'json', { images: 2 }],
    ['/v1/images/generations', { model: 'ours', prompt: 'x', stream: true }, 'events', { images: 1 }],
    ['/v1/audio/speech', { model: 'ours', input: 'h🌊' }, 'bytes', { characters: 2 }],
    ['/v1/ocr', { model: 'ours', document: {}, pages: [0, 1, 4] }, 'json', { pages: 3 }],
    ['/v1/audio/speech', { model: 'ours', input: 'hello', stream_format: 'sse' }, 'events', { characters: 5 }],
    ['/v1/moderations', { model: 'ours', input: ['hello'] }, 'json', { inputTokens: 1 }],
  ])('%s with %j is answered as %s', (path, body, expected, estimate) => {
    const call = ask(path, body);
    expect(way(call).form(call)).toBe(expected);
    expect(way(call).estimated(call)).toMatchObject(estimate);
  });

  it('is plain text where a transcript is asked for as such', () => {
    const field = '--x-1\r\nContent-Disposition: form-data; name="response_format"\r\n\r\nsrt\r\n';
    const call = ask('/v1/audio/transcriptions', form('ours', field), FORM);
    expect(way(call).form(call)).toBe('bytes');
  });

  it.each([
    [
      '/v1/images/generations',
      { data: [{}, {}], usage: { input_tokens: 5, output_tokens: 6 } },
      { images: 2, inputTokens: 5, outputTokens: 6 },
    ],
    ['/v1/images/generations', { data: [{}] }, { images: 1 }],
    [
      '/v1/images/generations',
      { data: [{}], size: '1024x1024', quality: 'high', usage: { input_tokens: 5, output_tokens: 6 } },
      { imageOutputTokens: 6, imageSize: '1024x1024', imageQuality: 'high' },
    ],
    [
      '/v1/images/edits',
      {
        data: [{}],
        usage: {
          input_tokens: 50,
          input_tokens_details: { image_tokens: 40, text_tokens: 10 },
          output_tokens: 9,
          output_tokens_details: { image_tokens: 7, text_tokens: 2 },
        },
      },
      { imageInputTokens: 40, imageOutputTokens: 7 },
    ],
    ['/v1/ocr', { pages: [{}], model: 'theirs', usage_info: { pages_processed: 4 } }, { pages: 4 }],
    [
      '/v1/audio/transcriptions',
      {
        text: 'x',
        usage: { type: 'tokens', input_tokens: 9, input_token_details: { audio_tokens: 8 }, output_tokens: 1 },
      },
      { inputTokens: 9, audioInputTokens: 8 },
    ],
    ['/v1/moderations', { model: 'theirs', results: [] }, null],
    ['/v1/audio/transcriptions', { text: 'x', usage: { type: 'duration', seconds: 9 } }, { audioSeconds: 9 }],
    ['/v1/audio/transcriptions', { text: 'x', duration: 8.5 }, { audioSeconds: 8.5 }],
    [
      '/v1/audio/transcriptions',
      { text: 'x', usage: { type: 'tokens', input_tokens: 3, output_tokens: 1 } },
      { inputTokens: 3, outputTokens: 1 },
    ],
  ])('%s with the answer %j used %j', (path, body, usage) => {
    const call = ask(path, { model: 'ours' });
    const answer = way(call).answer(JSON.stringify(body), call, VIEW);
    expect(answer).toMatchObject({ text: JSON.stringify(body).replace('theirs', 'ours'), usage });
  });

  it('has no way to providers of other forms', () => {
    for (const format of ['anthropic', 'gemini', 'cohere', 'bedrock'])
      expect(operationWay('speech', 'openai', format)).toBeNull();
    const call = ask('/v1/audio/speech', { model: 'ours', input: 'x' });
    expect(way(call, 'azure').path(call, TARGET, { apiVersion: 'v' })).toBe(
      '/deployments/theirs/audio/speech?api-version=v',
    );
  });

  it('is what its path says', () => {
    expect(operationAt('/v1/rerank')).toMatchObject({ operation: 'rerank', dialect: 'jina' });
    for (const path of [
      '/v1/chat/completions',
      '/v1beta/models/m:generateContent',
      '/v1/embeddings/',
      'constructor',
      '__proto__',
    ]) {
      expect(operationAt(path)).toBeNull();
    }
  });
});

describe('events that pass', () => {
  const events = (...given: unknown[]): Buffer =>
    Buffer.from(
      given.map((event) => `event: x\ndata: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join(''),
    );
  const noted = (bytes: Buffer, at: number): PassedEvents => {
    const call = ask('/v1/audio/speech', { model: 'ours', input: 'x' });
    const passed = new PassedEvents(way(call).readError);
    passed.feed(bytes.subarray(0, at));
    passed.feed(bytes.subarray(at));
    passed.end();
    return passed;
  };

  it('are complete with their last, whose usage counts', () => {
    const bytes = events(
      { type: 'transcript.text.delta', delta: 'é' },
      { type: 'transcript.text.done', text: 'é', usage: { type: 'tokens', input_tokens: 4, output_tokens: 1 } },
    );
    for (let at = 0; at <= bytes.length; at += 7)
      expect(noted(bytes, at)).toMatchObject({ state: 'done', usage: { inputTokens: 4, outputTokens: 1 } });
    expect(noted(events({ type: 'speech.audio.delta', audio: 'AA' }), 3).state).toBe('open');
  });

  it.each(['{oops', '{"type":"error","error":{"message":"no","type":"server_error"}}', '[]'])(
    'fail with %s',
    (event) => {
      expect(noted(events({ type: 'speech.audio.delta' }, event, { type: 'speech.audio.done' }), 5).state).toBe(
        'failed',
      );
    },
  );
});
