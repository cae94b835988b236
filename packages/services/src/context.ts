import type { Database } from '@parley/db/client';
import type { Permission } from '@parley/domain/permissions';
import { Fault } from '@parley/kernel/fault';
import type { DataKey } from '@parley/kernel/seal';
import type { ReadTxt } from './hosts/read-txt.ts';
import type { StripeAccess } from './stripe/access.ts';

/** Who acts. A token acts for the tenant that made it; the system acts in jobs and at bootstrap. */
export interface Actor {
  readonly kind: 'user' | 'token' | 'system' | 'anonymous';
  readonly id: string | null;
  /** Shown in the audit log: name and e-mail, or the token's name. */
  readonly label: string;
}

/** What the operator has set, as far as verbs need it. */
export interface ServiceSettings {
  readonly masterKey: DataKey;
  readonly keyPepper: string;
  readonly portalUrl: string;
  readonly gatewayUrl: string;
  /** Signs calls to the gateway; `null` or absent: nothing is asked of it. */
  readonly internalSecret?: string | null;
  /** CIDR ranges that upstreams and providers may use although they are private. */
  readonly allowedPrivate: readonly string[];
  /** Reads TXT records; the system's name servers unless told. */
  readonly readTxt?: ReadTxt;
  /** The operator's Stripe account; `null` or absent: Stripe is off. */
  readonly stripe?: StripeAccess | null;
}

/** Everything a verb may use. Built once per request by the portal, the management API, or a job. */
export interface Context {
  readonly db: Database;
  readonly settings: ServiceSettings;
  readonly actor: Actor;
  /** The open tenant; `null` for verbs about a person rather than a tenant (sign-up, accept an invitation). */
  readonly tenantId: string | null;
  /** The signed-in person; `null` for tokens and visitors. */
  readonly userId: string | null;
  readonly permissions: ReadonlySet<Permission>;
}

/** The open tenant, or a fault that says to choose one. */
export function tenantOf(context: Context): string {
  if (!context.tenantId) throw new Fault('forbidden', 'Choose a tenant first.');
  return context.tenantId;
}

/** The signed-in person, or a fault that asks to sign in. */
export function personOf(context: Context): string {
  if (!context.userId) throw new Fault('unauthenticated', 'Sign in first.');
  return context.userId;
}
