import type { UsageEvent } from '@parley/contracts/usage-event';
import { newId } from '@parley/kernel/id';
import { afterAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { idAt, usageEvent } from '../../../test/usage-events.ts';
import { usageIngest } from '../usage-ingest/handle.ts';
import { ATTRIBUTED_ROWS } from './attribution.ts';
import { recomputeHour } from './recompute.ts';

const worker = testWorker();
afterAll(() => worker.close());

const NOON = Date.UTC(2026, 9, 21, 12);

async function sums(tenantId: string) {
  await recomputeHour(worker.pool, { tenantId, hour: new Date(NOON) });
  return worker.rows<{ dimension: string; name: string; value: string; requests: number; cost: string }>(
    `SELECT dimension, name, value, sum(requests)::int AS requests, sum(cost_nano)::text AS cost FROM usage_attribution
     WHERE tenant_id = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    tenantId,
  );
}

it('adds up by end user and by each tag, once however often it is computed, and leaves out who says nothing', async () => {
  const tenantId = newId();
  const said = (atMs: number, more: Partial<UsageEvent>) => usageEvent({ tenantId, id: idAt(NOON + atMs), ...more });
  const events = [
    said(1, { endUser: 'u-1', tags: { env: 'prod', 'cost.centre': '42' }, costNano: '10' }),
    said(2, { endUser: 'u-1', tags: { env: 'test' }, costNano: '5' }),
    said(3, { endUser: 'it’s "q"\\', costNano: '1' }),
    said(4, { costNano: '1000' }),
    // What the gateway asked itself for such a call: it costs, and is no request.
    said(5, { endUser: 'u-1', costNano: '2', purpose: 'judge' }),
  ];
  await worker.run(usageIngest, { segmentId: newId(), events });
  const expected = [
    { dimension: 'tag', name: 'cost.centre', value: '42', requests: 1, cost: '10' },
    { dimension: 'tag', name: 'env', value: 'prod', requests: 1, cost: '10' },
    { dimension: 'tag', name: 'env', value: 'test', requests: 1, cost: '5' },
    { dimension: 'user', name: '', value: 'it’s "q"\\', requests: 1, cost: '1' },
    { dimension: 'user', name: '', value: 'u-1', requests: 2, cost: '17' },
  ];
  expect(await sums(tenantId)).toEqual(expected);
  expect(await sums(tenantId)).toEqual(expected);
});

it('keeps the dearest values of an hour apart and adds the rest up, so that a caller cannot fill the table', async () => {
  const tenantId = newId();
  const shared = { consumerTenantId: newId(), applicationId: newId(), apiId: newId() };
  const events = Array.from({ length: ATTRIBUTED_ROWS + 50 }, (_, i) =>
    usageEvent({ tenantId, ...shared, id: idAt(NOON + i), endUser: `u-${i}`, costNano: String(i + 1) }),
  );
  await worker.run(usageIngest, { segmentId: newId(), events });
  const rows = await sums(tenantId);
  expect(rows).toHaveLength(ATTRIBUTED_ROWS + 1);
  expect(rows.find(({ value }) => value === '')).toMatchObject({ requests: 50, cost: String((50 * 51) / 2) });
});
