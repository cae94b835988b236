import { newId } from '@parley/kernel/id';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Holds } from './holds.ts';
import { type Amounts, type Counters, NO_AMOUNTS, type RuleStore } from './rule.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const USED: Amounts = { ...NO_AMOUNTS, tokens: 30 };

const TAKEN = { serverMs: 0, epoch: '' };

function counters(): Counters {
  return { planKey: 'plan', planLimits: [], rules: [], keys: [], holder: newId(), amounts: NO_AMOUNTS };
}

/** A store that hears what calls took only while it is there; decides nothing. */
function heard() {
  const told: [Counters, Amounts | null][] = [];
  const store: RuleStore & { away: boolean } = {
    away: false,
    holdMs: 15_000,
    take: vi.fn<RuleStore['take']>(),
    giveBack: vi.fn<RuleStore['giveBack']>(),
    renew: vi.fn<RuleStore['renew']>(async () => {}),
    sweep: vi.fn<RuleStore['sweep']>(async () => []),
    async release(ended) {
      if (store.away) throw new Error('away');
      for (const { counters: call, used } of ended) told.push([call, used]);
    },
  };
  return { store, told };
}

it('tells again what a call took whose end the store did not hear, though no call has come since', async () => {
  const { store, told } = heard();
  const holds = new Holds(store);
  const [first, second] = [counters(), counters()];
  holds.add(first, TAKEN);
  holds.add(second, TAKEN);
  // Both leave at once, so that nothing runs when the failures become known.
  store.away = true;
  holds.release(first, USED);
  holds.release(second, null);
  await vi.advanceTimersByTimeAsync(5000);
  expect(told).toEqual([]);
  store.away = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect(told).toEqual([
    [first, USED],
    [second, null],
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

it('begins to look again for an end that is told after all others were', async () => {
  const { store, told } = heard();
  const holds = new Holds(store);
  const call = counters();
  holds.add(counters(), TAKEN);
  holds.add(call, TAKEN);
  const slow = Promise.withResolvers<void>();
  const release = store.release.bind(store);
  store.release = (ended) => (ended[0]?.counters === call && told.length < 1 ? slow.promise : release(ended));
  holds.release(call, USED);
  await vi.advanceTimersByTimeAsync(5);
  const other = counters();
  holds.add(other, TAKEN);
  holds.release(other, null);
  await vi.advanceTimersByTimeAsync(5);
  slow.reject(new Error('away'));
  await vi.advanceTimersByTimeAsync(5000);
  expect(told).toContainEqual([call, USED]);
  await holds.close();
  expect(vi.getTimerCount()).toBe(0);
});

it('tells together of calls that end in one turn of the event loop, and of none later than its close', async () => {
  const { store } = heard();
  const release = vi.spyOn(store, 'release');
  const holds = new Holds(store);
  const calls = [counters(), counters(), counters()];
  for (const call of calls) holds.add(call, TAKEN);
  for (const call of calls.slice(0, 2)) holds.release(call, USED);
  await vi.advanceTimersByTimeAsync(5);
  expect(release.mock.calls.map(([ended]) => ended.length)).toEqual([2]);
  holds.release(calls[2] as Counters, USED);
  await holds.close();
  expect(release.mock.calls.map(([ended]) => ended.length)).toEqual([2, 1]);
});
