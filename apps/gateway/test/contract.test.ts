import type { PoliciesInput } from '@parley/contracts/policies';
import type { ApiVersionSnapshot } from '@parley/contracts/snapshot';
import { buildContract } from '@parley/domain/openapi/build-contract';
import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiKey, application, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

const DOCUMENT = {
  openapi: '3.0.3',
  info: { title: 'Pets', version: '1' },
  paths: {
    '/pets': {
      get: {
        parameters: [
          { in: 'query', name: 'limit', schema: { type: 'integer', minimum: 1, maximum: 100 } },
          { in: 'query', name: 'status', required: true, schema: { $ref: '#/components/schemas/Status' } },
          {
            in: 'query',
            name: 'tags',
            explode: false,
            schema: { type: 'array', items: { type: 'string', maxLength: 3 } },
          },
          { in: 'query', name: 'id', schema: { type: 'array', items: { type: 'integer' } } },
          {
            in: 'query',
            name: 'filter',
            style: 'deepObject',
            schema: { type: 'object', properties: { age: { type: 'integer' } } },
          },
          { in: 'query', name: 'where', content: { 'application/json': { schema: { type: 'object' } } } },
          { in: 'header', name: 'X-Trace', schema: { type: 'string', pattern: '^[a-f0-9]+$' } },
          { in: 'cookie', name: 'session', schema: { type: 'string', minLength: 4 } },
        ],
        responses: {
          200: {
            content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Pet' } } } },
          },
          '4XX': { content: { 'application/problem+json': { schema: { type: 'object', required: ['title'] } } } },
        },
      },
      post: {
        requestBody: {
          required: true,
          content: {
            'application/json': { schema: { $ref: '#/components/schemas/Pet' } },
            'application/x-www-form-urlencoded': { schema: { $ref: '#/components/schemas/Pet' } },
            'image/*': {},
          },
        },
        responses: { default: { description: 'any' } },
      },
    },
    '/pets/{petId}': {
      parameters: [{ in: 'path', name: 'petId', required: true, schema: { type: 'integer' } }],
      get: { responses: {} },
    },
  },
  components: {
    schemas: {
      Status: { type: 'string', enum: ['free', 'sold'] },
      Pet: {
        type: 'object',
        required: ['name', 'id'],
        properties: {
          id: { type: 'integer', readOnly: true },
          name: { type: 'string' },
          age: { type: 'integer', nullable: true },
          parents: { type: 'array', items: { $ref: '#/components/schemas/Pet' } },
        },
      },
    },
  },
};

let world: World;
let backend: UpstreamServer;
let base: string;
let secret: string;

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_, response) => sendJson(response, 200, []));
  const pub = publisher(`pets-${newId().slice(-8)}`);
  const target = upstream(pub, backend.url);
  const contract: ApiVersionSnapshot['contract'] = { ...buildContract(DOCUMENT), hash: newId() };
  const made = (slug: string, policy: NonNullable<PoliciesInput['contract']>, own = contract) => {
    const one = restApi(pub, slug, target.id);
    for (const version of one.versions) Object.assign(version, { policies: { contract: policy }, contract: own });
    return one;
  };
  const broken: ApiVersionSnapshot['contract'] = {
    hash: newId(),
    definitions: {},
    operations: [
      {
        method: 'GET',
        path: '/x',
        parameters: [
          { in: 'query', name: 'a', required: false, schema: { pattern: '(?=a)' }, form: 'value', separator: '' },
        ],
        body: null,
        responses: {},
      },
    ],
  };
  const apis = [
    made('strict', { unknownQuery: 'refuse', maxBodyKb: 8 }),
    made('report', { mode: 'report' }),
    made('answers', { responses: 'enforce', maxBodyKb: 4 }),
    made('broken', {}, broken),
  ];
  const without = restApi(pub, 'without', target.id);
  for (const version of without.versions) version.policies = { contract: {} };
  const key = apiKey();
  secret = key.secret;
  base = `${world.url}/${pub.doc.slug}`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(
    world.redis,
    application(
      [...apis, without].map((one) => subscription(pub, one)),
      [key.entry],
    ),
  );
});
beforeEach(() => {
  backend.received.length = 0;
  backend.behave((_, response) => sendJson(response, 200, []));
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${base}${path}`, { ...init, headers: { 'x-api-key': secret, ...(init.headers as Record<string, string>) } });
const post = (path: string, body: string, type = 'application/json') =>
  call(path, { method: 'POST', body, headers: { 'content-type': type } });
async function errorsOf(answer: Response): Promise<string[]> {
  const body = (await answer.json()) as { code: string; errors: { pointer: string; message: string }[] };
  expect([answer.status, body.code]).toEqual([400, 'contract_violated']);
  return body.errors.map((error) => error.pointer);
}

describe('a contract that is enforced', () => {
  it('lets calls pass that fit: every style of parameter, JSON, forms, other media', async () => {
    const query = 'status=free&limit=5&tags=a,b&id=1&id=2&filter[age]=3&where=%7B%22a%22%3A1%7D';
    const fine = [
      await call(`/strict/v1/pets?${query}`, { headers: { 'x-trace': 'abc1', cookie: 'session=abcd' } }),
      await call('/strict/v1/pets/42'),
      await post('/strict/v1/pets', '{"name":"Tom","age":null,"parents":[{"name":"Ann"}]}'),
      await post('/strict/v1/pets', 'name=Tom&age=3', 'application/x-www-form-urlencoded'),
      await post('/strict/v1/pets', 'not looked at', 'image/png'),
    ];
    for (const answer of fine) expect(answer.status, await answer.text()).toBe(200);
    expect(backend.received[2]?.body.toString()).toBe('{"name":"Tom","age":null,"parents":[{"name":"Ann"}]}');
  });

  it('names each parameter that does not', async () => {
    const query = 'limit=500&tags=a,long&id=x&filter[age]=old&where=no&more=1';
    const answer = await call(`/strict/v1/pets?${query}`, { headers: { 'x-trace': 'XYZ', cookie: 'session=a' } });
    expect((await errorsOf(answer)).sort()).toEqual(
      [
        '/cookie/session',
        '/header/x-trace',
        '/query/filter/age',
        '/query/id/0',
        '/query/limit',
        '/query/more',
        '/query/status',
        '/query/tags/1',
        '/query/where',
      ].sort(),
    );
    expect(await errorsOf(await call('/strict/v1/pets/tom'))).toEqual(['/path/petId']);
    expect(backend.received).toEqual([]);
    const event = await world.event(answer.headers.get('x-request-id'));
    expect(event).toMatchObject({ status: 400, code: 'contract_violated' });
  });

  it('names each field of a body that does not, and what is wrong with the body as a whole', async () => {
    expect(await errorsOf(await post('/strict/v1/pets', '{"age":"x","parents":[{"name":1}]}'))).toEqual(
      expect.arrayContaining(['/body/name', '/body/age', '/body/parents/0/name']),
    );
    expect(await errorsOf(await post('/strict/v1/pets', 'age=old', 'application/x-www-form-urlencoded'))).toEqual(
      expect.arrayContaining(['/body/name', '/body/age']),
    );
    expect(await errorsOf(await post('/strict/v1/pets', '{"name":'))).toEqual(['/body']);
    expect(await errorsOf(await post('/strict/v1/pets', '<a/>', 'text/xml'))).toEqual(['/header/content-type']);
    expect(await errorsOf(await call('/strict/v1/pets', { method: 'POST' }))).toEqual(['/body']);
    expect(await errorsOf(await post('/strict/v1/pets', JSON.stringify({ name: 'x'.repeat(9000) })))).toEqual([
      '/body',
    ]);
    expect(backend.received).toEqual([]);
  });

  it('tells at most twenty findings', async () => {
    const parents = Array.from({ length: 100 }, () => ({ name: 1 }));
    expect(await errorsOf(await post('/strict/v1/pets', JSON.stringify({ name: 'Tom', parents })))).toHaveLength(20);
  });

  it('refuses what the document does not describe', async () => {
    expect(await errorsOf(await call('/strict/v1/dogs'))).toEqual(['/path']);
    expect(await errorsOf(await call('/strict/v1/pets', { method: 'DELETE' }))).toEqual(['/path']);
  });

  it('refuses every call when the document is missing or cannot be compiled', async () => {
    expect((await call('/without/v1/x')).status).toBe(503);
    expect((await call('/broken/v1/x?a=1')).status).toBe(503);
  });
});

it('only reports, in a header, when it is told to', async () => {
  const answer = await call('/report/v1/pets?limit=0');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-parley-contract')).toBe('2 findings');
  expect((await call('/report/v1/pets?status=free')).headers.get('x-parley-contract')).toBeNull();
  expect(backend.received).toHaveLength(2);
});

describe('answers', () => {
  it('that do not fit are held back, and recorded', async () => {
    backend.behave((_, response) => sendJson(response, 200, [{ id: 'x', name: 'Tom' }]));
    const answer = await call('/answers/v1/pets?status=free');
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ code: 'answer_off_contract' });
    expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({
      status: 502,
      code: 'answer_off_contract',
    });
  });

  it('that fit, are larger than what is checked, of another type, or of a status without schema pass whole', async () => {
    const pets = [{ id: 1, name: 'Tom' }];
    backend.behave((_, response) => sendJson(response, 200, pets, { 'x-inner': 'yes' }));
    const fine = await call('/answers/v1/pets?status=free');
    expect([fine.status, fine.headers.get('x-inner'), await fine.json()]).toEqual([200, 'yes', pets]);
    const large = [{ id: 'wrong', name: 'x'.repeat(100_000) }];
    backend.behave((_, response) => sendJson(response, 200, large));
    expect(await (await call('/answers/v1/pets?status=free')).json()).toEqual(large);
    backend.behave((_, response) => sendJson(response, 200, '[1]', { 'content-type': 'text/plain' }));
    expect(await (await call('/answers/v1/pets?status=free')).text()).toBe('[1]');
    backend.behave((_, response) => sendJson(response, 500, { anything: true }));
    expect((await call('/answers/v1/pets?status=free')).status).toBe(500);
  });

  it('of a class of statuses are held to its schema', async () => {
    backend.behave((_, response) =>
      sendJson(response, 404, { wrong: 1 }, { 'content-type': 'application/problem+json' }),
    );
    expect((await call('/answers/v1/pets?status=free')).status).toBe(502);
  });
});
