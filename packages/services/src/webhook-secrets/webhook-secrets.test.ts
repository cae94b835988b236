import { WEBHOOK_SECRET } from '@parley/contracts/deliveries';
import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { open } from '@parley/kernel/seal';
import { webhookKey } from '@parley/kernel/standard-webhooks';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { listAudit } from '../audit/list.ts';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';
import { compileApplicationSnapshot } from '../snapshots/compile-application.ts';
import { faultOf } from '../test/publisher.ts';
import { listWebhookSecrets } from './list.ts';
import { removeWebhookSecret } from './remove.ts';
import { setWebhookSecret } from './set.ts';

const t = testContext();
const worker = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 2 });
afterAll(async () => {
  await worker.close();
  await t.close();
});

async function withApplication() {
  const tenant = await t.tenant();
  const application = await createApplication(tenant.owner, { slug: 'hooks', name: 'Hooks' });
  return { ...tenant, applicationId: application.id };
}

const GIVEN = 'a-secret-that-github-shows';

test('a secret is kept sealed, and reaches the gateways with its overlap', async () => {
  const { owner, tenantId, applicationId } = await withApplication();
  expect(await setWebhookSecret(owner, { application: 'hooks', name: 'github', secret: GIVEN })).toEqual({
    name: 'github',
    secret: null,
    overlapEndsAt: null,
  });
  const made = await setWebhookSecret(owner, { application: 'hooks', name: 'github', overlapHours: 1 });
  expect(webhookKey(made.secret ?? '')).toHaveLength(32);
  const snapshot = await worker.within({}, (tx) => compileApplicationSnapshot(tx, applicationId, 1));
  const dataKey = await worker.within({}, (tx) => tenantDataKey(tx, t.settings.masterKey, tenantId));
  const opened = snapshot?.webhookSecrets?.map(({ name, sealed, expiresAtMs }) => [
    name,
    open(dataKey, sealed, WEBHOOK_SECRET),
    expiresAtMs === null ? null : Math.round((expiresAtMs - Date.now()) / 3_600_000),
  ]);
  expect(opened).toEqual([
    ['github', GIVEN, 1],
    ['github', made.secret, null],
  ]);
  expect(snapshot?.sealedDataKey).toBeTypeOf('string');
  const told = JSON.stringify([await listWebhookSecrets(owner, { application: 'hooks' }), await listAudit(owner, {})]);
  expect(told).not.toContain(GIVEN);
  expect(told).not.toContain(made.secret);
});

test('a secret whose overlap has ended, or that was removed, is not told to the gateways', async () => {
  const { owner, applicationId } = await withApplication();
  await setWebhookSecret(owner, { application: 'hooks', secret: GIVEN });
  await setWebhookSecret(owner, { application: 'hooks', overlapHours: 0 });
  const compile = () => worker.within({}, (tx) => compileApplicationSnapshot(tx, applicationId, 1));
  expect((await compile())?.webhookSecrets?.map(({ expiresAtMs }) => expiresAtMs)).toEqual([null]);
  expect((await listWebhookSecrets(owner, { application: 'hooks' })).items).toMatchObject([
    { name: 'default', secrets: [{ expiresAt: null }] },
  ]);
  await removeWebhookSecret(owner, { application: 'hooks', name: 'default' });
  expect(await compile()).not.toHaveProperty('webhookSecrets');
  expect((await faultOf(removeWebhookSecret(owner, { application: 'hooks', name: 'default' }))).code).toBe('not_found');
});

test.each(['short', 'with spaces in the middle of it', `x${'y'.repeat(500)}`])('is no secret: %s', async (secret) => {
  const { owner } = await withApplication();
  const fault = await faultOf(setWebhookSecret(owner, { application: 'hooks', secret }));
  expect([fault.code, fault.issues[0]?.path]).toEqual(['invalid_input', 'secret']);
});

test('set twice at once leave one current secret', async () => {
  const { owner } = await withApplication();
  await Promise.all([1, 2, 3].map(() => setWebhookSecret(owner, { application: 'hooks', overlapHours: 0 })));
  const { items } = await listWebhookSecrets(owner, { application: 'hooks' });
  expect(items[0]?.secrets).toHaveLength(1);
});

test('another tenant’s application does not exist, and a viewer changes nothing', async () => {
  const [mine, theirs] = [await withApplication(), await t.tenant()];
  await setWebhookSecret(mine.owner, { application: 'hooks', secret: GIVEN });
  const by = { application: mine.applicationId, name: 'default' };
  for (const verb of [listWebhookSecrets, setWebhookSecret, removeWebhookSecret]) {
    expect((await faultOf(verb(theirs.owner, by))).code, verb.spec.name).toBe('not_found');
  }
  const viewer = await mine.as('viewer');
  expect((await listWebhookSecrets(viewer, { application: 'hooks' })).items).toHaveLength(1);
  expect((await faultOf(setWebhookSecret(viewer, { application: 'hooks' }))).code).toBe('forbidden');
});
