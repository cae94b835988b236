import { bodiesPurpose } from '@parley/contracts/call-bodies';
import { BUILT_IN_ROLES } from '@parley/domain/permissions';
import { newId } from '@parley/kernel/id';
import { openDataKey, sealBuffer } from '@parley/kernel/seal';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { listAudit } from '../audit/list.ts';
import { callStore } from './calls.suite.ts';
import { getRequest } from './get.ts';
import { readBodies } from './read-bodies.ts';

const t = testContext();
const calls = callStore();
afterAll(() => Promise.all([t.close(), calls.close()]));

const HOUR_MS = 3_600_000;
const KEPT = { request: { text: '{"a":1}', form: 'json', cut: false }, response: null, redacted: 3 };

/** A call whose bodies are kept, as the worker keeps them. */
async function keptCall(tenantId: string, keepForMs = HOUR_MS): Promise<string> {
  const [id = ''] = await calls.store({ tenantId });
  await calls.db.within({}, async (tx) => {
    const { sealed } = await tx.tenantKey.findFirstOrThrow({ where: { tenantId } });
    const key = openDataKey(t.settings.masterKey, sealed, tenantId);
    const bytes = sealBuffer(key, Buffer.from(JSON.stringify(KEPT)), bodiesPurpose(id));
    await tx.callBodies.create({
      data: { tenantId, id, sealed: new Uint8Array(bytes), keepUntil: new Date(Date.now() + keepForMs) },
    });
  });
  return id;
}

test('who holds the permission reads what is kept, and each reading stands in the audit log', async () => {
  const { tenantId, owner } = await t.tenant();
  const id = await keptCall(tenantId);
  expect((await getRequest(owner, { id })).bodiesUntil).not.toBeNull();
  expect(await readBodies(owner, { id })).toMatchObject(KEPT);
  await readBodies(owner, { id });
  const { items } = await listAudit(owner, {});
  const readings = items.filter(({ action }) => action === 'requests.readBodies');
  expect(readings).toHaveLength(2);
  expect(JSON.stringify(readings)).toContain(id);
  expect(JSON.stringify(items)).not.toContain('{\\"a');
});

test('nobody else does: without the permission, of another tenant, or after its time', async () => {
  const tenant = await t.tenant();
  const id = await keptCall(tenant.tenantId);
  await expect(readBodies(await tenant.as(['usage.read']), { id })).rejects.toMatchObject({ code: 'forbidden' });
  const stranger = await t.tenant();
  await expect(readBodies(stranger.owner, { id })).rejects.toMatchObject({ code: 'not_found' });
  const late = await keptCall(tenant.tenantId, -1);
  await expect(readBodies(tenant.owner, { id: late })).rejects.toMatchObject({ code: 'not_found' });
  expect((await getRequest(tenant.owner, { id: late })).bodiesUntil).toBeNull();
  await expect(readBodies(tenant.owner, { id: newId() })).rejects.toMatchObject({ code: 'not_found' });
});

test('of the built-in roles only owner and admin hold the permission', () => {
  const holders = Object.entries(BUILT_IN_ROLES).filter(([, { permissions }]) => permissions.includes('bodies.read'));
  expect(holders.map(([role]) => role)).toEqual(['owner', 'admin']);
});
