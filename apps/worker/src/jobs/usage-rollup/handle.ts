import { JOBS } from '@parley/contracts/jobs';
import type { Pool } from 'pg';
import { defineJob } from '../../job.ts';
import { type DirtyHour, recomputeHour } from './recompute.ts';

const AT_MOST = 5_000;
/** An hour with new events all the time may take this share of one connection's time, so that big hours rest longer. */
const SHARE = 0.25;
const LONGEST_REST_MS = 120_000;

/**
 * By tenant and hour: not to be recomputed before (ms of the process's own time, which no clock that is put right can
 * move). Only paces the work; the marks are in the database.
 */
const restUntilMs = new Map<string, number>();

/** Recomputes the rollup of every hour that got events since its last one. */
export const usageRollup = defineJob({
  name: 'usage.rollup',
  schema: JOBS['usage.rollup'].schema,
  tenantOf: () => null,
  async handle({ ports }) {
    const nowMs = performance.now();
    for (const [key, untilMs] of restUntilMs) if (untilMs <= nowMs) restUntilMs.delete(key);
    for (const dirty of await dirtyHours(ports.pool)) {
      const key = `${dirty.tenantId}:${dirty.hour.getTime()}`;
      if (restUntilMs.has(key)) continue;
      const started = performance.now();
      await recomputeHour(ports.pool, dirty);
      const restMs = Math.min((performance.now() - started) / SHARE, LONGEST_REST_MS);
      if (restMs > 1_000) restUntilMs.set(key, performance.now() + restMs);
    }
  },
});

async function dirtyHours(pool: Pool): Promise<DirtyHour[]> {
  const { rows } = await pool.query<{ tenant_id: string; hour: Date }>(
    `SELECT tenant_id, hour FROM rollup_dirty_hours ORDER BY marked_at LIMIT ${AT_MOST}`,
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, hour: row.hour }));
}
