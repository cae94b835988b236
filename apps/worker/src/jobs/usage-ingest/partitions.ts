import type { UsageEvent } from '@parley/contracts/usage-event';
import { idDay } from '@parley/kernel/id';
import type { Pool } from 'pg';

const known = new WeakMap<Pool, Set<string>>();

/** Makes the day partitions these events need. A day is asked for once per process. */
export async function ensurePartitions(pool: Pool, events: readonly UsageEvent[]): Promise<void> {
  let days = known.get(pool);
  if (!days) {
    days = new Set();
    known.set(pool, days);
  }
  for (const day of new Set(events.map((event) => idDay(event.id)))) {
    if (days.has(day)) continue;
    await pool.query('SELECT ensure_usage_partitions($1::date, $1::date)', [day]);
    days.add(day);
  }
}

/** Forgets which days exist, after a partition turned out to be missing. */
export function forgetPartitions(pool: Pool): void {
  known.delete(pool);
}
