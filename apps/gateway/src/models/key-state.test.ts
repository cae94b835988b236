import { newId } from '@parley/kernel/id';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MinuteWindow } from './minute-window.ts';
import { ModelStates } from './model-states.ts';
import { spentUntilMs } from './rate-headers.ts';

const START = 1_700_000_000_000;
const key = (limits: object | null, weight = 1) => ({ id: newId(), secret: 's', weight, limits });

describe('a window of a minute', () => {
  it('never holds less than the last 60 seconds did, nor more than the last 62', () => {
    const step = fc.record({ afterMs: fc.integer({ min: 0, max: 70_000 }), amount: fc.integer({ min: 1, max: 100 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const window = new MinuteWindow();
        const added: { at: number; amount: number }[] = [];
        let now = START;
        for (const { afterMs, amount } of steps) {
          now += afterMs;
          const within = (ms: number) =>
            added.filter(({ at }) => at > now - ms).reduce((sum, one) => sum + one.amount, 0);
          expect(window.sum(now)).toBeGreaterThanOrEqual(within(60_000));
          expect(window.sum(now)).toBeLessThanOrEqual(within(62_000));
          const free = window.belowAtMs(50, now);
          if (window.sum(now) < 50) expect(free).toBe(now);
          else expect(free).toBeGreaterThan(now);
          window.add(amount, now);
          added.push({ at: now, amount });
        }
        const free = window.belowAtMs(50, now);
        expect(window.sum(free)).toBeLessThan(50);
      }),
    );
  });
});

describe('keys with limits', () => {
  it('are passed over in any 60 seconds that have had their requests', () => {
    const states = new ModelStates();
    const [one, two] = [key({ requestsPerMinute: 2 }), key({ requestsPerMinute: 3 })];
    const begun: string[] = [];
    for (let call = 0; call < 8; call++) {
      const chosen = states.chooseKey([one, two], [], START + call * 10, Math.random);
      if (chosen === 'full' || chosen === null) break;
      states.ofKey(chosen.id).begins(START + call * 10);
      begun.push(chosen.id);
    }
    expect(begun.filter((id) => id === one.id)).toHaveLength(2);
    expect(begun.filter((id) => id === two.id)).toHaveLength(3);
    expect(states.chooseKey([one, two], [], START + 59_999, Math.random)).toBe('full');
    const roomAt = states.roomAtMs([one, two], START + 59_999);
    expect(roomAt).toBeLessThanOrEqual(START + 62_000);
    expect(states.chooseKey([one, two], [], roomAt, Math.random)).not.toBe('full');
  });

  it('count what runs at once, and the tokens of the last minute', () => {
    const states = new ModelStates();
    const busy = key({ concurrency: 1 });
    const chosen = (nowMs: number) => states.chooseKey([busy], [], nowMs, Math.random);
    states.ofKey(busy.id).begins(START);
    expect(chosen(START)).toBe('full');
    states.ofKey(busy.id).ends();
    expect(chosen(START)).toBe(busy);
    const talking = key({ tokensPerMinute: 100 });
    states.ofKey(talking.id).used(99, START);
    expect(states.chooseKey([talking], [], START, Math.random)).toBe(talking);
    states.ofKey(talking.id).used(1, START);
    expect(states.chooseKey([talking], [], START, Math.random)).toBe('full');
    expect(states.chooseKey([talking], [], START + 62_000, Math.random)).toBe(talking);
  });

  it('whose provider says that nothing is left are used last, as those that rest', () => {
    const states = new ModelStates();
    const [one, two] = [key(null, 1000), key(null)];
    states.ofKey(one.id).spent(START + 30_000);
    for (let call = 0; call < 20; call++) {
      expect(states.chooseKey([one, two], [], START, Math.random)).toBe(two);
    }
    expect(states.chooseKey([one], [], START, Math.random)).toBe(one);
    expect(states.ofKey(one.id).isReady(START + 30_000)).toBe(true);
  });
});

describe('what heads of answers say of a budget', () => {
  it.each([
    [{}, 0],
    [{ 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': '1s' }, 0],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1s' }, 1000],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1m2s' }, 62_000],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '120ms' }, 120],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '2m59.5s' }, 179_500],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '7h' }, 300_000],
    [{ 'x-ratelimit-remaining-tokens': '0' }, 5000],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': 'soon' }, 5000],
    [
      {
        'anthropic-ratelimit-output-tokens-remaining': '0',
        'anthropic-ratelimit-output-tokens-reset': new Date(START + 4000).toISOString(),
      },
      4000,
    ],
  ])('%j', (headers, ms) => {
    expect(spentUntilMs(headers, START)).toBe(ms === 0 ? 0 : START + ms);
  });
});
