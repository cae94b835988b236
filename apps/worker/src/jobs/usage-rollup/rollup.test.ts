import type { UsageEvent } from '@parley/contracts/usage-event';
import { bucketOf, bucketStartUs, emptyBuckets, LATENCY_BUCKET_COUNT } from '@parley/domain/latency-buckets';
import { idTimeMs, newId } from '@parley/kernel/id';
import { BUCKET_EDGES_US } from '@parley/services/usage/rollup-sql';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { idAt, usageEvent } from '../../../test/usage-events.ts';
import { usageIngest } from '../usage-ingest/handle.ts';
import { recomputeHour } from './recompute.ts';

const worker = testWorker();
afterAll(() => worker.close());

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 9, 21, 12);
const NIL = '00000000-0000-0000-0000-000000000000';

const ingest = (events: readonly UsageEvent[]): Promise<void> =>
  worker.run(usageIngest, { segmentId: newId(), events });

/** The rollup as one would write it with nothing but a loop over the events. */
function naive(events: readonly UsageEvent[]): Map<string, Record<string, unknown>> {
  const rows = new Map<string, Record<string, unknown>>();
  for (const event of events) {
    const hour = new Date(Math.floor(idTimeMs(event.id) / HOUR_MS) * HOUR_MS).toISOString();
    const of = (id: string | null) => id ?? NIL;
    const dims = [
      event.consumerTenantId,
      event.applicationId,
      event.keyId,
      of(event.apiId),
      of(event.apiVersionId),
      of(event.planId),
    ];
    const key = [hour, ...dims, event.model ?? '', event.currency].join(' ');
    const row = rows.get(key) ?? {
      requests: 0,
      client_errors: 0,
      server_errors: 0,
      limited: 0,
      input_tokens: 0n,
      cached_input_tokens: 0n,
      output_tokens: 0n,
      reasoning_tokens: 0n,
      cost_nano: 0n,
      request_bytes: 0n,
      response_bytes: 0n,
      duration_us: 0n,
      latency_buckets: emptyBuckets(),
      ttft_buckets: emptyBuckets(),
    };
    rows.set(key, row);
    const add = (name: string, by: number) => {
      row[name] = typeof row[name] === 'bigint' ? row[name] + BigInt(by) : (row[name] as number) + by;
    };
    // What the gateway asks models itself costs, and is no request.
    const asked = event.purpose === undefined ? 1 : 0;
    add('requests', asked);
    add('client_errors', event.status >= 400 && event.status < 500 ? asked : 0);
    add('server_errors', event.status >= 500 ? asked : 0);
    add('limited', event.status === 429 ? asked : 0);
    add('input_tokens', event.inputTokens);
    add('cached_input_tokens', event.cachedInputTokens);
    add('output_tokens', event.outputTokens);
    add('reasoning_tokens', event.reasoningTokens);
    add('cost_nano', Number(event.costNano));
    add('request_bytes', event.requestBytes);
    add('response_bytes', event.responseBytes);
    add('duration_us', event.durationUs * asked);
    (row.latency_buckets as number[])[bucketOf(event.durationUs)]! += asked;
    if (event.ttftUs !== null) (row.ttft_buckets as number[])[bucketOf(event.ttftUs)]! += asked;
  }
  return rows;
}

async function stored(tenantId: string): Promise<Map<string, Record<string, unknown>>> {
  const rows = await worker.rows(`SELECT * FROM usage_rollups WHERE tenant_id = $1`, tenantId);
  return new Map(
    rows.map(
      ({
        tenant_id,
        hour,
        consumer_tenant_id,
        application_id,
        key_id,
        api_id,
        api_version_id,
        plan_id,
        model,
        currency,
        computed_at,
        ...sums
      }) => {
        const key = [
          hour.toISOString(),
          consumer_tenant_id,
          application_id,
          key_id,
          api_id,
          api_version_id,
          plan_id,
          model,
          currency,
        ];
        const big = Object.entries(sums).map(([name, value]) => [
          name,
          typeof value === 'string' ? BigInt(value) : value,
        ]);
        return [key.join(' '), Object.fromEntries(big)];
      },
    ),
  );
}

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

describe('buckets in SQL', () => {
  it('are the same as in JavaScript, at each edge, around it and anywhere', async () => {
    const edges = Array.from({ length: LATENCY_BUCKET_COUNT }, (_, i) => Math.round(bucketStartUs(i)));
    const around = edges.flatMap((us) => [us - 1, us, us + 1]).filter((us) => us >= 0);
    const anywhere = fc.sample(fc.maxSafeNat(), 500);
    const values = [...around, ...anywhere, 0, 99, 100, Number.MAX_SAFE_INTEGER];
    const rows = await worker.rows<{ bucket: number }>(
      'SELECT width_bucket(us::float8, $2::float8[]) AS bucket FROM unnest($1::bigint[]) WITH ORDINALITY AS t (us, n) ORDER BY n',
      values,
      BUCKET_EDGES_US,
    );
    expect(rows.map((row) => row.bucket)).toEqual(values.map(bucketOf));
  });
});

describe('a rollup', () => {
  const few = <T>(...values: T[]) => fc.constantFrom(...values);
  const [apps, keys, apis] = [
    [newId(), newId()],
    [newId(), newId()],
    [newId(), null],
  ];
  const shape = fc.record({
    offsetMs: fc.integer({ min: 0, max: 2 * HOUR_MS }),
    applicationId: few(...apps),
    keyId: few(...keys),
    apiId: few(...apis),
    model: few('sim-small', null),
    currency: few('USD', 'EUR'),
    status: few(200, 201, 301, 400, 404, 429, 500, 503),
    inputTokens: fc.integer({ min: 20, max: 100_000 }),
    costNano: fc.integer({ min: 0, max: 1_000_000_000 }).map(String),
    durationUs: fc.integer({ min: 0, max: 400_000_000 }),
    purpose: few(undefined, undefined, 'cache' as const),
    ttftUs: fc.option(fc.integer({ min: 0, max: 5_000_000 }), { nil: null }),
  });

  it('equals a naive count of the events, whatever they are, also when more come late', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(shape, { minLength: 1, maxLength: 60 }),
        fc.array(shape, { maxLength: 20 }),
        async (first, late) => {
          const [tenantId, consumerTenantId] = [newId(), newId()];
          const make = ({ offsetMs, ...rest }: (typeof first)[number]) =>
            usageEvent({
              tenantId,
              consumerTenantId,
              apiVersionId: null,
              planId: null,
              ...rest,
              id: idAt(NOON + offsetMs),
            });
          const events = first.map(make);
          await ingest(events);
          await rollUpAll(tenantId);
          expect(await stored(tenantId)).toEqual(naive(events));
          const more = late.map(make);
          if (more.length > 0) await ingest(more);
          await rollUpAll(tenantId);
          expect(await stored(tenantId)).toEqual(naive([...events, ...more]));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('leaves an hour marked when events came while it was computed', async () => {
    const tenantId = newId();
    const hour = new Date(NOON);
    await ingest([usageEvent({ tenantId, id: idAt(NOON) })]);
    const late = usageEvent({ tenantId, id: idAt(NOON + 5) });
    let came = false;
    const pool = {
      connect: async () => {
        const client = await worker.pool.connect();
        return {
          query: async (sql: string, values?: unknown[]) => {
            const result = await client.query(sql, values);
            if (sql.includes('INSERT INTO usage_rollups')) {
              await ingest([late]);
              came = true;
            }
            return result;
          },
          release: (error?: Error) => client.release(error),
        };
      },
    };
    await recomputeHour(pool as never, { tenantId, hour });
    expect(came).toBe(true);
    expect(await worker.rows('SELECT 1 FROM rollup_dirty_hours WHERE tenant_id = $1', tenantId)).toHaveLength(1);
    await rollUpAll(tenantId);
    expect([...(await stored(tenantId)).values()].reduce((sum, row) => sum + (row.requests as number), 0)).toBe(2);
  });

  it('of one hour is computed by one worker at a time, and right after many tried at once', async () => {
    const tenantId = newId();
    const events = Array.from({ length: 50 }, () => usageEvent({ tenantId, id: idAt(NOON + 9) }));
    await Promise.all([
      ...events.map((event) => ingest([event])),
      ...Array.from({ length: 20 }, () => recomputeHour(worker.pool, { tenantId, hour: new Date(NOON) })),
    ]);
    await rollUpAll(tenantId);
    expect(await stored(tenantId)).toEqual(naive(events));
  });
});
