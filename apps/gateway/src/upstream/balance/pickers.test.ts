import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashRing } from './hash-ring.ts';
import { noteLatency, pickInTurn, pickLeastLoaded, pickQuicker } from './pickers.ts';
import { StickyCookie } from './sticky-cookie.ts';
import { Target } from './target.ts';

const target = (name: string, weight = 1): Target =>
  new Target({ origin: `http://${name}`, basePath: '', host: null, weight, priority: 0 });

function counted(times: number, pick: () => Target): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < times; i++) {
    const { origin } = pick();
    counts.set(origin, (counts.get(origin) ?? 0) + 1);
  }
  return counts;
}

describe('weighted round robin', () => {
  it('gives each target exactly its weight over every cycle', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 12 }), (weights) => {
        const targets = weights.map((weight, at) => target(`t${at}`, weight));
        const cycle = weights.reduce((sum, weight) => sum + weight, 0);
        for (let round = 0; round < 2; round++) {
          const counts = counted(cycle, () => pickInTurn(targets));
          expect(targets.map(({ origin }) => counts.get(origin))).toEqual(weights);
        }
      }),
    );
  });

  it('spreads a heavy target out instead of calling it in a row', () => {
    const targets = [target('a', 5), target('b'), target('c')];
    const order = Array.from({ length: 7 }, () => pickInTurn(targets).origin.slice(-1)).join('');
    expect(order).toBe('aabacaa');
  });
});

describe('least connections', () => {
  it('prefers the target with the fewest running calls for its weight, and lets equals take turns', () => {
    const [a, b] = [target('a', 2), target('b')] as const;
    a.inFlight = 1;
    b.inFlight = 1;
    expect(pickLeastLoaded([a, b])).toBe(a);
    a.inFlight = 3;
    expect(pickLeastLoaded([a, b])).toBe(b);
    const equal = [target('c'), target('d')];
    expect(counted(10, () => pickLeastLoaded(equal))).toEqual(
      new Map([
        ['http://c', 5],
        ['http://d', 5],
      ]),
    );
  });
});

describe('the quicker of two', () => {
  it('prefers the faster target and never the slowest of all', () => {
    const targets = [5, 10, 200].map((ms, at) => {
      const one = target(`t${at}`);
      noteLatency(one, ms, 1);
      return one;
    });
    const counts = counted(900, () => pickQuicker(targets, 2, Math.random));
    expect(counts.get('http://t0') ?? 0).toBeGreaterThan(counts.get('http://t1') ?? 0);
    expect(counts.get('http://t2')).toBeUndefined();
  });

  it('weighs the line at a target, believes a worse time at once and forgets it when it is old', () => {
    const [fast, slow] = [target('fast'), target('slow')] as const;
    noteLatency(fast, 10, 1);
    noteLatency(slow, 30, 1);
    const pick = (nowMs: number): Target => pickQuicker([fast, slow], nowMs, () => 0);
    expect(pick(2)).toBe(fast);
    fast.inFlight = 4;
    expect(pick(2)).toBe(slow);
    fast.inFlight = 0;
    noteLatency(fast, 500, 3);
    expect(pick(4)).toBe(slow);
    noteLatency(slow, 30, 120_000);
    expect(pick(120_000)).toBe(fast);
  });
});

describe('consistent hashing', () => {
  const keys = Array.from({ length: 3000 }, (_, at) => `caller-${at}`);
  const ringOf = (targets: readonly Target[]): HashRing => {
    const ring = new HashRing();
    ring.build(targets);
    return ring;
  };

  it('shares keys by weight', () => {
    const targets = [target('10.0.0.1:80'), target('10.0.0.2:80'), target('10.0.0.3:80', 2)];
    const ring = ringOf(targets);
    const of = (one: Target) => keys.filter((key) => ring.pick(key, targets) === one).length;
    const [a, b, c] = targets.map(of) as [number, number, number];
    expect(c / keys.length).toBeGreaterThan(0.4);
    expect(c / keys.length).toBeLessThan(0.6);
    expect(Math.abs(a - b) / keys.length).toBeLessThan(0.1);
  });

  it('moves only the keys of a target that goes, whether it is sick or gone for good', () => {
    const targets = ['a', 'b', 'c', 'd'].map((name) => target(name));
    const left = targets.slice(0, 3);
    const [all, fewer] = [ringOf(targets), ringOf(left)];
    for (const key of keys) {
      const before = all.pick(key, targets);
      const sick = all.pick(key, left);
      const gone = fewer.pick(key, left);
      expect(sick).toBe(gone);
      if (before !== targets[3]) expect(sick).toBe(before);
    }
  });
});

describe('the sticky cookie', () => {
  it('names a target without telling its address, and is set again only when it would change', () => {
    const targets = [target('10.1.2.3:8080'), target('10.1.2.4:8080')];
    const [first, second] = targets as [Target, Target];
    const cookie = new StickyCookie({ kind: 'sticky', cookie: 'at', secure: true, maxAgeSeconds: 60 });
    const set = cookie.headerFor(second, undefined) ?? '';
    expect(set).toMatch(/^at=[0-9a-f]{16}; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=60$/);
    const sent = `x=1; ${set.split(';')[0]}; y=2`;
    expect(cookie.find(targets, sent)).toBe(second);
    expect(cookie.headerFor(second, sent)).toBeNull();
    expect(cookie.find([first], sent)).toBeNull();
    expect(cookie.find(targets, 'at=forged')).toBeNull();
    expect(cookie.headerFor(first, sent)).toContain('at=');
  });
});
