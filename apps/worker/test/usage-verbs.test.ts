import type { UsageEvent } from '@parley/contracts/usage-event';
import { newId } from '@parley/kernel/id';
import { usageBreakdown } from '@parley/services/usage/breakdown';
import { readFacts } from '@parley/services/usage/facts';
import { figuresOf } from '@parley/services/usage/figures-shape';
import { usageSeries } from '@parley/services/usage/series';
import { usageSummary } from '@parley/services/usage/summary';
import { usageFilterInput } from '@parley/services/usage/usage-filter';
import { openWindow, rangeInput } from '@parley/services/usage/window';
import { testContext } from '@parley/testkit/context';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { usageIngest } from '../src/jobs/usage-ingest/handle.ts';
import { recomputeHour } from '../src/jobs/usage-rollup/recompute.ts';
import { testWorker } from './test-worker.ts';
import { idAt, usageEvent } from './usage-events.ts';

const t = testContext();
const worker = testWorker();
afterAll(() => Promise.all([t.close(), worker.close()]));

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOON = Date.UTC(2026, 9, 22, 12);
const iso = (ms: number) => new Date(ms).toISOString();

async function store(events: readonly UsageEvent[]): Promise<void> {
  await worker.run(usageIngest, { segmentId: newId(), events });
  const tenantIds = [...new Set(events.map((event) => event.tenantId))];
  const dirty = await worker.rows<{ tenant_id: string; hour: Date }>(
    'SELECT tenant_id, hour FROM rollup_dirty_hours WHERE tenant_id = ANY ($1::uuid[])',
    tenantIds,
  );
  for (const { tenant_id: tenantId, hour } of dirty) await recomputeHour(worker.pool, { tenantId, hour });
}

const call = (tenantId: string, atMs: number, given: Partial<UsageEvent> = {}): UsageEvent =>
  usageEvent({ tenantId, id: idAt(atMs), ...given });

describe('figures', () => {
  it('are the same from the calls and from the rollup, whatever is asked', async () => {
    const { tenantId } = await t.tenant();
    const other = newId();
    const few = [newId(), newId(), newId()];
    const pick = fc.constantFrom(...few);
    const event = fc.record({
      tenantId: fc.constantFrom(tenantId, tenantId, other),
      consumerTenantId: fc.constantFrom(tenantId, other),
      applicationId: pick,
      apiId: fc.option(pick, { nil: null }),
      model: fc.constantFrom('a', 'b', null),
      currency: fc.constantFrom('USD', 'EUR'),
      status: fc.constantFrom(200, 404, 429, 500),
      costNano: fc.nat(1_000_000).map(String),
      durationUs: fc.nat(200_000_000),
      ttftUs: fc.option(fc.nat(10_000_000), { nil: null }),
      offset: fc.nat(HOUR_MS - 1),
    });
    const events = fc.sample(event, 400).map(({ offset, ...given }) => call(given.tenantId, NOON + offset, given));
    await store(events);
    const window = { timeZone: 'UTC', startsMs: [NOON], fromMs: NOON, toMs: NOON + HOUR_MS };
    for (const side of ['all', 'published', 'consumed'] as const) {
      for (const dimension of ['application', 'api', 'model', 'publisher', null] as const) {
        const filter = usageFilterInput.parse({ side, applicationId: dimension === 'model' ? few[0] : undefined });
        const [byCall, byHour] = await t.db.within({ tenantId }, async (tx) => {
          const query = { tenantId, filter, bySteps: false, dimension };
          return [
            await readFacts(tx, { ...query, window: { ...window, step: 'minute' } }),
            await readFacts(tx, { ...query, window: { ...window, step: 'hour' } }),
          ] as const;
        });
        const groups = (facts: typeof byCall) =>
          Object.fromEntries(
            [...Map.groupBy(facts, (fact) => fact.key)].map(([key, group]) => [key, figuresOf(group)]),
          );
        expect(groups(byHour)).toEqual(groups(byCall));
        const mine = events.filter(
          (e) =>
            (side !== 'consumed' && e.tenantId === tenantId) ||
            (side !== 'published' && e.consumerTenantId === tenantId),
        );
        const wanted = mine.filter((e) => dimension !== 'model' || e.applicationId === few[0]);
        expect(figuresOf(byCall).requests).toBe(wanted.length);
        const eur = wanted.filter((e) => e.currency === 'EUR').reduce((sum, e) => sum + BigInt(e.costNano), 0n);
        expect(figuresOf(byCall).costs.find((cost) => cost.currency === 'EUR')?.nano ?? '0').toBe(eur.toString());
      }
    }
  });

  it('of two tenants are apart, also where one calls the other', async () => {
    const [a, b, stranger] = [await t.tenant(), await t.tenant(), await t.tenant()];
    await store([call(a.tenantId, NOON, { consumerTenantId: b.tenantId }), call(a.tenantId, NOON)]);
    const range = { from: iso(NOON - DAY_MS), to: iso(NOON + DAY_MS) };
    const requests = async (owner: typeof a.owner, side?: 'published' | 'consumed') =>
      (await usageSummary(owner, { ...range, ...(side ? { side } : {}) })).current.requests;
    expect(await requests(a.owner)).toBe(2);
    expect(await requests(b.owner)).toBe(1);
    expect(await requests(b.owner, 'published')).toBe(0);
    expect(await requests(a.owner, 'consumed')).toBe(1);
    expect(await requests(stranger.owner)).toBe(0);
  });
});

describe('the summary', () => {
  it('of a named range counts calls of a moment ago, and compares with the same time before', async () => {
    const { tenantId, owner } = await t.tenant();
    const now = Date.now();
    await store([call(tenantId, now), call(tenantId, now - 5_000, { status: 500 }), call(tenantId, now - 61 * 60_000)]);
    const hour = await usageSummary(owner, { range: '1h' });
    expect(hour.current).toMatchObject({ requests: 2, serverErrors: 1 });
    expect(hour.previous.requests).toBe(1);
    expect(hour.freshness.source).toBe('calls');
    const day = await usageSummary(owner, { range: '24h' });
    expect(day.current.requests).toBe(3);
    expect(day.freshness).toMatchObject({ source: 'rollup', pendingSince: null, computedAt: expect.any(String) });
  });

  it('says since when calls are not in it yet', async () => {
    const { tenantId, owner } = await t.tenant();
    await worker.run(usageIngest, { segmentId: newId(), events: [call(tenantId, Date.now())] });
    const { current, freshness } = await usageSummary(owner, { range: '7d' });
    expect(current.requests).toBe(0);
    expect(Date.parse(freshness.pendingSince ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });
});

describe('the series', () => {
  it('by day follows the reader’s zone through a change of clocks', async () => {
    const { tenantId, owner } = await t.tenant();
    // In Berlin, 25 October 2026 has 25 hours: from 22:00 UTC the day before to 23:00 UTC.
    const start = Date.UTC(2026, 9, 24, 22);
    await store([
      call(tenantId, start - 1),
      call(tenantId, start),
      call(tenantId, start + 25 * HOUR_MS - 1),
      call(tenantId, start + 25 * HOUR_MS),
    ]);
    const series = await usageSeries(owner, {
      from: iso(start - 9 * DAY_MS),
      to: iso(start + 2 * DAY_MS),
      timeZone: 'Europe/Berlin',
      compare: true,
    });
    expect(series.step).toBe('day');
    const at = series.steps.indexOf(iso(start));
    expect(series.steps[at + 1]).toBe(iso(start + 25 * HOUR_MS));
    expect(series.lines[0]?.points.slice(at - 1, at + 2).map((point) => point.requests)).toEqual([1, 2, 1]);
    expect(series.previous).toHaveLength(series.steps.length);
  });

  it('split by a thing names the largest, puts the rest into one line, and adds up', async () => {
    const { tenantId, owner } = await t.tenant();
    const models = ['m1', 'm2', 'm3', 'm4'];
    const from = NOON - 5 * HOUR_MS;
    await store(
      models.flatMap((model, i) =>
        Array.from({ length: 5 - i }, (_, n) => call(tenantId, from + n * HOUR_MS, { model })),
      ),
    );
    const range = { from: iso(from), to: iso(NOON) };
    const { lines, step, steps } = await usageSeries(owner, { ...range, splitBy: 'model', top: 2 });
    expect(step).toBe('hour');
    expect(lines.map((line) => [line.key, line.total.requests])).toEqual([
      ['m1', 5],
      ['m2', 4],
      ['other', 5],
    ]);
    for (const line of lines) {
      expect(line.points).toHaveLength(steps.length);
      expect(line.points.reduce((sum, point) => sum + point.requests, 0)).toBe(line.total.requests);
    }
    const outcomes = await usageSeries(owner, { ...range, splitBy: 'outcome' });
    expect(outcomes.lines.map((line) => [line.key, line.total.requests])).toEqual([
      ['ok', 14],
      ['client_error', 0],
      ['limited', 0],
      ['server_error', 0],
    ]);
  });

  it('of a named range has as many steps as its name says, up to now', async () => {
    const { owner } = await t.tenant();
    for (const [range, step, count] of [
      ['1h', 'minute', 60],
      ['6h', 'hour', 6],
      ['24h', 'hour', 24],
      ['7d', 'hour', 168],
      ['30d', 'day', 30],
      ['90d', 'day', 90],
    ] as const) {
      const series = await usageSeries(owner, { range, timeZone: 'America/New_York' });
      expect([series.step, series.steps.length]).toEqual([step, count]);
      expect(Date.parse(series.steps.at(-1) ?? '')).toBeLessThanOrEqual(Date.now());
      expect(Date.parse(series.to)).toBeGreaterThanOrEqual(Date.now() - 1_000);
    }
  });

  it('refuses a range that cannot be, beside the field', async () => {
    const { owner } = await t.tenant();
    const wrong: [object, string][] = [
      [{ from: iso(NOON) }, 'from'],
      [{ from: iso(NOON), to: iso(NOON) }, 'to'],
      [{ timeZone: 'Moon/Base' }, 'timeZone'],
    ];
    for (const [input, path] of wrong) {
      await expect(usageSeries(owner, input)).rejects.toMatchObject({ code: 'invalid_input', issues: [{ path }] });
    }
  });
});

describe('the breakdown', () => {
  it('lists groups with figures that add up to the total, what is left out included', async () => {
    const { tenantId, owner } = await t.tenant();
    const apis = [newId(), newId(), null];
    await store(
      apis.flatMap((apiId, i) =>
        Array.from({ length: i + 1 }, () => call(tenantId, NOON, { apiId, durationUs: 1_000 * (i + 1) })),
      ),
    );
    const range = { from: iso(NOON - DAY_MS), to: iso(NOON + DAY_MS) };
    const { rows, other, total } = await usageBreakdown(owner, { ...range, by: 'api', limit: 2 });
    expect(rows.map((row) => [row.key, row.figures.requests])).toEqual([
      ['', 3],
      [apis[1], 2],
    ]);
    expect(rows[1]?.name).toEqual({ id: apis[1], name: null, slug: null });
    expect(other?.requests).toBe(1);
    expect(total).toMatchObject({
      requests: 6,
      inputTokens: 720,
      costs: [{ currency: 'USD', nano: String(6 * 123_456) }],
    });
    const p50 = total.latencyUs.p50 as number;
    expect(p50).toBeGreaterThan(1_800);
    expect(p50).toBeLessThan(3_300);
  });
});

it('a window of days covers what was asked', async () => {
  const { tenantId } = await t.tenant();
  const input = rangeInput.parse({ from: iso(NOON - 20 * DAY_MS), to: iso(NOON), timeZone: 'Asia/Kolkata' });
  const window = await t.db.within({ tenantId }, (tx) => openWindow(tx, input));
  expect(window.fromMs).toBeLessThanOrEqual(NOON - 20 * DAY_MS);
  expect(window.toMs).toBeGreaterThanOrEqual(NOON);
  expect(new Set(window.startsMs.map((ms) => (ms + 5.5 * HOUR_MS) % DAY_MS))).toEqual(new Set([0]));
});
