import { redisKeys } from '@parley/contracts/redis-keys';
import type { Transaction } from '@parley/db/client';
import type { Redis } from 'ioredis';
import { RESTORE } from '../limits/scripts.ts';
import type { Ports } from '../ports.ts';
import { readBudgets } from './read.ts';

/** Kept through a time without calls; every evaluation renews it. */
const KEEP_MS = 45 * 86_400_000;

/**
 * KEYS: a budget's counter, as the gateways' limiter has it, and what running calls hold of it. ARGV: begin of the period, what
 * is stored as spent, how long it is kept. Never lowers: what gateways know of and is not stored yet counts.
 */
const RAISE = `
local was = tonumber(redis.call('HGET', KEYS[1], 'i')) or -1
local start, least = tonumber(ARGV[1]), tonumber(ARGV[2])
if was > start then return 0 end
local all = redis.call('HGETALL', KEYS[2])
for at = 1, #all, 2 do
  local from, count = string.match(all[at + 1], '^r?(%d+):(%d+):')
  if tonumber(from) == start then least = least + tonumber(count) end
end
local used = was == start and tonumber(redis.call('HGET', KEYS[1], 'u')) or 0
redis.call('HSET', KEYS[1], 'i', ARGV[1], 'u', string.format('%.0f', math.max(used, least)))
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1`;

export interface CounterState {
  readonly tenantId: string;
  readonly budgetId: string;
  /** Unix ms. */
  readonly startMs: number;
  readonly spentNano: bigint;
}

/** Whether counters are whole: those that Redis has lost come back by being restored. */
async function areWhole(redis: Redis): Promise<boolean> {
  return (await redis.exists(redisKeys.limitEpoch)) === 1;
}

/** Tells the counter of a hard budget what is stored as spent in its period: for what gateways do not count themselves, and when it is new. */
export async function raiseCounter(
  redis: Redis,
  { tenantId, budgetId, startMs, spentNano }: CounterState,
): Promise<void> {
  if (!(await areWhole(redis))) return;
  const counter = redisKeys.budgetCounter(tenantId, budgetId);
  await redis.eval(RAISE, 2, counter, `${counter}:held`, startMs, spentNano.toString(), KEEP_MS);
}

/** Does so for hard budgets whose counter is not there. */
export async function seedMissing(tx: Transaction, { redis, clock }: Ports, tenantId: string): Promise<void> {
  for await (const budget of readBudgets(tx, tenantId, clock.nowMs())) {
    if (budget.mode !== 'hard') continue;
    if ((await redis.exists(redisKeys.budgetCounter(tenantId, budget.id))) === 1) continue;
    const { startMs } = budget;
    await raiseCounter(redis, { tenantId, budgetId: budget.id, startMs, spentNano: await budget.spent() });
  }
}

/**
 * Restores the counters of all hard budgets after Redis has lost them, as part of a restoration (`mark`) that read usage at
 * `cutoffMs`. False where Redis lost its data again meanwhile.
 */
export async function restoreBudgets({ db, pool, redis }: Ports, mark: string, cutoffMs: number): Promise<boolean> {
  const { rows } = await pool.query<{ tenant_id: string }>(
    `SELECT DISTINCT tenant_id FROM budgets WHERE mode = 'hard' AND archived_at IS NULL ORDER BY 1`,
  );
  for (const { tenant_id: tenantId } of rows) {
    const whole = await db.within({}, async (tx) => {
      for await (const budget of readBudgets(tx, tenantId, cutoffMs)) {
        if (budget.mode !== 'hard') continue;
        const counter = redisKeys.budgetCounter(tenantId, budget.id);
        const keys = [redisKeys.limitRebuilding, counter, `${counter}:held`];
        const used = (await budget.spent()).toString();
        const reply = await redis.eval(RESTORE, 3, ...keys, mark, budget.startMs, budget.endMs, used, cutoffMs);
        if (reply === -1) return false;
      }
      return true;
    });
    if (!whole) return false;
  }
  return true;
}
