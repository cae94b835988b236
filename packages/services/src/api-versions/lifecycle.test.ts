import type { Database } from '@parley/db/client';
import { API_VERSION_LIFECYCLE, API_VERSION_STATES, type ApiVersionState } from '@parley/domain/api-version-lifecycle';
import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../apis/create.ts';

const kit = testContext();
afterAll(() => kit.close());

let tenantId: string;
let apiId: string;
beforeAll(async () => {
  const tenant = await kit.tenant();
  tenantId = tenant.tenantId;
  apiId = (await createApi(tenant.owner, { slug: 'any', name: 'Any', kind: 'rest' })).id;
});

/** Whether the database lets a version that was born in one state be written with another. */
async function databaseAllows(db: Database, from: ApiVersionState, to: ApiVersionState): Promise<boolean> {
  const id = newId();
  await db.within({ tenantId }, (tx) =>
    tx.apiVersion.create({ data: { tenantId, id, apiId, version: `v-${id}`, state: from } }),
  );
  return db
    .within({ tenantId }, (tx) =>
      tx.apiVersion.update({ where: { tenantId_id: { tenantId, id } }, data: { state: to } }),
    )
    .then(
      () => true,
      (error: unknown) => {
        if (String(error).includes('cannot move')) return false;
        throw error;
      },
    );
}

describe('the life of an API version', () => {
  const pairs = API_VERSION_STATES.flatMap((from) => API_VERSION_STATES.map((to) => [from, to] as const));

  it.each(pairs)('the database and the table of moves agree on %s → %s', async (from, to) => {
    const reachable = new Set<string>(Object.values(API_VERSION_LIFECYCLE[from]));
    expect(await databaseAllows(kit.db, from, to)).toBe(from === to || reachable.has(to));
  });
});
