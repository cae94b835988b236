import type { Database } from '@parley/db/client';
import type { Producer } from '@parley/jobs/producer';
import type { Clock } from '@parley/kernel/clock';
import type { DataKey } from '@parley/kernel/seal';
import type { StripeAccess } from '@parley/services/stripe/access';
import type { Logger } from '@parley/telemetry/logger';
import type { Metrics } from '@parley/telemetry/metrics';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { Mailer } from './mailer.ts';

/** Everything a job may use; made once, in `main.ts`. */
export interface Ports {
  /** Prisma as `parley_worker`: sees all tenants, so every query names its tenant itself. */
  readonly db: Database;
  /** The same database without Prisma, for what is fast or raw. */
  readonly pool: Pool;
  readonly redis: Redis;
  /** Prefix of the queues' keys. */
  readonly queuePrefix: string;
  readonly producer: Producer;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Where links in mails lead to. */
  readonly portalUrl: string;
  /** For calls of tenants' own providers. */
  readonly providers: { readonly masterKey: DataKey; readonly allowedPrivate: readonly string[] };
  /** The operator's share of revenue, in millionths. */
  readonly platformSharePpm: number;
  /** The operator's Stripe account; `null`: Stripe is off. */
  readonly stripe: StripeAccess | null;
  /** Name of this process in the list of workers. */
  readonly node: string;
}
