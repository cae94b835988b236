import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { compileTenantSnapshot } from '../snapshots/compile-tenant.ts';
import { faultOf, withRestDraft } from '../test/publisher.ts';
import { getApiVersion } from './get.ts';
import { publishApiVersion } from './publish.ts';
import { setDefinition } from './set-definition.ts';

const kit = testContext();
const worker = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 2 });
afterAll(() => Promise.all([kit.close(), worker.close()]));

const AT = { api: 'orders', version: 'v1' };
const TEXT = `syntax = "proto3"; package shop;
service Orders { rpc Get(Ask) returns (Order); rpc Upload(stream Ask) returns (Order); }
message Ask { string id = 1; } message Order { string id = 1; int64 total = 2; }`;
const protos = [{ name: 'orders.proto', text: TEXT }];
const set = (owner: Context, own: object, policies: object) =>
  setDefinition(owner, {
    ...AT,
    definition: {
      kind: 'rest',
      policies,
      routes: [
        { method: 'GET', path: '/orders/{id}', upstream: 'shop', policies: own },
        { method: 'GET', path: '/health', upstream: 'shop', policies: { grpc: null } },
      ],
    },
  });

it('a route of a gRPC method reaches gateways as its plan, without the files, which stay in the revision', async () => {
  const { owner, tenantId } = await kit.tenant();
  await withRestDraft(owner);
  await set(owner, { grpc: { method: 'shop.Orders/Get' } }, { grpc: { protos } });
  await publishApiVersion(owner, AT);
  const snapshot = await worker.within({}, (tx) => compileTenantSnapshot(tx, tenantId, 1));
  const version = snapshot?.apis[0]?.versions[0];
  const routes = version?.target.kind === 'rest' ? version.target.routes : [];
  expect(routes[0]?.plan).toMatchObject({ kind: 'grpc', path: '/shop.Orders/Get', input: 'shop.Ask', body: 'none' });
  expect(JSON.stringify([version?.policies, routes.map((route) => route.policies)])).not.toContain('proto3');
  expect(routes[1]?.plan).toBeUndefined();
  const { definition } = await getApiVersion(owner, AT);
  expect(definition).toMatchObject({ policies: { grpc: { protos } } });
});

it.each([
  [
    'a broken file',
    { method: 'shop.Orders/Get' },
    [{ name: 'a.proto', text: 'syntax = "proto3"; messag A {}' }],
    'protos.0.text',
  ],
  ['a stream of the caller', { method: 'shop.Orders/Upload' }, protos, 'method'],
  ['no method', {}, protos, 'method'],
])('is refused when it is saved, with the place of what is wrong: %s', async (_what, own, files, path) => {
  const { owner } = await kit.tenant();
  await withRestDraft(owner);
  const { issues } = await faultOf(set(owner, { grpc: own }, { grpc: { protos: files } }));
  expect(issues.map((issue) => issue.path)).toEqual([expect.stringMatching(new RegExp(`grpc\\.${path}$`))]);
});
