import type { Transaction } from '@parley/db/client';
import { type DataKey, openDataKey } from '@parley/kernel/seal';

/**
 * The open tenant's data key, opened with the operator's master key. Throws when the master key is not the one the
 * tenant was made with.
 */
export async function tenantDataKey(tx: Transaction, masterKey: DataKey, tenantId: string): Promise<DataKey> {
  const row = await tx.tenantKey.findFirstOrThrow({ where: { tenantId }, orderBy: { createdAt: 'desc' } });
  return openDataKey(masterKey, row.sealed, tenantId);
}

/** What may be shown of a third party's secret: its ends when it is long enough to keep its middle secret. */
export function maskSecret(secret: string): string {
  if (secret.length >= 20) return `${secret.slice(0, 4)}…${secret.slice(-4)}`;
  return secret.length >= 10 ? `…${secret.slice(-2)}` : '…';
}
