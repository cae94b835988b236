import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { compileTenantSnapshot } from '../snapshots/compile-tenant.ts';
import { faultOf, withRestDraft } from '../test/publisher.ts';
import { getApiVersion } from './get.ts';
import { keptIds } from './kept-route-ids.ts';
import { publishApiVersion } from './publish.ts';
import { rollbackApiVersion } from './rollback.ts';
import { setDefinition } from './set-definition.ts';

const kit = testContext();
const worker = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 2 });
afterAll(() => Promise.all([kit.close(), worker.close()]));

const AT = { api: 'orders', version: 'v1' };
const when = (value: string) => [{ in: 'header' as const, name: 'x-plan', value }];
const route = (more: object = {}) => ({ method: 'GET' as const, path: '/orders/{id}', upstream: 'shop', ...more });
const set = (owner: Context, ...routes: ReturnType<typeof route>[]) =>
  setDefinition(owner, { ...AT, definition: { kind: 'rest', routes } });

async function served(tenantId: string) {
  const snapshot = await worker.within({}, (tx) => compileTenantSnapshot(tx, tenantId, 1));
  const target = snapshot?.apis[0]?.versions[0]?.target;
  if (target?.kind !== 'rest') throw new Error('serves no routes');
  return target.routes;
}

describe('routes that share an address', () => {
  it('reach the gateway each with its conditions, and keep their ids while they stay', async () => {
    const { owner, tenantId } = await kit.tenant();
    await withRestDraft(owner);
    await set(owner, route({ match: when('gold'), upstreamPath: '/gold' }), route());
    await publishApiVersion(owner, AT);
    const [gold, plain] = await served(tenantId);
    expect(gold).toMatchObject({ match: [{ name: 'x-plan', test: 'equals', value: 'gold' }], upstreamPath: '/gold' });
    expect(plain?.match).toBeUndefined();

    await set(owner, route({ match: when('silver') }), route(), route({ match: when('gold') }));
    const after = await served(tenantId);
    expect(after.map(({ id }) => id)).toEqual([expect.any(String), plain?.id, gold?.id]);
    expect(new Set(after.map(({ id }) => id)).size).toBe(3);

    await set(owner, route({ match: when('platinum') }), route());
    expect((await served(tenantId))[1]?.id).toBe(plain?.id);
    await rollbackApiVersion(owner, { ...AT, revision: 2 });
    expect((await served(tenantId)).map(({ match }) => match?.[0]?.value)).toEqual(['gold', undefined]);
    const { definition } = await getApiVersion(owner, AT);
    expect(definition).toMatchObject({ routes: [{ match: [{ value: 'gold' }] }, {}] });
  });

  it('can ask a body and an expression; a gateway that knows no expressions cannot read the conditions', async () => {
    const { owner, tenantId } = await kit.tenant();
    await withRestDraft(owner);
    const match = [{ in: 'body' as const, name: '/kind', value: 'gold' }];
    await set(owner, route({ match, when: 'request.body.n > 1' }), route({ when: 'plan == "gold"' }), route());
    await publishApiVersion(owner, AT);
    const [both, expression, plain] = await served(tenantId);
    expect(both?.match).toEqual([{ ...match[0], test: 'equals', not: false }, { when: 'request.body.n > 1' }]);
    expect(expression?.match).toEqual([{ when: 'plan == "gold"' }]);
    expect(plain?.match).toBeUndefined();
    await set(owner, route({ when: 'plan == "gold"' }), route({ match, when: 'request.body.n > 1' }), route());
    expect((await served(tenantId)).map(({ id }) => id)).toEqual([expression?.id, both?.id, plain?.id]);
    const { definition } = await getApiVersion(owner, AT);
    expect(definition).toMatchObject({ routes: [{ when: 'plan == "gold"' }, { when: 'request.body.n > 1' }, {}] });
  });

  it('are refused when they answer the same calls, are too many, or have a regex that RE2 does not read', async () => {
    const { owner } = await kit.tenant();
    await withRestDraft(owner);
    const issues = async (...routes: ReturnType<typeof route>[]) =>
      (await faultOf(set(owner, ...routes))).issues.map(({ path }) => path);
    expect(await issues(route(), route())).toEqual(['definition.routes.1.path']);
    expect(await issues(route({ match: when('a') }), route({ match: when('a') }))).toEqual([
      'definition.routes.1.path',
    ]);
    const bad = [{ in: 'query' as const, name: 'a', test: 'regex' as const, value: '(?=a)' }];
    expect(await issues(route({ match: bad }))).toEqual(['definition.routes.0.match.0.value']);
    const inBody = [{ in: 'body' as const, name: 'kind', value: 'a' }];
    expect(await issues(route({ match: inBody }))).toEqual(['definition.routes.0.match.0.name']);
    expect(await issues(route({ when: 'plan == "a"' }), route({ when: 'plan == "a"' }))).toEqual([
      'definition.routes.1.path',
    ]);
    const { issues: why } = await faultOf(set(owner, route({ when: 'plan == "a" &&\n plam == "b"' })));
    expect(why).toEqual([
      {
        path: 'definition.routes.0.when',
        message: expect.stringMatching(/no variable of that name.*line 2, column 2/),
      },
    ]);
    const many = Array.from({ length: 21 }, (_, at) => route({ match: when(`p${at}`) }));
    expect(await issues(...many)).toEqual(['definition.routes.20.match']);
  });
});

it('a changed condition takes over the id only where no route with the same address has it', () => {
  const predicate = (value: string) => [
    { in: 'header' as const, name: 'x', test: 'equals' as const, value, not: false },
  ];
  const at = { method: 'GET', path: '/a' };
  const before = [
    { ...at, id: '1', match: predicate('a') },
    { ...at, id: '2' },
  ];
  expect(keptIds(before, [{ ...at, match: predicate('b') }, at])).toEqual(['1', '2']);
  expect(keptIds(before, [at, { ...at, match: predicate('a') }])).toEqual(['2', '1']);
  expect(keptIds(before, [{ method: 'POST', path: '/a' }, at, { ...at, match: predicate('z') }])).toEqual([
    undefined,
    '2',
    '1',
  ]);
});
