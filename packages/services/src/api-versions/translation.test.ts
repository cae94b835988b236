import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { testContext } from '@parley/testkit/context';
import { rpcWsdl } from '@parley/testkit/wsdl-samples';
import { afterAll, describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { compileTenantSnapshot } from '../snapshots/compile-tenant.ts';
import { faultOf, withPromptApi, withRestDraft } from '../test/publisher.ts';
import { getApiVersion } from './get.ts';
import { publishApiVersion } from './publish.ts';
import { setDefinition } from './set-definition.ts';
import { setPolicies } from './set-policies.ts';

const kit = testContext();
const worker = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 2 });
afterAll(() => Promise.all([kit.close(), worker.close()]));

const AT = { api: 'orders', version: 'v1' };
const SDL = 'type Query { order(id: ID!): Order } type Order { id: ID! total: Float }';
const graphql = {
  document: 'query One($id: ID!) { order(id: $id) { id total } }',
  variables: [{ name: 'id', from: 'path' as const }],
  result: '/order',
};
const set = (owner: Context, own: object, policies: object = {}, openapi?: Record<string, never>) =>
  setDefinition(owner, {
    ...AT,
    definition: {
      kind: 'rest',
      policies,
      routes: [
        { method: 'GET', path: '/orders/{id}', upstream: 'shop', policies: own },
        { method: 'GET', path: '/health', upstream: 'shop', policies: { graphql: null } },
      ],
    },
    ...(openapi ? { openapi } : {}),
  });
const pathsOf = async (saving: Promise<unknown>) => (await faultOf(saving)).issues.map(({ path }) => path);

async function served(tenantId: string) {
  const snapshot = await worker.within({}, (tx) => compileTenantSnapshot(tx, tenantId, 1));
  const version = snapshot?.apis[0]?.versions[0];
  if (version?.target.kind !== 'rest') throw new Error('serves no routes');
  return { version, routes: version.target.routes };
}

describe('a route answered by a query', () => {
  it('reaches gateways as its plan, without document and schema, which stay in the revision', async () => {
    const { owner, tenantId } = await kit.tenant();
    await withRestDraft(owner);
    await set(owner, { graphql }, { graphql: { schema: SDL } });
    await publishApiVersion(owner, AT);
    const { version, routes } = await served(tenantId);
    expect(routes[0]?.plan).toMatchObject({ kind: 'graphql', query: 'query One($id:ID!){order(id:$id){id total}}' });
    expect(routes[0]?.policies).toEqual({ graphql: { variables: graphql.variables, result: '/order' } });
    expect(version.policies).toEqual({ graphql: {} });
    expect(routes[1]?.plan).toBeUndefined();
    const { definition } = await getApiVersion(owner, AT);
    expect(definition).toMatchObject({
      policies: { graphql: { schema: SDL } },
      routes: [{ policies: { graphql } }, {}],
    });
  });

  it('is described by its variables and selected fields in the reference, whatever an imported document says', async () => {
    const { owner, tenantId } = await kit.tenant();
    await withRestDraft(owner);
    const imported = {
      openapi: '3.1.0',
      paths: {
        '/orders/{key}': { get: { summary: 'As imported' }, delete: { summary: 'Gone' } },
        '/health': { get: { summary: 'Health' } },
      },
    };
    for (const openapi of [undefined, imported as never]) {
      await set(owner, { graphql }, { graphql: { schema: SDL } }, openapi);
      const reference = await worker.within({}, async (tx) => {
        const row = await tx.apiVersion.findFirstOrThrow({ where: { tenantId }, select: { reference: true } });
        return row.reference;
      });
      expect(reference).toMatchObject({
        paths: {
          '/orders/{id}': {
            get: {
              summary: 'One',
              parameters: [{ in: 'path', name: 'id', required: true, schema: { type: 'string' } }],
              responses: {
                '200': {
                  content: {
                    'application/json': {
                      schema: {
                        type: 'object',
                        required: ['id', 'total'],
                        properties: { total: { type: ['number', 'null'] } },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      });
      expect(JSON.stringify(reference)).not.toContain('As imported');
    }
  });

  it('is refused beside the field that is wrong, on the route or on the version', async () => {
    const { owner } = await kit.tenant();
    await withRestDraft(owner);
    expect(await pathsOf(set(owner, { graphql: { ...graphql, document: 'query {' } }))).toEqual([
      'definition.routes.0.policies.graphql.document',
    ]);
    expect(await pathsOf(set(owner, { graphql }, { graphql: { schema: 'type' } }))).toEqual([
      'definition.policies.graphql.schema',
    ]);
    expect(await pathsOf(set(owner, {}, { graphql: { schema: SDL } }))).toEqual([
      'definition.policies.graphql.document',
    ]);
    await set(owner, { graphql });
    expect(
      await pathsOf(setPolicies(owner, { ...AT, policies: { graphql: { schema: 'type Query { no(id: ID): Int }' } } })),
    ).toEqual(['routes.0.policies.graphql.document']);
  });

  it('is refused beside another policy that answers in the upstream’s place', async () => {
    const { owner } = await kit.tenant();
    await withRestDraft(owner);
    const soap = { wsdl: rpcWsdl('literal'), operation: 'add', inputs: [{ name: 'a', from: 'path', at: 'id' }] };
    expect(await pathsOf(set(owner, { graphql, soap }))).toEqual(['definition.routes.0.policies.soap']);
  });

  it('is only for REST', async () => {
    const { owner } = await kit.tenant();
    await withPromptApi(owner);
    const fault = await faultOf(setPolicies(owner, { api: 'greet', version: 'v1', policies: { graphql } }));
    expect(fault.issues.map(({ path }) => path)).toEqual(['policies.graphql']);
  });
});

describe('routes answered by operations of one WSDL document', () => {
  const routes = [
    {
      method: 'GET' as const,
      path: '/sums/{a}/{b}',
      upstream: 'shop',
      policies: { soap: { operation: 'add', result: '/return' } },
    },
    { method: 'POST' as const, path: '/sums', upstream: 'shop', policies: { soap: { operation: 'add' } } },
  ];
  const setAll = (owner: Context, wsdl: string) =>
    setDefinition(owner, { ...AT, definition: { kind: 'rest', policies: { soap: { wsdl } }, routes } });

  it('share the document of the version, and reach gateways as plans', async () => {
    const { owner, tenantId } = await kit.tenant();
    await withRestDraft(owner);
    await setAll(owner, rpcWsdl('literal'));
    await publishApiVersion(owner, AT);
    const { version, routes: found } = await served(tenantId);
    expect(version.policies).toEqual({ soap: {} });
    expect(found.map(({ plan }) => plan?.inputs)).toEqual([
      [
        { name: '/a', from: 'path', at: 'a' },
        { name: '/b', from: 'path', at: 'b' },
      ],
      [{ name: '', from: 'body', at: '' }],
    ]);
    expect(JSON.stringify(found)).not.toContain('definitions');
    const reference = await worker.within({}, async (tx) => {
      const row = await tx.apiVersion.findFirstOrThrow({ where: { tenantId }, select: { reference: true } });
      return row.reference;
    });
    const operand = { type: 'integer', format: 'int32' };
    expect(reference).toMatchObject({
      paths: {
        '/sums': {
          post: {
            requestBody: {
              content: { 'application/json': { schema: { properties: { a: operand }, required: ['a', 'b'] } } },
            },
          },
        },
        '/sums/{a}/{b}': { get: { responses: { '200': { content: { 'application/json': { schema: operand } } } } } },
      },
    });
  });

  it('are refused beside the document or the operation', async () => {
    const { owner } = await kit.tenant();
    await withRestDraft(owner);
    expect(await pathsOf(setAll(owner, '<html/>'))).toEqual(['definition.policies.soap.wsdl']);
    expect(await pathsOf(setAll(owner, rpcWsdl('encoded')))).toEqual([
      'definition.routes.0.policies.soap.operation',
      'definition.routes.1.policies.soap.operation',
    ]);
  });
});
