import { z } from 'zod';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';

/** A management token as it may be shown again: never the secret. */
export const managementTokenShape = z.object({
  id: z.uuid(),
  name: z.string(),
  masked: z.string(),
  scopes: z.array(z.string()),
  state: z.enum(['active', 'expired', 'revoked']),
  /** Name of the person who made it, and whose role bounds it. */
  createdBy: z.string(),
  createdAt: timeShape,
  expiresAt: optionalTimeShape,
  revokedAt: optionalTimeShape,
  lastUsedAt: optionalTimeShape,
});

interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly masked: string;
  readonly scopes: string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export function managementTokenOut(row: TokenRow, createdBy: string): z.input<typeof managementTokenShape> {
  const expired = row.expiresAt !== null && row.expiresAt.getTime() <= Date.now();
  return {
    id: row.id,
    name: row.name,
    masked: row.masked,
    scopes: row.scopes,
    state: row.revokedAt ? 'revoked' : expired ? 'expired' : 'active',
    createdBy,
    createdAt: iso(row.createdAt),
    expiresAt: iso(row.expiresAt),
    revokedAt: iso(row.revokedAt),
    lastUsedAt: iso(row.lastUsedAt),
  };
}
