import { openDatabase } from '@parley/db/client';
import { parseMasterKey } from '@parley/kernel/seal';
import type { Context, ServiceSettings } from '../context.ts';

/** What every context stands on, whoever acts. */
export type Ground = Pick<Context, 'db' | 'settings'>;

/**
 * Opens the database and reads the operator's settings, once per process. `masterKey` is 32 bytes in base64; throws when
 * it is not.
 */
export function openGround(
  options: Omit<ServiceSettings, 'masterKey'> & { databaseUrl: string; masterKey: string; poolSize?: number },
): Ground {
  const { databaseUrl, poolSize, masterKey, ...settings } = options;
  return {
    db: openDatabase({ url: databaseUrl, ...(poolSize === undefined ? {} : { poolSize }) }),
    settings: { ...settings, masterKey: parseMasterKey(masterKey) },
  };
}

/** A visitor who has not signed in: public verbs only. */
export function anonymousContext(ground: Ground): Context {
  return {
    ...ground,
    actor: { kind: 'anonymous', id: null, label: 'a visitor' },
    tenantId: null,
    userId: null,
    permissions: new Set(),
  };
}
