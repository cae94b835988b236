import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { optionalTimeShape } from '../shapes.ts';
import { SqlValues } from './sql-values.ts';
import { sideSql, type UsageFilter } from './usage-filter.ts';
import type { Window } from './window.ts';

/** How current figures are. */
export const freshnessShape = z.object({
  /** `calls`: read from the calls themselves, now. `rollup`: from sums by hour, renewed every few seconds. */
  source: z.enum(['calls', 'rollup']),
  /** When the newest of the sums was computed; `null` when there are none in this range. */
  computedAt: optionalTimeShape,
  /** Calls have come since that are not in the sums yet; the first of them at this time. */
  pendingSince: optionalTimeShape,
});

export async function freshnessOf(
  tx: Transaction,
  { tenantId, filter, window }: { tenantId: string; filter: UsageFilter; window: Window },
  nowMs: number = Date.now(),
): Promise<z.output<typeof freshnessShape>> {
  if (window.step === 'minute')
    return { source: 'calls', computedAt: new Date(nowMs).toISOString(), pendingSince: null };
  const values = new SqlValues();
  const within = `hour >= ${values.add(new Date(window.fromMs).toISOString(), 'timestamptz')}
    AND hour < ${values.add(new Date(window.toMs).toISOString(), 'timestamptz')}`;
  const [row] = await tx.$queryRawUnsafe<{ computed: number | null; pending: number | null }[]>(
    `SELECT
       (SELECT (extract(epoch FROM max(computed_at)) * 1000)::float8 FROM usage_rollups
        WHERE ${sideSql(filter.side, tenantId, values)} AND ${within}) AS computed,
       (SELECT (extract(epoch FROM min(marked_at)) * 1000)::float8 FROM rollup_dirty_hours
        WHERE tenant_id = ${values.add(tenantId, 'uuid')} AND ${within}) AS pending`,
    ...values.list,
  );
  const time = (ms: number | null | undefined): string | null =>
    typeof ms === 'number' ? new Date(ms).toISOString() : null;
  return { source: 'rollup', computedAt: time(row?.computed), pendingSince: time(row?.pending) };
}
