import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { testContext } from '@parley/testkit/context';
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
                        type: ['object', 'null'],
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

  it('is only for REST', async () => {
    const { owner } = await kit.tenant();
    await withPromptApi(owner);
    const fault = await faultOf(setPolicies(owner, { api: 'greet', version: 'v1', policies: { graphql } }));
    expect(fault.issues.map(({ path }) => path)).toEqual(['policies.graphql']);
  });
});
