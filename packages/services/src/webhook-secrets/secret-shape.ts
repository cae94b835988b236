import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { slugShape, timeShape } from '../shapes.ts';
import { secretOut, secretShape } from '../webhook-destinations/destination-shape.ts';

/** How a policy names a secret of its application. */
export const secretName = slugShape.default('default').describe('Name by which the policy “inbound” means it.');

/** A secret with which a third party signs: the current one, and those whose overlap has not ended. */
export const webhookSecretShape = z.object({
  name: z.string(),
  createdAt: timeShape,
  /** The current one first. */
  secrets: z.array(secretShape),
});

/** Secrets of an application that verify now, by name. */
export async function readWebhookSecrets(
  tx: Transaction,
  tenantId: string,
  applicationId: string,
): Promise<z.input<typeof webhookSecretShape>[]> {
  const rows = await tx.webhookSecret.findMany({
    where: { tenantId, applicationId, use: 'verify', OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] },
    orderBy: [{ name: 'asc' }, { expiresAt: { sort: 'desc', nulls: 'first' } }, { createdAt: 'desc' }],
  });
  return [...Map.groupBy(rows, ({ name }) => name)].map(([name, group]) => ({
    name,
    createdAt: (group[0] as (typeof rows)[number]).createdAt.toISOString(),
    secrets: group.map(secretOut),
  }));
}
