import { passiveHealthOptions } from '@parley/contracts/upstream-options';
import { describe, expect, it } from 'vitest';
import { Target } from '../balance/target.ts';
import { isFit, PassiveHealth } from './passive-health.ts';

const targetsOf = (count: number): [Target, ...Target[]] =>
  Array.from(
    { length: count },
    (_, at) => new Target({ origin: `http://t${at}`, basePath: '', host: null, weight: 1, priority: 0 }),
  ) as [Target, ...Target[]];
const options = passiveHealthOptions.parse({ consecutiveFailures: 2, ejectSeconds: 10, maxEjectSeconds: 35 });

describe('a target whose calls fail', () => {
  it('is left out after failures in a row, and one good call between starts the count again', () => {
    const health = new PassiveHealth(options);
    const targets = targetsOf(2);
    const [one] = targets;
    expect(health.bad(one, false, targets, 0)).toBe(false);
    health.good(one, false);
    expect(health.bad(one, false, targets, 0)).toBe(false);
    expect(health.bad(one, false, targets, 0)).toBe(true);
    expect(isFit(one, 9_999)).toBe(false);
    expect(isFit(one, 10_000)).toBe(true);
  });

  it('is tried by one call at a time, and is fit again when that goes well', () => {
    const health = new PassiveHealth(options);
    const targets = targetsOf(2);
    const [one] = targets;
    for (let i = 0; i < 2; i++) health.bad(one, false, targets, 0);
    one.probing = true;
    expect(isFit(one, 10_000)).toBe(false);
    // An answer to a call from before the ejection decides nothing.
    expect(health.good(one, false)).toBe(false);
    expect(one.ejectedUntil).toBe(10_000);
    expect(health.good(one, true)).toBe(true);
    expect([one.ejectedUntil, one.ejections, one.probing]).toEqual([0, 0, false]);
  });

  it('is left out longer each time its trial fails, up to the longest time', () => {
    const health = new PassiveHealth(options);
    const targets = targetsOf(2);
    const [one] = targets;
    for (let i = 0; i < 2; i++) health.bad(one, false, targets, 0);
    const until: number[] = [];
    for (let now = one.ejectedUntil, i = 0; i < 3; i++, now = one.ejectedUntil) {
      health.bad(one, true, targets, now);
      until.push((one.ejectedUntil - now) / 1000);
    }
    expect(until).toEqual([20, 35, 35]);
  });

  it('stays when too many are left out already: never the last one by default', () => {
    for (const [count, most] of [
      [1, 0],
      [2, 1],
      [3, 1],
      [10, 5],
    ] as const) {
      const health = new PassiveHealth(options);
      const targets = targetsOf(count);
      for (const one of targets) for (let i = 0; i < 5; i++) health.bad(one, false, targets, 0);
      expect(targets.filter((one) => !isFit(one, 1)).length, `${count} targets`).toBe(most);
    }
  });
});
