import type { ApplicationSnapshot } from '@parley/contracts/snapshot';
import { systemClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import { parseMasterKey } from '@parley/kernel/seal';
import { noopLogger } from '@parley/telemetry/logger';
import { expect, it } from 'vitest';
import { api, application, MASTER_KEY, publisher, subscription, upstream } from '../../../test/documents.ts';
import type { Exchange } from '../../exchange.ts';
import type { Ports } from '../../ports/ports.ts';
import { compileApplication } from '../../snapshot/compile-application.ts';
import { compileTenant } from '../../snapshot/compile-tenant.ts';
import { stillAllowed } from './still-allowed.ts';

const pub = publisher('shop');
const route = { id: newId(), method: 'GET' as const, path: '/live', upstreamPath: null, policies: { webSocket: {} } };
const made = api(pub, 'live', {
  kind: 'rest',
  routes: [{ ...route, upstreamId: upstream(pub, 'http://127.0.0.1:1').id }],
});
const tenant = compileTenant(pub.doc, parseMasterKey(MASTER_KEY), noopLogger);
const [keyId, certificateId, identityId] = [newId(), newId(), newId()];
const key = { id: keyId, hash: 'h', expiresAtMs: null, revokedAtMs: null };
const doc: ApplicationSnapshot = {
  ...application([subscription(pub, made)], [key]),
  identities: [{ id: identityId, kind: 'client', issuer: 'https://id.test', subject: 'a', sealed: null, scopes: [] }],
  certificates: [{ id: certificateId, issuer: 'CN=x', subject: 'dns:a', scopes: [] }],
};

/** What is said of a connection by the credential with this id, when the application's document is now this one. */
async function judge(id: string, now: ApplicationSnapshot | null): Promise<string | null> {
  const caller = { application: compileApplication(doc), key: { id, expiresAtMs: null, revokedAtMs: null } };
  const [version] = tenant.doc.apis[0]?.versions ?? [];
  const exchange = { caller, api: made, version, route } as unknown as Exchange;
  const snapshot = {
    applicationById: () => (now === null ? 'unavailable' : compileApplication(now)),
    tenantById: () => tenant,
  };
  const ports = { snapshot, clock: systemClock } as unknown as Ports;
  const refused = await stillAllowed({ application: caller.application, tenant }, exchange, ports);
  return refused?.code ?? null;
}

it('keeps connections by every kind of credential that is still there, and ends those whose is gone', async () => {
  const bare = { ...doc, keys: [], identities: [], certificates: [] };
  for (const id of [keyId, certificateId, identityId]) {
    expect(await judge(id, doc)).toBeNull();
    expect(await judge(id, bare)).toBe('key_revoked');
  }
  // By a token of nobody registered, which counts to the application itself.
  expect(await judge(doc.applicationId, bare)).toBeNull();
});

it('ends nothing while nobody can tell', async () => {
  expect(await judge(keyId, null)).toBeNull();
});

it('ends by what the newest documents say of key and subscription', async () => {
  expect(await judge(keyId, { ...doc, keys: [{ ...key, revokedAtMs: 1 }] })).toBe('key_revoked');
  expect(await judge(keyId, { ...doc, keys: [{ ...key, expiresAtMs: 1 }] })).toBe('key_expired');
  expect(await judge(keyId, { ...doc, subscriptions: [] })).toBe('not_subscribed');
});
