import { redisKeys } from '@parley/contracts/redis-keys';
import type { TryRecord, UsageEvent } from '@parley/contracts/usage-event';
import { idDay, idTimeMs, newId } from '@parley/kernel/id';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { idAt, usageEvent } from '../../../test/usage-events.ts';
import { usageIngest } from './handle.ts';

const worker = testWorker();
afterAll(() => worker.close());

const ingest = (events: readonly unknown[], segmentId: string = newId()): Promise<void> =>
  worker.run(usageIngest, { segmentId, events });

const storedIds = async (tenantId: string): Promise<string[]> =>
  (await worker.rows<{ id: string }>('SELECT id FROM usage_events WHERE tenant_id = $1 ORDER BY id', tenantId)).map(
    (row) => row.id,
  );

function eventsOf(tenantId: string, count: number): UsageEvent[] {
  return Array.from({ length: count }, () => usageEvent({ tenantId }));
}

describe('an event', () => {
  it('is stored with every field, on the day and at the time of its id', async () => {
    const oneTry: TryRecord = {
      reason: 'first',
      outcome: 'rate_limit',
      model: 'fast "one"',
      providerId: null,
      keyId: null,
      atMs: 3,
      durationMs: 40,
      firstTokenMs: null,
      status: 429,
    };
    const event = usageEvent({
      path: '/a "quoted" \\ path, {with} NULL and\nlines',
      code: 'NULL',
      model: null,
      costNano: '999999999999999999',
      ttftUs: null,
      stream: false,
      cache: 'replayed',
      variant: 'next',
      tries: [oneTry, { ...oneTry, reason: 'fallback', outcome: 'answered', status: 200 }],
    });
    const party = { acting: 'bot', principal: 'customer@example.com', tokenId: newId() };
    const byParty = usageEvent({ tenantId: event.tenantId, party });
    const plain = usageEvent({ tenantId: event.tenantId });
    await ingest([event, byParty, plain]);
    const [row] = await worker.rows('SELECT *, event_day::text AS day FROM usage_events WHERE id = $1', event.id);
    expect(row).toMatchObject({
      id: event.id,
      day: idDay(event.id),
      occurred_at: new Date(idTimeMs(event.id)),
      path: event.path,
      code: 'NULL',
      model: null,
      route_id: null,
      cost_nano: '999999999999999999',
      ttft_us: null,
      stream: false,
      duration_us: '812345',
      cache: 'replayed',
      variant: 'next',
      tries: JSON.stringify(event.tries),
      node: 'gateway-1',
    });
    const parties = 'SELECT party_acting, party_principal, party_token_id FROM usage_events WHERE id = $1';
    expect(await worker.rows(parties, byParty.id)).toEqual([
      { party_acting: 'bot', party_principal: 'customer@example.com', party_token_id: party.tokenId },
    ]);
    expect(await worker.rows(parties, plain.id)).toEqual([
      { party_acting: null, party_principal: null, party_token_id: null },
    ]);
    expect(await worker.rows('SELECT cache, variant, tries FROM usage_events WHERE id = $1', plain.id)).toEqual([
      { cache: null, variant: null, tries: null },
    ]);
  });

  it('is stored from the lines of a gateway’s segment; a torn line was never answered and holds nothing back', async () => {
    const [tenantId, segmentId] = [newId(), newId()];
    const events = eventsOf(tenantId, 3);
    const lines = events.map((event) => `${JSON.stringify(event)}\n`);
    lines.splice(1, 0, `${JSON.stringify(usageEvent({ tenantId })).slice(0, 80)}\n`);
    await worker.run(usageIngest, { segmentId, lines: lines.join('') });
    expect(await storedIds(tenantId)).toEqual(events.map((event) => event.id).sort());
    expect(await worker.redis.exists(redisKeys.usageSegmentDone(segmentId))).toBe(1);
  });

  it('keeps any text that a path or model can hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.string({ maxLength: 40 }),
        async (path, code) => {
          const event = usageEvent({ path, code });
          await ingest([event]);
          const [row] = await worker.rows<{ path: string; code: string }>(
            'SELECT path, code FROM usage_events WHERE tenant_id = $1',
            event.tenantId,
          );
          expect(row).toEqual({ path: path.replaceAll('\0', '\uFFFD'), code: code.replaceAll('\0', '\uFFFD') });
        },
      ),
      { numRuns: 40, examples: [['a\0b', '{"x",NULL}']] },
    );
  });

  it('is stored on a day that has no partition yet', async () => {
    const event = usageEvent({ id: idAt(Date.now() - Math.round((30 + Math.random() * 300) * 86_400_000)) });
    await ingest([event]);
    expect(await storedIds(event.tenantId)).toEqual([event.id]);
  });
});

describe('a batch', () => {
  it('is acknowledged after it is stored, and not when it could not be', async () => {
    const [tenantId, segmentId] = [newId(), newId()];
    const broken = { ...worker, pool: { query: () => Promise.reject(new Error('gone')) } };
    const failing = usageIngest.run(
      { segmentId, events: eventsOf(tenantId, 1) },
      { jobId: 'x', sinceMs: 0, attempt: 1, ports: broken as never, log: worker.log },
    );
    await expect(failing).rejects.toThrow('gone');
    expect(await worker.redis.exists(redisKeys.usageSegmentDone(segmentId))).toBe(0);
    await ingest(eventsOf(tenantId, 1), segmentId);
    expect(await worker.redis.ttl(redisKeys.usageSegmentDone(segmentId))).toBeGreaterThan(86_000);
  });

  it('stores each event once, through duplicates, other orders, overlaps and many batches at once', async () => {
    const tenantId = newId();
    const events = eventsOf(tenantId, 300);
    const shuffled = (): UsageEvent[] => [...events].sort(() => Math.random() - 0.5);
    const batches = Array.from({ length: 12 }, () => shuffled().slice(0, 200));
    await Promise.all([...batches, [...events, ...events], [...events].reverse()].map((batch) => ingest(batch)));
    expect(await storedIds(tenantId)).toEqual(events.map((event) => event.id).sort());
  });

  it('marks exactly the hours that got an event, and none for what was there already', async () => {
    const tenantId = newId();
    const noon = Date.UTC(2026, 9, 20, 12);
    const at = [noon, noon + 1, noon + 3_599_999, noon + 3_600_000];
    const events = at.map((ms) => usageEvent({ tenantId, id: idAt(ms) }));
    const marks = () =>
      worker.rows<{ hour: Date; generation: string }>(
        'SELECT hour, generation FROM rollup_dirty_hours WHERE tenant_id = $1 ORDER BY hour',
        tenantId,
      );
    await ingest(events);
    const first = await marks();
    expect(first).toEqual([
      { hour: new Date(noon), generation: '1' },
      { hour: new Date(noon + 3_600_000), generation: '1' },
    ]);
    await ingest(events);
    expect(await marks()).toEqual(first);
    await ingest([...events, usageEvent({ tenantId, id: idAt(noon + 7) })]);
    expect((await marks()).map((mark) => mark.generation)).toEqual(['2', '1']);
  });
});

describe('a bad event', () => {
  const letters = (tenantId: string) =>
    worker.rows<{ payload: { events: unknown[] }; error: string }>(
      'SELECT payload, error FROM dead_letters WHERE tenant_id = $1 ORDER BY failed_at',
      tenantId,
    );

  it('goes to the dead letters of its tenant with the reason, once, while the rest of its batch is stored', async () => {
    const [mine, theirs, segmentId] = [newId(), newId(), newId()];
    const good = eventsOf(mine, 3);
    const bad = [
      { ...usageEvent({ tenantId: mine }), status: 'ok' },
      usageEvent({ tenantId: theirs, cachedInputTokens: 500 }),
      usageEvent({ tenantId: theirs, id: idAt(Date.now() + 3 * 86_400_000) }),
    ];
    const batch = [bad[0], good[0], bad[1], good[1], bad[2], good[2]];
    await ingest(batch, segmentId);
    await ingest(batch, segmentId);
    expect(await storedIds(mine)).toEqual(good.map((event) => event.id).sort());
    const [first, ...none] = await letters(mine);
    expect(none).toEqual([]);
    expect(first).toMatchObject({ payload: { segmentId, events: [bad[0]] }, error: expect.stringContaining('status') });
    const [other] = await letters(theirs);
    expect(other?.payload.events).toEqual([bad[1], bad[2]]);
    expect(other?.error).toContain('cachedInputTokens');
    expect(other?.error).toContain('future');
    expect(await worker.redis.exists(redisKeys.usageSegmentDone(segmentId))).toBe(1);
  });

  it('that only the database can tell is narrowed down to itself', async () => {
    const tenantId = newId();
    const good = eventsOf(tenantId, 9);
    const bad = usageEvent({ tenantId, path: '/poison' });
    const query = (given: { values?: unknown[] } & string, values?: unknown[]) =>
      given.values?.some((value) => String(value).includes('/poison'))
        ? Promise.reject(Object.assign(new Error('violates a check'), { code: '23514' }))
        : worker.pool.query(given, values);
    const ports = { ...worker, pool: { query } } as never;
    const payload = { segmentId: newId(), events: [...good.slice(0, 4), bad, ...good.slice(4)] };
    await usageIngest.run(payload, { jobId: 'x', sinceMs: 0, attempt: 1, ports, log: worker.log });
    expect(await storedIds(tenantId)).toEqual(good.map((event) => event.id).sort());
    expect(await letters(tenantId)).toMatchObject([{ payload: { events: [bad] }, error: 'violates a check' }]);
  });

  it('without a tenant is kept for the operator', async () => {
    const segmentId = newId();
    await ingest([{ anything: segmentId }, null, 7], segmentId);
    const rows = await worker.rows<{ tenant_id: string }>(
      `SELECT tenant_id FROM dead_letters WHERE payload->>'segmentId' = $1`,
      segmentId,
    );
    expect(rows).toEqual([{ tenant_id: '00000000-0000-0000-0000-000000000000' }]);
  });
});
