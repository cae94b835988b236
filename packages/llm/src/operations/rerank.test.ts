import { describe, expect, it } from 'vitest';
import type { Target } from '../codec.ts';
import type { OperationCall } from './operation.ts';
import { readOperation } from './read-operation.ts';
import { operationAt } from './table.ts';
import { operationWay } from './ways.ts';

const TARGET: Target = { model: 'theirs', maxOutputTokens: null, quirks: {} };
const VIEW = { model: 'ours', id: 'req1' };
const BODY = { model: 'ours', query: 'q', documents: ['a', { text: 'b' }, 'c'], top_n: 2 };

function ask(path: string, body: unknown): OperationCall {
  const address = operationAt(path);
  const call = address && readOperation(address, 'application/json', Buffer.from(JSON.stringify(body)));
  if (!call || 'malformed' in call) throw new Error('not read');
  return call;
}

function way(call: OperationCall, format: string) {
  const found = operationWay('rerank', call.dialect, format);
  if (!found) throw new Error('no way');
  return found;
}

function answered(call: OperationCall, format: string, body: unknown) {
  const answer = way(call, format).answer(JSON.stringify(body), call, VIEW);
  if (!answer || 'kind' in answer) throw new Error('no answer');
  return { body: JSON.parse(answer.text), usage: answer.usage };
}

const COHERE = {
  id: 'c1',
  results: [
    { index: 2, relevance_score: 0.9 },
    { index: 1, relevance_score: 0.2 },
  ],
  meta: { billed_units: { search_units: 1 } },
};
const JINA = {
  model: 'jina-m',
  results: [
    { index: 1, relevance_score: 0.2 },
    { index: 2, relevance_score: 0.9 },
  ],
  usage: { total_tokens: 12 },
};

describe('an order of documents', () => {
  it('comes from Cohere to a client of Jina, with the documents it sent', () => {
    const call = ask('/v1/rerank', BODY);
    const request = way(call, 'cohere').body(call, TARGET);
    expect(request).toMatchObject({ losses: [] });
    expect('body' in request && JSON.parse(String(request.body))).toEqual({
      model: 'theirs',
      query: 'q',
      documents: ['a', 'b', 'c'],
      top_n: 2,
    });
    expect(answered(call, 'cohere', COHERE)).toEqual({
      body: {
        id: 'c1',
        model: 'ours',
        results: [
          { index: 2, relevance_score: 0.9, document: { text: 'c' } },
          { index: 1, relevance_score: 0.2, document: { text: 'b' } },
        ],
        usage: { total_tokens: 0, prompt_tokens: 0, search_units: 1 },
      },
      usage: expect.objectContaining({ searchUnits: 1, inputTokens: 0 }),
    });
    expect(answered(ask('/v1/rerank', { ...BODY, return_documents: false }), 'cohere', COHERE).body.results[0]).toEqual(
      { index: 2, relevance_score: 0.9 },
    );
  });

  it('comes from a server like Jina’s to a client of Cohere, best first', () => {
    const call = ask('/v2/rerank', { ...BODY, max_tokens_per_doc: 9, priority: 1 });
    const request = way(call, 'openai_chat').body(call, TARGET);
    expect(request).toMatchObject({
      losses: [
        { path: 'priority', essential: false },
        { path: 'max_tokens_per_doc', essential: false },
      ],
    });
    expect(answered(call, 'openai_chat', JINA)).toEqual({
      body: {
        id: 'req1',
        results: [
          { index: 2, relevance_score: 0.9 },
          { index: 1, relevance_score: 0.2 },
        ],
        meta: { api_version: { version: '2' }, tokens: { input_tokens: 12 } },
      },
      usage: expect.objectContaining({ inputTokens: 12, searchUnits: 0 }),
    });
  });

  it('passes where both speak the same', () => {
    const call = ask('/v2/rerank', { ...BODY, priority: 1 });
    const request = way(call, 'cohere').body(call, TARGET);
    expect('body' in request && JSON.parse(String(request.body))).toEqual({ ...BODY, priority: 1, model: 'theirs' });
    expect(answered(call, 'cohere', { ...COHERE, x: 1 })).toMatchObject({
      body: { ...COHERE, x: 1 },
      usage: { searchUnits: 1 },
    });
    const jina = ask('/v1/rerank', BODY);
    expect(answered(jina, 'openai_compatible', JINA)).toMatchObject({
      body: { ...JINA, model: 'ours' },
      usage: { inputTokens: 12 },
    });
  });

  it('is of texts where the provider reads nothing else', () => {
    const call = ask('/v1/rerank', { ...BODY, documents: ['a', { image: 'x' }] });
    expect(way(call, 'cohere').body(call, TARGET)).toMatchObject({
      losses: [{ path: 'documents[1]', essential: true }],
    });
  });

  it.each([
    [{ results: 'x' }],
    [{ results: [{ index: 3, relevance_score: 1 }] }],
    [{ results: [{ index: 0, relevance_score: 'x' }] }],
    [
      {
        results: [
          { index: 0, relevance_score: 1 },
          { index: 0, relevance_score: 1 },
        ],
      },
    ],
    [[]],
  ])('is none in %j', (body) => {
    const call = ask('/v1/rerank', BODY);
    expect(way(call, 'cohere').answer(JSON.stringify(body), call, VIEW)).toBeNull();
  });

  it.each([
    [{ ...BODY, query: 5 }, 'query'],
    [{ ...BODY, documents: [] }, 'documents'],
    [{ ...BODY, top_n: 0 }, 'top_n'],
  ])('is refused by name: %j', (body, param) => {
    const call = ask('/v1/rerank', body);
    expect(way(call, 'cohere').body(call, TARGET)).toMatchObject({ param });
  });

  it('is nothing for those who do not do it', () => {
    for (const format of ['anthropic', 'gemini', 'vertex', 'bedrock', 'nobody'])
      expect(operationWay('rerank', 'jina', format)).toBeNull();
  });
});
