import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';

/** Jina has no SDK of its own for JavaScript: the shape is checked against its API reference. */
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

async function rerank(body: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${simulator.url}/v1/rerank`, {
    method: 'POST',
    headers: { authorization: 'Bearer sim-test', 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'sim-rerank', ...body }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const documents = ['A motor boat at sea', { text: 'Red apples and pears' }, 'Apples from the garden'];

test('orders documents by the words they share with the query', async () => {
  const { body, headers } = await rerank({ query: 'red apples', documents, top_n: 2 });
  expect(headers.get('x-parley-simulator')).toBe('1');
  expect(body).toMatchObject({
    model: 'sim-rerank',
    usage: { total_tokens: expect.any(Number) },
    results: [
      { index: 1, document: { text: 'Red apples and pears' } },
      { index: 2, document: { text: 'Apples from the garden' } },
    ],
  });
  const { results } = body as { results: { relevance_score: number }[] };
  expect(results[0]?.relevance_score).toBeGreaterThan(results[1]?.relevance_score ?? 1);
});

test('leaves documents out when told, and refuses in its own shape', async () => {
  const { body } = await rerank({ query: 'apples', documents, return_documents: false });
  expect((body as { results: object[] }).results[0]).not.toHaveProperty('document');
  expect(await rerank({ query: 'apples', documents: [] })).toMatchObject({
    status: 422,
    body: { detail: expect.stringContaining('documents') },
  });
  const limited = await rerank({ query: 'apples', documents }, { 'x-simulate': '429 retry-after=7' });
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
  expect(limited.body).toMatchObject({ detail: expect.stringContaining('simulated by Parley') });
});
