import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPENAPI } from './openapi.ts';
import { type SampleService, startSampleService } from './start.ts';

let service: SampleService;
const ajv = new Ajv2020({ strict: false });
ajv.addSchema(OPENAPI, 'openapi');

beforeAll(async () => {
  service = await startSampleService();
});
afterAll(() => service.close());

const call = (path: string, init: RequestInit = {}) => fetch(`${service.url}${path}`, init);
interface Body {
  readonly id: string;
  readonly status: unknown;
  readonly total: unknown;
  readonly detail: string;
  readonly parts: readonly { readonly id: string }[];
  readonly next: string | null;
}
async function read(
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; type: string | null; body: Body }> {
  const response = await call(path, init);
  return { status: response.status, type: response.headers.get('content-type'), body: (await response.json()) as Body };
}
const order = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) });

function expectSchema(name: keyof typeof OPENAPI.components.schemas, body: unknown): void {
  const valid = ajv.validate({ $ref: `openapi#/components/schemas/${name}` }, body);
  expect(valid, ajv.errorsText()).toBe(true);
}

describe('parts and orders are as the OpenAPI document says', () => {
  test('parts in pages, by category and by name, the same every time', async () => {
    const first = await read('/parts?limit=40');
    expectSchema('PartPage', first.body);
    const second = await read(`/parts?limit=40&after=${first.body.next}`);
    expect(second.body.next).toBeNull();
    const ids = [...first.body.parts, ...second.body.parts].map((part) => part.id);
    expect(ids).toEqual(Array.from({ length: 60 }, (_, at) => `AP-${1001 + at}`));
    expect((await read('/parts?category=wheels&q=tyre')).body.parts).toHaveLength(2);
    const part = await read('/parts/AP-1002');
    expectSchema('Part', part.body);
    expect(part.body).toEqual(first.body.parts[1]);
  });

  test('an order is priced, found again and cancelled', async () => {
    const lines = [{ partId: 'AP-1002', quantity: 2 }];
    const placed = await read('/orders', order({ lines, reference: 'r-1' }));
    expect(placed.status).toBe(201);
    expectSchema('Order', placed.body);
    expect(placed.body.total).toEqual({ amount: '45.36', currency: 'EUR' });
    expect((await read(`/orders/${placed.body.id}`)).body).toEqual(placed.body);
    expect((await read(`/orders/${placed.body.id}`, { method: 'DELETE' })).body.status).toBe('cancelled');
  });

  test.each([
    ['/parts?limit=0', {}, 400, /^limit: /],
    ['/parts?category=ships', {}, 400, /^category: /],
    ['/parts/AP-9', {}, 404, /no part AP-9/],
    ['/orders/ORD-9', {}, 404, /no order ORD-9/],
    ['/orders', order({ lines: [] }), 400, /^lines: /],
    ['/orders', { method: 'POST', body: '{' }, 400, /not JSON/],
    ['/orders', order({ lines: [{ partId: 'AP-9', quantity: 1 }] }), 409, /no part AP-9/],
    ['/orders', order({ lines: [{ partId: 'AP-1001', quantity: 1 }] }), 409, /Only 0 of AP-1001/],
    ['/orders', {}, 405, /GET is not for/],
    ['/nowhere', {}, 404, /nothing at/],
    ['/parts/%E0', {}, 400, /URI/],
  ] as const)('%s is refused with a problem (%j → %i)', async (path, init, status, detail) => {
    const refused = await read(path, init);
    expect(refused).toMatchObject({ status, type: 'application/problem+json', body: { status } });
    expectSchema('Problem', refused.body);
    expect(refused.body.detail).toMatch(detail);
  });

  test('every path of the document is there', async () => {
    expect((await read('/openapi.json')).body).toEqual(OPENAPI);
    for (const path of Object.keys(OPENAPI.paths)) {
      const response = await call(path.replace('{code}', '200').replace('{count}', '1'), { method: 'PROPFIND' });
      expect([path, response.status === 404]).toEqual([path, false]);
    }
  });
});

describe('endpoints that behave as asked', () => {
  test('echo tells what arrived', async () => {
    const { body } = await read('/echo/deep?a=1&a=2', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'x-trace': 't' },
      body: '{"n":1}',
    });
    expect(body).toMatchObject({
      method: 'PATCH',
      path: '/echo/deep',
      query: { a: ['1', '2'] },
      headers: { 'x-trace': 't' },
      body: { n: 1 },
    });
  });

  test('status, bytes, stream and slow', async () => {
    expect((await call('/status/418')).status).toBe(418);
    expect((await call('/status/204')).status).toBe(204);
    expect((await (await call('/bytes/100000')).arrayBuffer()).byteLength).toBe(100_000);
    const lines = (await (await call('/stream?lines=3&ms=1')).text()).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([1, 2, 3].map((line) => ({ line, of: 3 })));
    const startedMs = performance.now();
    expect((await read('/slow?ms=60')).body).toEqual({ waitedMs: 60 });
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(59);
  });
});
