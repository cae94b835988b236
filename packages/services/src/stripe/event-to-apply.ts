import type { Database } from '@parley/db/client';
import type { StripeAccess } from './access.ts';

/** What an event's handler gets: what it is about, and where to look. */
export interface EventToApply {
  readonly access: StripeAccess;
  readonly db: Database;
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly objectId: string | null;
    readonly customerId: string | null;
  };
  readonly now: Date;
  /** The operator's share of revenue, in millionths: given up with a refund, as it was taken. */
  readonly platformSharePpm: number;
}

/** What came of an event: in words for the page, and whose it was. */
export interface Applied {
  readonly outcome: string;
  readonly publisherId: string | null;
}

export const NOT_OURS: Applied = { outcome: 'Not about anything of Parley’s.', publisherId: null };
