import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, expect, test } from 'vitest';
import type { Context } from '../context.ts';
import { getCatalogueApi } from './get.ts';
import { listCatalogue } from './list.ts';

const t = testContext();
afterAll(() => t.close());

async function seenBy(context: Context, publisher: string): Promise<string[]> {
  const page = await listCatalogue(context, { publisher, limit: 100 });
  return page.items.map((item) => item.slug);
}

test('public, tenant and team APIs are seen by exactly those they are for, in the list and one by one', async () => {
  const publisher = await t.tenant('Acme');
  const stranger = await t.tenant('Elsewhere');
  const teamId = newId();
  await t.db.within({ tenantId: publisher.tenantId }, (tx) =>
    tx.team.create({ data: { tenantId: publisher.tenantId, id: teamId, slug: 'core', name: 'Core' } }),
  );
  for (const visibility of ['public', 'tenant', 'team'] as const) {
    await publishedApi(t.db, publisher.tenantId, {
      slug: visibility,
      visibility,
      ...(visibility === 'team' ? { teamId } : {}),
    });
  }
  const teammate = await publisher.as('developer');
  await t.db.within({ tenantId: publisher.tenantId }, async (tx) => {
    const membership = await tx.membership.findFirstOrThrow({ where: { userId: teammate.userId ?? '' } });
    await tx.teamMember.create({
      data: { tenantId: publisher.tenantId, id: newId(), teamId, membershipId: membership.id },
    });
  });

  const matrix: [string, Context, string[]][] = [
    ['a visitor', t.visitor, ['public']],
    ['a person with no tenant open', (await t.person()).context, ['public']],
    ['another tenant’s owner', stranger.owner, ['public']],
    ['a member outside the team', await publisher.as('developer'), ['public', 'tenant']],
    ['a member of the team', teammate, ['public', 'team', 'tenant']],
    ['one who may write APIs', await publisher.as('publisher'), ['public', 'team', 'tenant']],
  ];
  for (const [who, context, expected] of matrix) {
    expect((await seenBy(context, publisher.slug)).sort(), who).toEqual(expected);
    for (const api of ['public', 'tenant', 'team']) {
      const read = getCatalogueApi(context, { publisher: publisher.slug, api });
      if (expected.includes(api)) expect((await read).slug, who).toBe(api);
      else await expect(read, who).rejects.toMatchObject({ code: 'not_found' });
    }
  }
});

test('what was never published, or has only retired versions, is not in the catalogue', async () => {
  const { tenantId, slug, owner } = await t.tenant();
  const draft = await publishedApi(t.db, tenantId, { slug: 'draft' });
  const retired = await publishedApi(t.db, tenantId, { slug: 'retired' });
  await t.db.within({ tenantId }, async (tx) => {
    await tx.api.update({ where: { tenantId_id: { tenantId, id: draft.id } }, data: { publishedAt: null } });
    await tx.apiVersion.updateMany({ where: { apiId: retired.id }, data: { state: 'retired' } });
  });
  expect(await seenBy(owner, slug)).toEqual([]);
  await expect(getCatalogueApi(t.visitor, { publisher: slug, api: 'draft' })).rejects.toMatchObject({
    code: 'not_found',
  });
  const read = await getCatalogueApi(t.visitor, { publisher: slug, api: 'retired' });
  expect(read.versions.map((version) => version.state)).toEqual(['retired']);
});

test('words, category, tags and kind narrow the list; every word must occur and no character is special', async () => {
  const { tenantId, slug } = await t.tenant('Zebra Maps');
  const mark = newId();
  await publishedApi(t.db, tenantId, {
    slug: 'tiles',
    name: 'Map tiles',
    category: `Maps ${mark}`,
    tags: ['map', 'eu'],
  });
  await publishedApi(t.db, tenantId, {
    slug: 'rates',
    name: '100% rates',
    summary: `money ${mark}`,
    tags: ['fx', 'eu'],
  });
  const find = async (input: Parameters<typeof listCatalogue>[1]) =>
    (await listCatalogue(t.visitor, { publisher: slug, ...input })).items.map((item) => item.slug);
  expect(await find({ text: 'TILES zebra' })).toEqual(['tiles']);
  expect(await find({ text: `money ${mark}` })).toEqual(['rates']);
  expect(await find({ text: 'tiles money' })).toEqual([]);
  expect(await find({ text: '100%' })).toEqual(['rates']);
  expect(await find({ text: '%' })).toEqual(['rates']);
  expect(await find({ text: 'map_tiles' })).toEqual([]);
  expect(await find({ category: `Maps ${mark}` })).toEqual(['tiles']);
  expect(await find({ tags: 'eu' })).toEqual(['rates', 'tiles']);
  expect(await find({ tags: 'eu,fx' })).toEqual(['rates']);
  expect(await find({ kind: 'llm' })).toEqual([]);
  const { facets } = await listCatalogue(t.visitor, { limit: 1 });
  expect(facets?.kinds.find((facet) => facet.value === 'rest')?.apis).toBeGreaterThanOrEqual(2);
});

test('paging meets every API once, in order of name, also when names are the same', async () => {
  const { tenantId, slug } = await t.tenant();
  for (const name of ['beta', 'Alpha', 'beta', 'Gamma', 'beta']) await publishedApi(t.db, tenantId, { name });
  const names: string[] = [];
  const ids = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await listCatalogue(t.visitor, { publisher: slug, limit: 2, ...(cursor ? { cursor } : {}) });
    for (const item of page.items) {
      names.push(item.name);
      ids.add(item.id);
    }
    expect(page.facets === null).toBe(cursor !== undefined);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(names).toEqual(['Alpha', 'beta', 'beta', 'beta', 'Gamma']);
  expect(ids.size).toBe(5);
  await expect(listCatalogue(t.visitor, { cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid_input' });
});
