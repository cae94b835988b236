import { OUTCOMES } from '@parley/contracts/plan-pricing';
import { ABORTED_BY, type UsageEvent } from '@parley/contracts/usage-event';
import { outcomeOf } from '@parley/domain/rating/outcome';
import { type Quantities, quantitiesOf } from '@parley/domain/rating/quantities';
import { idTimeMs, newId } from '@parley/kernel/id';
import { STANDING_CHECKS } from '@parley/services/standing-checks/checks';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { idAt, usageEvent } from '../../../test/usage-events.ts';
import { runStandingChecks } from '../standing-checks/run-checks.ts';
import { usageIngest } from '../usage-ingest/handle.ts';
import { recomputeHour } from './recompute.ts';

const worker = testWorker();
afterAll(() => worker.close());

const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;
const NOON = Date.UTC(2026, 9, 21, 12);

const ingest = (events: readonly UsageEvent[]): Promise<void> =>
  worker.run(usageIngest, { segmentId: newId(), events });

async function rollUpAll(tenantId: string): Promise<void> {
  for (;;) {
    const [dirty] = await worker.rows<{ hour: Date }>(
      'SELECT hour FROM rollup_dirty_hours WHERE tenant_id = $1',
      tenantId,
    );
    if (!dirty) return;
    await recomputeHour(worker.pool, { tenantId, hour: dirty.hour });
  }
}

/** One event after another, by the rules of rating itself. */
function naive(events: readonly UsageEvent[]): Map<string, Quantities> {
  const sums = new Map<string, Quantities>();
  for (const event of events) {
    if (event.subscriptionId === null || event.purpose !== undefined) continue;
    const slot = new Date(Math.floor(idTimeMs(event.id) / QUARTER_MS) * QUARTER_MS).toISOString();
    const key = [slot, event.subscriptionId, event.planId, event.model ?? '', outcomeOf(event), event.currency].join(
      ' ',
    );
    const used = quantitiesOf(event);
    const sum = sums.get(key);
    const names = Object.keys(used) as (keyof Quantities)[];
    sums.set(key, sum ? (Object.fromEntries(names.map((name) => [name, sum[name] + used[name]])) as Quantities) : used);
  }
  return sums;
}

async function stored(tenantId: string): Promise<Map<string, Quantities>> {
  const rows = await worker.rows('SELECT * FROM billing_rollups WHERE tenant_id = $1', tenantId);
  return new Map(
    rows.map((row) => [
      [
        new Date(row['hour'].getTime() + row['quarter'] * QUARTER_MS).toISOString(),
        row['subscription_id'],
        row['plan_id'],
        row['model'],
        row['outcome'],
        row['currency'],
      ].join(' '),
      {
        requests: BigInt(row['event_count']),
        inputTokens: BigInt(row['input_tokens']),
        cachedInputTokens: BigInt(row['cached_input_tokens']),
        cacheWriteInputTokens: BigInt(row['cache_write_input_tokens']),
        outputTokens: BigInt(row['output_tokens']),
        reasoningTokens: BigInt(row['reasoning_tokens']),
        totalTokens: BigInt(row['total_tokens']),
        responseBytes: BigInt(row['response_bytes']),
        cost: BigInt(row['cost_nano']),
      },
    ]),
  );
}

const few = <T>(...values: T[]) => fc.constantFrom(...values);
const [subscriptions, plans] = [
  [newId(), newId(), null],
  [newId(), newId()],
];
const shape = fc.record({
  offsetMs: fc.integer({ min: 0, max: 2 * HOUR_MS }),
  subscriptionId: few(...subscriptions),
  planId: few(...plans),
  model: few('sim-small', null),
  currency: few('USD', 'EUR'),
  status: few(200, 201, 301, 400, 404, 429, 500, 503),
  code: few(null, null, 'rate_limited'),
  attempts: few(0, 1, 2),
  abortedBy: few(...ABORTED_BY, 'none' as const, 'none' as const),
  cache: few(undefined, undefined, undefined, 'hit' as const),
  purpose: few(undefined, undefined, 'cache' as const),
  inputTokens: fc.integer({ min: 27, max: 100_000 }),
  cacheWriteInputTokens: few(undefined, 7),
  reasoningTokens: fc.integer({ min: 0, max: 50 }),
  costNano: fc.integer({ min: 0, max: 1_000_000_000 }).map(String),
});

describe('what bills are made of', () => {
  it('equals one event after another by the rules of rating, also with late, repeated and reordered ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(shape, { minLength: 1, maxLength: 60 }),
        fc.array(shape, { maxLength: 20 }),
        async (first, late) => {
          const [tenantId, consumerTenantId] = [newId(), newId()];
          const make = ({ offsetMs, ...rest }: (typeof first)[number]) =>
            usageEvent({ tenantId, consumerTenantId, apiVersionId: null, ...rest, id: idAt(NOON + offsetMs) });
          const events = first.map(make);
          await ingest(events);
          await rollUpAll(tenantId);
          expect(await stored(tenantId)).toEqual(naive(events));
          const more = late.map(make);
          await ingest([...more, ...events.toReversed()]);
          await rollUpAll(tenantId);
          expect(await stored(tenantId)).toEqual(naive([...events, ...more]));
        },
      ),
      { numRuns: 15 },
    );
  });

  it('tells every way a call can end apart', async () => {
    const tenantId = newId();
    const ends: Partial<UsageEvent>[] = [
      {},
      { cache: 'hit', attempts: 0 },
      { status: 404, code: null },
      { status: 502, code: 'upstream_failed' },
      { status: 499, abortedBy: 'client' },
      { abortedBy: 'upstream' },
      { status: 429, code: 'rate_limited', attempts: 0 },
    ];
    await ingest(ends.map((end) => usageEvent({ tenantId, id: idAt(NOON), ...end })));
    await rollUpAll(tenantId);
    const rows = await worker.rows('SELECT outcome FROM billing_rollups WHERE tenant_id = $1', tenantId);
    expect(rows).toHaveLength(OUTCOMES.length);
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(OUTCOMES));
  });

  it('changes its hash with the set of events, and not with their order or number of arrivals', async () => {
    const tenantId = newId();
    const alike = { tenantId, consumerTenantId: newId(), subscriptionId: newId(), planId: newId() };
    const hash = async () =>
      (await worker.rows('SELECT event_hash FROM billing_rollups WHERE tenant_id = $1', tenantId))[0]?.['event_hash'];
    const [one, other] = [1, 2].map((ms) => usageEvent({ ...alike, id: idAt(NOON + ms) }));
    if (!one || !other) throw new Error('two events');
    await ingest([one]);
    await rollUpAll(tenantId);
    const first = await hash();
    await ingest([one]);
    await rollUpAll(tenantId);
    expect(await hash()).toBe(first);
    await ingest([other]);
    await rollUpAll(tenantId);
    expect(await hash()).not.toBe(first);
  });

  it('is found by the standing check when it is lost or another call’s, and computed anew', async () => {
    const tenantId = newId();
    const nowMs = Date.now();
    const from = new Date(nowMs - 2 * HOUR_MS);
    const open = async () => {
      await runStandingChecks(
        worker.pool,
        from,
        STANDING_CHECKS.filter(({ name }) => name === 'events-bills'),
      );
      const sql = 'SELECT 1 FROM standing_check_findings WHERE tenant_id = $1 AND resolved_at IS NULL';
      return (await worker.rows(sql, tenantId)).length;
    };
    await ingest([usageEvent({ tenantId, id: idAt(nowMs) })]);
    await rollUpAll(tenantId);
    expect(await open()).toBe(0);
    await worker.rows('UPDATE billing_rollups SET event_hash = event_hash + 1 WHERE tenant_id = $1', tenantId);
    expect(await open()).toBe(1);
    await rollUpAll(tenantId);
    expect(await open()).toBe(0);
    await worker.rows('DELETE FROM billing_rollups WHERE tenant_id = $1', tenantId);
    expect(await open()).toBe(1);
    await rollUpAll(tenantId);
    expect([(await stored(tenantId)).size, await open()]).toEqual([1, 0]);
  });
});
