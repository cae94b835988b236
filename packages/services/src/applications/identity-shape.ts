import { IDENTITY_KINDS } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { iso, timeShape } from '../shapes.ts';

/** An identity: what an application is known by besides its keys. */
export const identityShape = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.enum(IDENTITY_KINDS),
  /** Of a client: the `iss` of its tokens; of a certificate: name of its issuer, or `sha256` with a thumbprint; else empty. */
  issuer: z.string(),
  subject: z.string(),
  /** Of a shared secret or certificate; the scopes of a client are in its tokens. */
  scopes: z.array(z.string()),
  /** Beginning and end of a shared secret. */
  masked: z.string().nullable(),
  createdAt: timeShape,
});
/** An identity as it was made: the only time its secret can be read. */
export const revealedIdentityShape = identityShape.extend({
  secret: z.string().nullable().describe('Of a shared secret: shown this once.'),
});
export type IdentityView = z.input<typeof identityShape>;

/** Identities of an application by name, or the one of that id. */
export async function readIdentities(
  tx: Transaction,
  tenantId: string,
  which: { applicationId: string; id?: string },
): Promise<IdentityView[]> {
  const rows = await tx.applicationIdentity.findMany({ where: { tenantId, ...which }, orderBy: { name: 'asc' } });
  return rows.map(({ id, name, kind, issuer, subject, scopes, masked, createdAt }) => ({
    id,
    name,
    kind,
    issuer,
    subject,
    scopes,
    masked,
    createdAt: iso(createdAt),
  }));
}
