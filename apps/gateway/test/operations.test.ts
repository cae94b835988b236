import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OperationLab, openOperationLab } from './operation-lab.ts';

/** What is true of calls beside chat whoever asks: reranking, refusals, tries, limits, repeats. */
let lab: OperationLab;

beforeAll(async () => {
  lab = await openOperationLab(
    {
      slow: 'sim-embedding+503',
      denied: 'sim-embedding+401',
      cut: 'sim-speech+cut:1',
      'cut-events': 'sim-image+cut:1',
      told: 'sim-image+error-in-stream:1',
      nonsense: 'sim-embedding+malformed',
      empty: 'sim-speech+empty-body',
    },
    {
      idempotency: {},
      modelRouting: {
        tries: 1,
        aliases: [
          {
            name: 'any-embedding',
            targets: [{ model: 'slow' }, { model: 'anthropic-embedding' }, { model: 'cohere-embedding' }],
          },
        ],
      },
    },
  );
});
afterAll(() => lab.close());

const post = (path: string, body: object | string | FormData, headers: Record<string, string> = {}) =>
  fetch(`${lab.world.url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${lab.key}`,
      ...(body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body instanceof FormData || typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('reranking', () => {
  const documents = ['stock prices fell', 'the tide comes in twice a day'];
  const asked = { query: 'when does the tide come in', documents, top_n: 1 };

  it.each([
    ['/v2/rerank', 'cohere-rerank'],
    ['/v1/rerank', 'cohere-rerank'],
    ['/v1/rerank', 'openai-rerank'],
    ['/v2/rerank', 'openai-rerank'],
  ])('at %s by %s finds the document', async (path, model) => {
    const answer = await post(path, { model, ...asked });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ results: [{ index: 1, relevance_score: expect.any(Number) }] });
    expect(await lab.world.event(answer.headers.get('x-request-id'))).toMatchObject({
      kind: 'chat',
      model,
      code: null,
    });
  });
});

describe('refusals', () => {
  it.each([
    ['/v1/embeddings', { model: 'openai-embedding' }, 400, { error: { param: 'input' } }],
    ['/v1/embeddings', { model: 'no-such', input: 'x' }, 404, { error: { code: 'model_not_found', param: 'model' } }],
    ['/v2/rerank', { model: 'no-such', query: 'x', documents: ['a'] }, 404, { message: expect.any(String) }],
    ['/v1/rerank', { model: 'no-such', query: 'x', documents: ['a'] }, 404, { detail: expect.any(String) }],
    [
      '/v1beta/models/no-such:embedContent',
      { content: { parts: [{ text: 'x' }] } },
      404,
      { error: { status: 'NOT_FOUND' } },
    ],
    [
      '/v1/images/generations',
      { model: 'gemini-image', prompt: 'x' },
      400,
      { error: { code: 'unsupported_parameter' } },
    ],
    ['/v1/embeddings', { model: 'anthropic-embedding', input: 'x' }, 400, { error: { code: 'unsupported_parameter' } }],
    ['/v1/embeddings', { input: 'x' }, 400, { error: { param: 'model' } }],
  ])('of %s are in the client’s form: %j', async (path, body, status, told) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject(told);
  });

  it('come before anything is read for strangers, and for other methods and types', async () => {
    const stranger = await post('/v1/embeddings', { model: 'x', input: 'x' }, { authorization: 'Bearer nobody' });
    expect(stranger.status).toBe(401);
    const get = await fetch(`${lab.world.url}/v1/embeddings`, { headers: { authorization: `Bearer ${lab.key}` } });
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await post('/v1/embeddings', '{', {})).status).toBe(400);
    expect((await post('/v1/embeddings', 'model=x', { 'content-type': 'text/plain' })).status).toBe(415);
    const form = new FormData();
    form.set('model', 'openai-embedding');
    expect((await post('/v1/embeddings', form)).status).toBe(415);
  });

  it('keep files within what the API takes', async () => {
    const form = new FormData();
    form.set('model', 'openai-whisper');
    form.set('file', new Blob([Buffer.alloc(1_100_000)]), 'a.mp3');
    const answer = await post('/v1/audio/transcriptions', form);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ error: { code: 'body_too_large' } });
  });

  it('of a form whose model is a file, so that nobody is asked what the gateway has not read', async () => {
    const form = new FormData();
    form.set('model', 'openai-whisper');
    form.append('model', new Blob(['sim-large']), 'model.txt');
    expect((await post('/v1/audio/transcriptions', form)).status).toBe(400);
  });

  it('never show what the provider thinks of its key', async () => {
    const answer = await post('/v1/embeddings', { model: 'denied', input: 'x' });
    expect(answer.status).toBe(502);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'upstream_credentials' } });
    expect(text).not.toContain('sim-');
  });
});

describe('answers that stop half way', () => {
  it('break the connection where they are bytes', async () => {
    const input = 'A long text. '.repeat(200);
    const answer = await post('/v1/audio/speech', { model: 'cut', voice: 'alloy', input });
    await expect(answer.arrayBuffer()).rejects.toThrow();
    const event = await lab.world.event(answer.headers.get('x-request-id'));
    expect(event).toMatchObject({ abortedBy: 'upstream', code: 'upstream_cut', usageSource: 'estimated' });
  });

  it.each(['cut-events', 'told'])('end with an error event where they are events: %s', async (model) => {
    const body = { model, prompt: 'x', quality: 'low', stream: true, partial_images: 2 };
    const answer = await post('/v1/images/generations', body);
    const text = await answer.text();
    expect(text).not.toContain('image_generation.completed');
    const last = text.trimEnd().split('\n').at(-1) ?? '';
    const told = answer.status === 200 ? last.slice('data: '.length) : text;
    expect(JSON.parse(told)).toMatchObject({ error: { code: expect.stringMatching(/^upstream_/) } });
    expect(await lab.world.event(answer.headers.get('x-request-id'))).toMatchObject({
      code: expect.stringMatching(/^upstream_/),
    });
  });

  it.each([
    ['/v1/embeddings', { model: 'nonsense', input: 'x' }],
    ['/v1/audio/speech', { model: 'empty', voice: 'alloy', input: 'x' }],
  ])('are none at %s', async (path, body) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ error: { code: expect.stringMatching(/^upstream_/) } });
  });
});

describe('policies', () => {
  it('ask the next model that can do it, and say which', async () => {
    const answer = await post('/v1/embeddings', { model: 'any-embedding', input: 'x', dimensions: 256 });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-parley-model')).toBe('cohere-embedding');
    expect(answer.headers.get('x-parley-tries')).toBe('2');
    const event = await lab.world.event(answer.headers.get('x-request-id'));
    expect(event).toMatchObject({ model: 'cohere-embedding', attempts: 2, usageSource: 'provider' });
  });

  it('give the answer of a first call again, bytes too', async () => {
    const key = { 'idempotency-key': 'said-once' };
    const body = { model: 'openai-speech', voice: 'alloy', input: 'Once.' };
    const first = await post('/v1/audio/speech', body, key);
    const again = await post('/v1/audio/speech', body, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(Buffer.from(await again.arrayBuffer()).equals(Buffer.from(await first.arrayBuffer()))).toBe(true);
    expect(await lab.world.event(again.headers.get('x-request-id'))).toMatchObject({
      cache: 'replayed',
      costNano: '0',
    });
  });
});

describe('guardrails', () => {
  let guarded: OperationLab;
  beforeAll(async () => {
    guarded = await openOperationLab({}, { guardrails: { personalData: { kinds: ['email'] }, secrets: {} } });
  });
  afterAll(() => guarded.close());

  const send = (path: string, body: object) =>
    fetch(`${guarded.world.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${guarded.key}`,
        ...(body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      },
      body: body instanceof FormData ? body : JSON.stringify(body),
    });
  const vector = async (input: string): Promise<unknown> => {
    const answer = await send('/v1/embeddings', { model: 'openai-embedding', input, encoding_format: 'float' });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { data: [{ embedding: number[] }] }).data[0].embedding;
  };

  it('mask what a provider must not read', async () => {
    const ann = await vector('Write to ann@example.com today');
    expect(ann).toEqual(await vector('Write to bob@example.org today'));
    expect(ann).not.toEqual(await vector('Write to nobody today'));
  });

  it('refuse secrets, what nests too deeply, and what cannot be masked or watched', async () => {
    const deep = Array.from({ length: 50 }).reduce<unknown>((inner) => [inner], 'x');
    const form = new FormData();
    for (const [name, value] of [
      ['model', 'openai-image'],
      ['prompt', 'Draw ann@example.com'],
    ] as const)
      form.set(name, value);
    form.set('image', new Blob(['x']), 'a.png');
    const heard = new FormData();
    heard.set('model', 'openai-whisper');
    heard.set('file', new Blob(['x']), 'a.mp3');
    const calls = [
      send('/v1/embeddings', { model: 'openai-embedding', input: 'key AKIAABCDEFGHIJ234567' }),
      send('/v2/rerank', { model: 'cohere-rerank', query: 'x', documents: ['key AKIAABCDEFGHIJ234567'] }),
      send('/v1/embeddings', { model: 'openai-embedding', input: 'x', other: deep }),
      send('/v1/images/edits', form),
      send('/v1/audio/transcriptions', heard),
    ];
    for (const answer of await Promise.all(calls)) {
      const event = await guarded.world.event(answer.headers.get('x-request-id'));
      expect(event).toMatchObject({ code: 'guardrail_blocked', attempts: 0, costNano: '0' });
    }
  });
});
