import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Target } from '../codec.ts';
import { fromBase64, toBase64 } from './embeddings/base64.ts';
import type { OperationAnswer, OperationCall, OperationWay } from './operation.ts';
import { readOperation } from './read-operation.ts';
import { operationAt, operationError } from './table.ts';
import { operationWay } from './ways.ts';

const TARGET: Target = { model: 'theirs', maxOutputTokens: null, quirks: {} };
const VIEW = { model: 'ours', id: 'req1' };

function ask(path: string, body: unknown): OperationCall {
  const address = operationAt(path);
  if (!address) throw new Error(`${path} is no operation`);
  const call = readOperation(address, 'application/json', Buffer.from(JSON.stringify(body)));
  if ('malformed' in call) throw new Error(call.message);
  return call;
}

function way(call: OperationCall, format: string): OperationWay {
  const found = operationWay(call.operation, call.dialect, format);
  if (!found) throw new Error(`no way from ${call.dialect} to ${format}`);
  return found;
}

function sent(call: OperationCall, format: string) {
  const request = way(call, format).body(call, TARGET);
  if ('malformed' in request) throw new Error(request.message);
  return { body: JSON.parse(String(request.body)), losses: request.losses };
}

function answered(
  call: OperationCall,
  format: string,
  body: unknown,
): OperationAnswer & { body: Record<string, unknown> } {
  const answer = way(call, format).answer(JSON.stringify(body), call, VIEW);
  if (!answer || 'kind' in answer) throw new Error('no answer');
  return { ...answer, body: JSON.parse(answer.text) };
}

const OPENAI = '/v1/embeddings';
const BATCH = '/v1beta/models/ours:batchEmbedContents';
const texts = { model: 'ours', input: ['a', 'b'], dimensions: 2, encoding_format: 'float' };

describe('embeddings for a client of OpenAI', () => {
  it.each([
    [
      'gemini',
      '/models/theirs:batchEmbedContents',
      { embeddings: [{ values: [1, 2] }, { values: [3, 4] }], usageMetadata: { promptTokenCount: 7 } },
      7,
    ],
    [
      'vertex',
      '/projects/p/locations/r/publishers/google/models/theirs:predict',
      {
        predictions: [
          { embeddings: { values: [1, 2], statistics: { token_count: 3 } } },
          { embeddings: { values: [3, 4], statistics: { token_count: 4 } } },
        ],
      },
      7,
    ],
    [
      'cohere',
      '/embed',
      {
        embeddings: {
          float: [
            [1, 2],
            [3, 4],
          ],
        },
        meta: { billed_units: { input_tokens: 7 } },
      },
      7,
    ],
  ])('come from %s', (format, path, answer, tokens) => {
    const call = ask(OPENAI, texts);
    expect(way(call, format).path(call, TARGET, { project: 'p', region: 'r' })).toBe(path);
    expect(sent(call, format).losses).toEqual([]);
    const { body, usage } = answered(call, format, answer);
    expect(body).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [1, 2] },
        { object: 'embedding', index: 1, embedding: [3, 4] },
      ],
      model: 'ours',
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
    expect(usage).toMatchObject({ inputTokens: tokens, outputTokens: 0 });
  });

  it('are asked for in each provider’s words', () => {
    const call = ask(OPENAI, { ...texts, input_type: 'query' });
    expect(sent(call, 'gemini').body.requests[1]).toEqual({
      model: 'models/theirs',
      content: { parts: [{ text: 'b' }] },
      taskType: 'RETRIEVAL_QUERY',
      outputDimensionality: 2,
    });
    expect(sent(call, 'vertex').body).toEqual({
      instances: [
        { content: 'a', task_type: 'RETRIEVAL_QUERY' },
        { content: 'b', task_type: 'RETRIEVAL_QUERY' },
      ],
      parameters: { outputDimensionality: 2 },
    });
    expect(sent(call, 'cohere').body).toEqual({
      model: 'theirs',
      texts: ['a', 'b'],
      input_type: 'search_query',
      embedding_types: ['float'],
      output_dimension: 2,
    });
    expect(sent(ask(OPENAI, { model: 'ours', input: 'a' }), 'cohere').body.input_type).toBe('search_document');
    expect(sent(ask(OPENAI, { model: 'ours', input: 'a', dimensions: 256 }), 'bedrock').body).toEqual({
      inputText: 'a',
      dimensions: 256,
    });
    expect(sent(call, 'bedrock').losses).toMatchObject([{ path: 'input', essential: true }]);
  });

  it('are in base64 where it asks for that, as its SDK does unless told otherwise', () => {
    const call = ask(OPENAI, { ...texts, input: 'a', encoding_format: 'base64' });
    const { body } = answered(call, 'gemini', { embeddings: [{ values: [0.5, -1] }] });
    const [{ embedding }] = body.data as [{ embedding: string }];
    expect([...new Float32Array(Uint8Array.from(Buffer.from(embedding, 'base64')).buffer)]).toEqual([0.5, -1]);
  });

  it('pass as they are from a provider like OpenAI, base64 and unknown members too', () => {
    const text = '{"model":"ours", "input":[[1,2],[3]],"encoding_format":"base64","x":1.0}';
    const address = operationAt(OPENAI);
    const call = address && readOperation(address, 'application/json', Buffer.from(text));
    if (!call || 'malformed' in call) throw new Error('not read');
    const request = way(call, 'openai_compatible').body(call, TARGET);
    expect(request).toMatchObject({ body: text.replace('ours', 'theirs'), losses: [] });
    const answer = '{"data":[{"embedding":"AAAA"}],"model":"theirs-1","usage":{"prompt_tokens":5,"total_tokens":5}}';
    expect(way(call, 'openai_chat').answer(answer, call, VIEW)).toMatchObject({
      text: answer.replace('theirs-1', 'ours'),
      usage: { inputTokens: 5 },
      providerModel: 'theirs-1',
    });
    expect(way(call, 'azure').path(call, TARGET, { apiVersion: '2024-10-21', deployments: { theirs: 'd' } })).toBe(
      '/deployments/d/embeddings?api-version=2024-10-21',
    );
    expect(way(call, 'azure').path(call, TARGET, {})).toBe('/v1/embeddings');
  });

  it('of token numbers are OpenAI’s only', () => {
    expect(sent(ask(OPENAI, { model: 'ours', input: [[1, 2], [3]] }), 'gemini').losses).toMatchObject([
      { path: 'input[0]', essential: true },
      { path: 'input[1]' },
    ]);
  });

  it.each([
    [{ input: 'x' }, 'model'],
    [{ model: 'm' }, 'input'],
    [{ model: 'm', input: [] }, 'input'],
    [{ model: 'm', input: [1, 'a'] }, 'input'],
    [{ model: 'm', input: Array.from({ length: 2049 }, () => 'a') }, 'input'],
    [{ model: 'm', input: 'x', dimensions: 0 }, 'dimensions'],
    [{ model: 'm', input: 'x', encoding_format: 'hex' }, 'encoding_format'],
  ])('are refused by name: %#', (body, param) => {
    const address = operationAt(OPENAI);
    const call = address && readOperation(address, 'application/json', Buffer.from(JSON.stringify(body)));
    if (!call) throw new Error('no address');
    const issue = 'malformed' in call ? call : way(call, 'gemini').body(call, TARGET);
    expect(issue).toMatchObject({ param });
  });

  it.each([
    [{}],
    [{ embeddings: [{ values: [1] }] }],
    [{ embeddings: [{ values: [1] }, { values: ['x'] }] }],
    [{ embeddings: [{ values: [] }, { values: [] }] }],
  ])('are none in %j', (body) => {
    const call = ask(OPENAI, texts);
    expect(way(call, 'gemini').answer(JSON.stringify(body), call, VIEW)).toBeNull();
  });

  it('fail with the provider’s error, also in a 200', () => {
    const call = ask(OPENAI, texts);
    const error = '{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}';
    expect(way(call, 'gemini').answer(error, call, VIEW)).toMatchObject({ kind: 'rate_limit', status: 429 });
    expect(way(call, 'gemini').readError(error, 429)).toMatchObject({ kind: 'rate_limit' });
    expect(way(call, 'cohere').readError('{"message":"no"}', 401)).toMatchObject({ kind: 'authentication' });
  });

  it('are put in order by their index', () => {
    const call = ask(BATCH, {
      requests: ['a', 'b'].map((text) => ({ model: 'models/ours', content: { parts: [{ text }] } })),
    });
    const { body } = answered(call, 'openai_chat', {
      data: [
        { index: 1, embedding: [2] },
        { index: 0, embedding: toBase64([1]) },
      ],
      model: 'x',
      usage: { prompt_tokens: 2 },
    });
    expect(body).toEqual({ embeddings: [{ values: [1] }, { values: [2] }], usageMetadata: { promptTokenCount: 2 } });
  });
});

describe('embeddings for a client of Gemini', () => {
  const request = (text: string) => ({
    model: 'models/ours',
    content: { parts: [{ text }] },
    taskType: 'RETRIEVAL_QUERY',
    outputDimensionality: 8,
  });

  it('come from others, one or many', () => {
    const one = ask('/v1beta/models/ours:embedContent', request('a'));
    expect(sent(one, 'openai_chat')).toMatchObject({
      body: { model: 'theirs', input: ['a'], dimensions: 8, encoding_format: 'float' },
      losses: [{ path: 'taskType', essential: false }],
    });
    expect(answered(one, 'cohere', { embeddings: { float: [[1]] } }).body).toEqual({ embedding: { values: [1] } });
    const many = ask(BATCH, { requests: [request('a'), request('b')] });
    expect(sent(many, 'cohere').body).toMatchObject({
      texts: ['a', 'b'],
      input_type: 'search_query',
      output_dimension: 8,
    });
  });

  it('pass from Gemini with its own name for the model', () => {
    const many = ask(BATCH, { requests: [{ ...request('a'), x: 1 }] });
    expect(sent(many, 'gemini').body).toEqual({ requests: [{ ...request('a'), x: 1, model: 'models/theirs' }] });
    expect(way(many, 'gemini').path(many, TARGET, {})).toBe('/models/theirs:batchEmbedContents');
    const one = ask('/v1beta/models/ours:embedContent', request('a'));
    expect(way(one, 'gemini').path(one, TARGET, {})).toBe('/models/theirs:embedContent');
    const answer = { embedding: { values: [1] }, usageMetadata: { promptTokenCount: 4 }, y: 2 };
    expect(answered(one, 'gemini', answer)).toMatchObject({ body: answer, usage: { inputTokens: 4 } });
  });

  it('have one purpose a call, and text elsewhere', () => {
    const two = ask(BATCH, { requests: [request('a'), { ...request('b'), taskType: 'CLUSTERING' }] });
    expect(way(two, 'cohere').body(two, TARGET)).toMatchObject({ param: 'requests[1].taskType' });
    const picture = ask('/v1beta/models/ours:embedContent', {
      content: { parts: [{ inlineData: { mimeType: 'image/png', data: '' } }] },
    });
    expect(sent(picture, 'cohere').losses).toMatchObject([{ path: 'content', essential: true }]);
  });
});

describe('numbers in base64', () => {
  it('come back as the floats they are', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (vector) => {
        expect(fromBase64(toBase64(vector))).toEqual(vector);
      }),
    );
    expect(fromBase64('AAA=')).toBeNull();
  });
});

describe('errors', () => {
  const error = {
    status: 429,
    message: 'Slow.',
    code: 'rate_limited',
    param: null,
    type: null,
    requestId: 'r',
    docUrl: null,
    retryAfterSeconds: null,
  };

  it('have the form of the client’s dialect', () => {
    expect(JSON.parse(operationError('openai', error))).toMatchObject({ error: { message: 'Slow.' } });
    expect(JSON.parse(operationError('gemini', error))).toMatchObject({
      error: { code: 429, status: 'RESOURCE_EXHAUSTED' },
    });
    expect(JSON.parse(operationError('cohere', error))).toEqual({ id: 'r', message: 'Slow.' });
    expect(JSON.parse(operationError('jina', error))).toEqual({ detail: 'Slow.', request_id: 'r' });
  });
});

describe('whatever comes', () => {
  it('is served, or refused with a word', () => {
    const member = fc.constantFrom(
      'model',
      'input',
      'requests',
      'content',
      'query',
      'documents',
      'dimensions',
      'embeddings',
      'data',
      'results',
      'predictions',
      'meta',
      'usage',
    );
    fc.assert(
      fc.property(
        fc.dictionary(member, fc.jsonValue({ maxDepth: 2 })),
        fc.constantFrom(OPENAI, BATCH, '/v1/rerank', '/v2/rerank'),
        fc.constantFrom('openai_chat', 'gemini', 'vertex', 'cohere', 'bedrock'),
        (body, path, format) => {
          const address = operationAt(path);
          const call =
            address && readOperation(address, 'application/json', Buffer.from(JSON.stringify({ model: 'm', ...body })));
          if (!call || 'malformed' in call) return;
          const found = operationWay(call.operation, call.dialect, format);
          if (found === null) return;
          const request = found.body(call, TARGET);
          if ('malformed' in request) expect(request.message).not.toBe('');
          else expect(() => JSON.parse(String(request.body))).not.toThrow();
          found.answer(JSON.stringify(body), call, VIEW);
          expect(found.estimated(call).inputTokens).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});
