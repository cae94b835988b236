import { setTimeout as delay } from 'node:timers/promises';
import { type LimitEpoch, limitEpochSchema } from '@parley/contracts/limit-epoch';
import { redisKeys } from '@parley/contracts/redis-keys';
import { limitPeriod } from '@parley/domain/limits/limit-period';
import { newId } from '@parley/kernel/id';
import { compileTenantSnapshot } from '@parley/services/snapshots/compile-tenant';
import { restoreBudgets } from '../budgets/counters.ts';
import { restoreCredit } from '../credit/counters.ts';
import type { Ports } from '../ports.ts';
import { type RestoredRule, restoredRules } from './restored-rules.ts';
import { CORRECT, FINISH_RESTORING, MARK, RESTORE } from './scripts.ts';
import { usedAmounts } from './used-amounts.ts';

/** Nodes say within a third of 15 seconds what their calls hold; what they hold is then in what is restored. */
const WAIT_FOR_NODES_MS = 6_000;
const MARKER_SECONDS = 35 * 86_400;
const PAGE = 200;
const AT_ONCE = 200;

type Rules = () => AsyncIterable<RestoredRule> | Iterable<RestoredRule>;

interface RestoreOptions {
  /** All there are, unless told. */
  readonly rules?: Rules;
  /** How long gateways get to say what their calls hold, once there is usage at all. */
  readonly waitMs?: number;
}

/** Redis has lost its data in the middle, or another worker restores as well. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Whether counters are whole, and since when. */
export async function limitEpoch(redis: Ports['redis']): Promise<LimitEpoch | null> {
  const text = await redis.get(redisKeys.limitEpoch);
  return text === null ? null : limitEpochSchema.parse(JSON.parse(text));
}

/** The publishers' rules whose counters must not begin anew, a page of publishers at a time. */
async function* rulesOf(ports: Ports): AsyncGenerator<RestoredRule> {
  let after = '00000000-0000-0000-0000-000000000000';
  while (true) {
    // Whoever has no subscriber was called by nobody.
    const { rows } = await ports.pool.query<{ tenant_id: string }>(
      `SELECT DISTINCT tenant_id FROM subscriptions WHERE tenant_id > $1 ORDER BY tenant_id LIMIT ${PAGE}`,
      [after],
    );
    for (const { tenant_id: id } of rows) {
      try {
        const doc = await ports.db.within({}, (tx) => compileTenantSnapshot(tx, id, 0));
        if (doc !== null) yield* restoredRules(doc);
      } catch (error) {
        // Gateways do not serve it either; the republish tells of it.
        ports.log.error('the limits of a publisher could not be read', { tenantId: id, error });
      }
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.tenant_id;
  }
}

async function timeOf(redis: Ports['redis']): Promise<number> {
  const [seconds = 0, micros = 0] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

/**
 * Restores what must not begin anew of limits from usage events, after Redis has lost it, and says so to gateways; these let
 * nobody in by such limits before. What no event tells yet — calls that run, segments on their way — is held by the nodes that
 * still run them, or added by `correctCounters`. Throws where Redis loses its data again meanwhile.
 */
export async function restoreCounters(
  ports: Ports,
  { rules = () => rulesOf(ports), waitMs = WAIT_FOR_NODES_MS }: RestoreOptions = {},
): Promise<void> {
  const { redis, pool } = ports;
  if ((await redis.exists(redisKeys.limitEpoch)) === 1) return;
  const mark = newId();
  await redis.set(redisKeys.limitRebuilding, mark);
  const { rows: some } = await pool.query('SELECT 1 FROM usage_events LIMIT 1');
  if (some.length > 0) await delay(waitMs);
  const epoch: LimitEpoch = { id: newId(), cutoffMs: await timeOf(redis) };
  const markers = new Set<string>();
  let counters = 0;
  for await (const rule of rules()) {
    const period = limitPeriod(rule.rule, rule.timeZone, epoch.cutoffMs);
    if (period === null) continue;
    const used = await usedAmounts(pool, rule, period, epoch.cutoffMs);
    const edges = [period.startMs, period.endMs];
    for (let from = 0; from < used.length; from += AT_ONCE) {
      const replies = await Promise.all(
        used.slice(from, from + AT_ONCE).map(({ counter, amount }) => {
          const keys = [redisKeys.limitRebuilding, counter, `${counter}:held`];
          return redis.eval(RESTORE, 3, ...keys, mark, ...edges, amount.toString(), epoch.cutoffMs);
        }),
      );
      if (replies.includes(-1)) throw new Interrupted('counters were lost again while they were restored');
    }
    for (const { marker } of used) markers.add(marker);
    counters += used.length;
  }
  if (!(await restoreBudgets(ports, mark, epoch.cutoffMs)) || !(await restoreCredit(ports, mark, epoch.cutoffMs))) {
    throw new Interrupted('counters were lost again while they were restored');
  }
  for (const marker of markers) {
    const done = await redis.eval(MARK, 2, redisKeys.limitRebuilding, marker, mark, epoch.id, MARKER_SECONDS);
    if (done === -1) throw new Interrupted('counters were lost again while they were restored');
  }
  const keys = [redisKeys.limitRebuilding, redisKeys.limitEpoch, redisKeys.limitRebuildAsked];
  const done = await redis.eval(FINISH_RESTORING, 3, ...keys, mark, JSON.stringify(epoch));
  if (done === -1) throw new Interrupted('counters were lost again while they were restored');
  ports.log.info('counters of limits were restored from usage events', { counters, slots: markers.size });
}

/** Adds to restored counters what events have come since of calls from before. Returns how many counters changed. */
export async function correctCounters(
  ports: Ports,
  epoch: LimitEpoch,
  rules: Rules = () => rulesOf(ports),
): Promise<number> {
  let changed = 0;
  for await (const rule of rules()) {
    const period = limitPeriod(rule.rule, rule.timeZone, await timeOf(ports.redis));
    if (period === null || period.startMs >= epoch.cutoffMs) continue;
    for (const { counter, amount } of await usedAmounts(ports.pool, rule, period, epoch.cutoffMs)) {
      const edges = [period.startMs, period.endMs];
      const reply = await ports.redis.eval(CORRECT, 1, counter, ...edges, epoch.cutoffMs, amount.toString());
      changed += Number(reply);
    }
  }
  if (changed > 0) ports.log.info('counters of limits were corrected by late usage events', { counters: changed });
  return changed;
}
