import type { Transaction } from '@parley/db/client';
import { newId } from '@parley/kernel/id';
import { hashSecretToken, maskSecretToken, newSecretToken } from '@parley/kernel/secret-token';

/** Makes a secret of a key and stores its keyed hash; returns the secret itself, which is kept nowhere. */
export async function addSecret(
  tx: Transaction,
  key: { tenantId: string; keyId: string; pepper: string },
): Promise<{ secret: string; masked: string }> {
  const secret = newSecretToken('pk_live');
  const masked = maskSecretToken(secret);
  await tx.apiKeySecret.create({
    data: {
      tenantId: key.tenantId,
      id: newId(),
      keyId: key.keyId,
      hash: hashSecretToken(secret, key.pepper),
      masked,
    },
  });
  return { secret, masked };
}
