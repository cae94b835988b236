import { createHash } from 'node:crypto';
import type { ApplicationSnapshot, IdentityKind } from './snapshot.ts';

/** Purpose under which an identity's shared secret is sealed. */
export const IDENTITY_SECRET = 'application_identity';

/** Names that lead to an application's document, beside the hashes of its secrets. */
export const applicationNames = {
  /** An identity's. Hashed, since issuers and subjects can be long and are nobody else's business. */
  identity: (kind: IdentityKind, issuer: string, subject: string) =>
    `${kind}:${createHash('sha256')
      .update(JSON.stringify([issuer, subject]))
      .digest('base64url')}`,
  /** Of its tenant and short name. */
  slug: (tenantId: string, slug: string) => `application:${tenantId}/${slug}`,
} as const;

/** Every name that leads to an application: in the index that the worker writes, and in a gateway's memory. */
export function namesOfApplication(doc: ApplicationSnapshot): string[] {
  return [
    ...doc.keys.map((key) => key.hash),
    ...(doc.identities ?? []).map((one) => applicationNames.identity(one.kind, one.issuer, one.subject)),
    ...(doc.certificates ?? []).map((one) => applicationNames.identity('certificate', one.issuer, one.subject)),
    ...(doc.slug === undefined ? [] : [applicationNames.slug(doc.tenantId, doc.slug)]),
  ];
}
