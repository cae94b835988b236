import { redisKeys } from '@parley/contracts/redis-keys';
import type { ApplicationSnapshot } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import { prepaidCredit } from '@parley/db/repositories/prepaid';
import { NEVER_MS } from '@parley/domain/limits/limit-period';
import type { Redis } from 'ioredis';
import { accrueMarked } from '../jobs/billing-accrue/accrue-marked.ts';
import { recomputeHour } from '../jobs/usage-rollup/recompute.ts';
import { RESTORE } from '../limits/scripts.ts';
import type { Ports } from '../ports.ts';
import { ALIGN } from './scripts.ts';

/** So long nothing may have moved before what nobody will book any more is given back: calls are stored and rated within minutes. */
const QUIET_MS = 15 * 60_000;
const PAGE = 500;

/** A customer's calls on plans of one publisher that are paid from credit. */
interface Customer {
  readonly tenantId: string;
  readonly consumerTenantId: string;
}

interface Charged extends Customer {
  readonly chargedNano: bigint;
  /** Nothing of it waits to be rated. */
  readonly settled: boolean;
}

const CUSTOMERS = `
SELECT DISTINCT s.tenant_id, s.consumer_tenant_id FROM subscriptions s
JOIN subscription_segments g ON g.tenant_id = s.tenant_id AND g.subscription_id = s.id
JOIN plan_prices p ON p.tenant_id = g.tenant_id AND p.id = g.price_id AND p.pricing ->> 'collection' = 'prepaid'`;

/** Those whose credit is counted, and what is booked as charged. Hours that lately ended or still run are added up again and again. */
const CHARGED = `
SELECT c.tenant_id, c.consumer_tenant_id, coalesce(a.prepaid_charged_nano, 0)::text AS charged,
  NOT EXISTS (SELECT 1 FROM rating_marks m JOIN subscriptions s ON s.tenant_id = m.tenant_id AND s.id = m.subscription_id
    WHERE m.tenant_id = c.tenant_id AND s.consumer_tenant_id = c.consumer_tenant_id)
  AND NOT EXISTS (SELECT 1 FROM rollup_dirty_hours h WHERE h.tenant_id = c.tenant_id AND h.hour < now() - interval '75 minutes') AS settled
FROM (${CUSTOMERS}) AS c
LEFT JOIN billing_accounts a ON a.tenant_id = c.tenant_id AND a.consumer_tenant_id = c.consumer_tenant_id
WHERE (c.tenant_id, c.consumer_tenant_id) > ($1::uuid, $2::uuid)
ORDER BY 1, 2 LIMIT ${PAGE}`;

const FIRST = '00000000-0000-0000-0000-000000000000';

async function* chargedCustomers({ pool }: Pick<Ports, 'pool'>): AsyncGenerator<Charged> {
  let after: readonly [string, string] = [FIRST, FIRST];
  while (true) {
    const { rows } = await pool.query<{
      tenant_id: string;
      consumer_tenant_id: string;
      charged: string;
      settled: boolean;
    }>(CHARGED, [...after]);
    for (const { tenant_id: tenantId, consumer_tenant_id: consumerTenantId, charged, settled } of rows) {
      yield { tenantId, consumerTenantId, chargedNano: positive(BigInt(charged)), settled };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = [last.tenant_id, last.consumer_tenant_id];
  }
}

/** Counters never fall below nothing. */
function positive(nano: bigint): bigint {
  return nano < 0n ? 0n : nano;
}

function counterOf({ tenantId, consumerTenantId }: Customer): readonly [counter: string, held: string] {
  const counter = redisKeys.creditCounter(tenantId, consumerTenantId);
  return [counter, `${counter}:held`];
}

/** Brings one counter to what is booked. Counters that Redis has lost come back by being restored. */
async function align(redis: Redis, of: Charged, quietMs: number): Promise<void> {
  if ((await redis.exists(redisKeys.limitEpoch)) === 0) return;
  await redis.eval(ALIGN, 2, ...counterOf(of), of.chargedNano.toString(), of.settled ? 1 : 0, quietMs, NEVER_MS);
}

/** Raises the counters of a customer's credit to what is booked: so does one that is new, or that gateways have not counted by yet. */
export async function seedCredit(
  tx: Transaction,
  redis: Redis,
  { tenantId, subscriptions }: ApplicationSnapshot,
): Promise<void> {
  const publishers = subscriptions.flatMap(({ credit, publisherTenantId }) => (credit ? [publisherTenantId] : []));
  for (const publisher of new Set(publishers)) {
    const of = { tenantId: publisher, consumerTenantId: tenantId };
    const { chargedNano } = await prepaidCredit(tx, of);
    await align(redis, { ...of, chargedNano: positive(chargedNano), settled: false }, QUIET_MS);
  }
}

/**
 * Compares all counters with what is booked. One that says less is raised: by calls that came late after Redis had lost its data, or
 * that were charged without having been let in. One that says more, though nothing of it has moved for a while, runs or waits to be
 * rated, is lowered: what calls of dead nodes held and never cost, and the parts of nano-units that a month's rating rounds away.
 */
export async function alignCredit(ports: Pick<Ports, 'pool' | 'redis'>, quietMs = QUIET_MS): Promise<void> {
  for await (const one of chargedCustomers(ports)) await align(ports.redis, one, quietMs);
}

/** Books everything that is stored of these customers' calls. */
async function bookAll(ports: Ports): Promise<void> {
  const { rows: hours } = await ports.pool.query<{ tenant_id: string; hour: Date }>(
    `SELECT tenant_id, hour FROM rollup_dirty_hours WHERE tenant_id IN (SELECT tenant_id FROM (${CUSTOMERS}) AS c)`,
  );
  for (const { tenant_id: tenantId, hour } of hours) await recomputeHour(ports.pool, { tenantId, hour });
  const { rows: marks } = await ports.pool.query<{ tenant_id: string; subscription_id: string }>(
    `SELECT m.tenant_id, m.subscription_id FROM rating_marks m JOIN subscriptions s ON s.tenant_id = m.tenant_id AND s.id = m.subscription_id
     JOIN (${CUSTOMERS}) AS c ON c.tenant_id = s.tenant_id AND c.consumer_tenant_id = s.consumer_tenant_id`,
  );
  for (const { tenant_id: tenantId, subscription_id: subscriptionId } of marks) {
    try {
      await accrueMarked(ports, { tenantId, subscriptionId });
    } catch (error) {
      // It keeps no other waiting; what is booked of it later raises its counter then.
      ports.log.error('a subscription could not be rated while credit was restored', {
        tenantId,
        subscriptionId,
        error,
      });
    }
  }
}

/**
 * Restores what calls were charged after Redis has lost it, as part of a restoration (`mark`): all that is stored is booked first.
 * False where Redis lost its data again meanwhile.
 */
export async function restoreCredit(ports: Ports, mark: string, cutoffMs: number): Promise<boolean> {
  await bookAll(ports);
  for await (const one of chargedCustomers(ports)) {
    const keys = [redisKeys.limitRebuilding, ...counterOf(one)];
    const charged = one.chargedNano.toString();
    const reply = await ports.redis.eval(RESTORE, 3, ...keys, mark, 0, NEVER_MS, charged, cutoffMs);
    if (reply === -1) return false;
  }
  return true;
}
