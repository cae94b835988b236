import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { applyDeclaration } from '../declarations/apply.ts';
import { exportDeclaration } from '../declarations/export.ts';
import { announced, faultOf, withRestDraft } from '../test/publisher.ts';
import { getUpstream } from '../upstreams/get.ts';
import { diffRevisions } from './diff.ts';
import { importOpenapi } from './import-openapi.ts';
import { publishApiVersion } from './publish.ts';
import { setDefinition } from './set-definition.ts';
import { setPolicies } from './set-policies.ts';

const kit = testContext();
afterAll(() => kit.close());

const at = { api: 'orders', version: 'v1' };
const YAML = `
openapi: 3.1.0
info: { title: Pets, version: 1.0.0 }
paths:
  /pets:
    get:
      summary: List pets
      parameters: [{ in: query, name: limit, schema: { type: integer } }]
      responses: { 200: { description: ok } }
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
      responses: { 201: { description: ok } }
  /pets/{pet-id}:
    get:
      parameters: [{ in: path, name: pet-id, required: true, schema: { type: integer } }]
      responses: { 200: { description: ok } }
components: { schemas: { Pet: { type: object, required: [name], properties: { name: { type: string } } } } }
`;

async function withPets() {
  const tenant = await kit.tenant();
  await withRestDraft(tenant.owner);
  const imported = await importOpenapi(tenant.owner, { ...at, upstream: 'shop', openapi: YAML });
  return { ...tenant, tenant, imported };
}

describe('importing an OpenAPI document', () => {
  it('makes one route for each operation, and nothing when it is imported again', async () => {
    const { owner, tenant, imported } = await withPets();
    expect(imported.definition).toMatchObject({
      kind: 'rest',
      routes: [
        { method: 'GET', path: '/pets', summary: 'List pets', upstream: 'shop' },
        { method: 'POST', path: '/pets', upstream: 'shop' },
        { method: 'GET', path: '/pets/{pet_id}', upstream: 'shop' },
      ],
    });
    const before = (await announced(tenant)).length;
    const again = await importOpenapi(owner, { ...at, upstream: 'shop', openapi: YAML });
    expect(again.revision).toBe(imported.revision);
    expect((await announced(tenant)).length).toBe(before);
  });

  it('keeps the policies of the version, and of routes that stay', async () => {
    const { owner } = await withPets();
    await setPolicies(owner, { ...at, policies: { contract: { mode: 'report' } } });
    const routes = [{ method: 'GET' as const, path: '/pets', upstream: 'shop', policies: { contract: null } }];
    await setDefinition(owner, { ...at, definition: { kind: 'rest', routes } });
    const { definition } = await importOpenapi(owner, { ...at, upstream: 'shop', openapi: YAML });
    expect(definition?.policies?.contract?.mode).toBe('report');
    expect(definition).toMatchObject({ routes: [{ policies: { contract: null } }, { path: '/pets' }, {}] });
  });

  it('makes the upstream in the same step, and holds calls to the document', async () => {
    const { owner } = await kit.tenant();
    await withRestDraft(owner);
    const newUpstream = { slug: 'pets', name: 'Pets', baseUrl: 'https://pets.example.com/v1' };
    const { definition } = await importOpenapi(owner, { ...at, newUpstream, hold: true, openapi: YAML });
    expect(definition).toMatchObject({
      routes: [{ upstream: 'pets' }, { upstream: 'pets' }, { upstream: 'pets' }],
      policies: { contract: { mode: 'enforce' } },
    });
    expect(await getUpstream(owner, { upstream: 'pets' })).toMatchObject(newUpstream);
    await setPolicies(owner, { ...at, policies: { contract: { mode: 'report' } } });
    const again = await importOpenapi(owner, { ...at, upstream: 'shop', hold: true, openapi: YAML });
    expect(again.definition?.policies?.contract?.mode).toBe('report');
  });

  it('makes nothing at all where the upstream cannot be made', async () => {
    const { owner, as } = await kit.tenant();
    await withRestDraft(owner);
    const newUpstream = { slug: 'shop', name: 'Shop', baseUrl: 'https://pets.example.com' };
    const refused = (who: typeof owner, input: object) =>
      faultOf(importOpenapi(who, { ...at, openapi: YAML, ...input }));
    expect((await refused(owner, { newUpstream })).issues[0]?.path).toBe('newUpstream.slug');
    expect((await refused(owner, {})).issues[0]?.path).toBe('upstream');
    expect((await refused(owner, { newUpstream, upstream: 'shop' })).issues[0]?.path).toBe('upstream');
    const [newOne, broken] = [{ ...newUpstream, slug: 'new-one' }, 'openapi: ['];
    expect((await refused(owner, { newUpstream: newOne, openapi: broken })).code).toBe('invalid_input');
    expect((await faultOf(getUpstream(owner, { upstream: 'new-one' }))).code).toBe('not_found');
    expect((await refused(await as('viewer'), { newUpstream: newOne })).code).toBe('forbidden');
  });

  it.each([
    ['no document', 'hello: there', 'no “openapi” field'],
    ['Swagger 2', 'swagger: "2.0"', 'no “openapi” field'],
    ['a newer version', 'openapi: 4.0.0\npaths: {}', 'only OpenAPI 3.0 and 3.1'],
    ['broken YAML', 'openapi: [', 'neither JSON nor YAML'],
    [
      'an alias bomb',
      `a: &a [x,x]\n${Array.from({ length: 12 }, (_, i) => `b${i}: &b${i} [${`*${i === 0 ? 'a' : `b${i - 1}`},`.repeat(9)}]`).join('\n')}`,
      'neither JSON nor YAML',
    ],
    [
      'a reference to elsewhere',
      YAML.replace("'#/components/schemas/Pet'", 'https://evil.test/pet.json'),
      'refers to another document',
    ],
  ])('refuses %s, saying why', async (_what, openapi, word) => {
    const { owner } = await withPets();
    const fault = await faultOf(importOpenapi(owner, { ...at, upstream: 'shop', openapi }));
    expect(fault.code).toBe('invalid_input');
    expect(JSON.stringify(fault.issues)).toContain(word);
  });

  it('names an upstream that there is not', async () => {
    const { owner } = await withPets();
    const fault = await faultOf(importOpenapi(owner, { ...at, upstream: 'nowhere', openapi: YAML }));
    expect(JSON.stringify(fault.issues)).toContain('no upstream “nowhere”');
  });
});

describe('the policy contract', () => {
  it('needs a document whose schemas can be checked', async () => {
    const tenant = await kit.tenant();
    await withRestDraft(tenant.owner);
    const without = await faultOf(setPolicies(tenant.owner, { ...at, policies: { contract: {} } }));
    expect(JSON.stringify(without.issues)).toContain('Import an OpenAPI document');
    const openapi = YAML.replace('name: { type: string }', "name: { type: string, pattern: '(?=x)y' }");
    await importOpenapi(tenant.owner, { ...at, upstream: 'shop', openapi });
    const beyond = await faultOf(setPolicies(tenant.owner, { ...at, policies: { contract: {} } }));
    expect(JSON.stringify(beyond.issues)).toContain('A schema of POST /pets cannot be used');
  });
});

it('is declared as one document with an upstream, which changes nothing when it is applied again', async () => {
  const { owner } = await withPets();
  await publishApiVersion(owner, at);
  const document = await exportDeclaration(owner, {});
  const [api] = document.apis;
  const version = api?.versions?.[0];
  if (!api || !version?.openapi) throw new Error('no version with a document');
  const { routes: _routes, ...rest } = version;
  const own = { method: 'GET' as const, path: '/pets', upstream: 'shop', policies: { contract: null } };
  const wanted = { ...rest, upstream: 'shop', routes: [own], policies: { contract: {} } };
  const declaration = { ...document, apis: [{ ...api, versions: [wanted] }] };
  const { steps } = await applyDeclaration(owner, declaration);
  expect(steps.map((step) => step.kind)).toEqual(['definition']);
  expect((await applyDeclaration(owner, declaration)).steps).toEqual([]);
  const { sections } = await diffRevisions(owner, { ...at, from: 2, to: 3 });
  expect(sections.some((one) => one.title === 'Policies')).toBe(true);
});
