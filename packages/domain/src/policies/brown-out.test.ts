import { brownOutsPolicy } from '@parley/contracts/policies/brown-outs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brownOutAt } from './brown-out.ts';

const at = (minute: number): string => new Date(Date.UTC(2027, 0, 1, 9, minute)).toISOString();
const ms = (minute: number): number => Date.parse(at(minute));

describe('brown-outs', () => {
  it('hold from the first to before the last moment of a window, and follow the schedule outside', () => {
    const policy = brownOutsPolicy.parse({
      windows: [{ from: at(10), to: at(20) }],
      schedule: [
        { from: at(30), percent: 50 },
        { from: at(15), percent: 10 },
      ],
    });
    const when = brownOutAt(policy);
    const none = { percent: 0, untilMs: null };
    expect(when(ms(10) - 1)).toEqual(none);
    expect(when(ms(10))).toEqual({ percent: 100, untilMs: ms(20) });
    expect(when(ms(20) - 1)).toEqual({ percent: 100, untilMs: ms(20) });
    expect(when(ms(20))).toEqual({ percent: 10, untilMs: null });
    expect(when(ms(30))).toEqual({ percent: 50, untilMs: null });
  });

  it('of several in force the largest share counts, whatever their order', () => {
    const minute = fc.integer({ min: 0, max: 59 });
    const window = fc
      .tuple(minute, minute, fc.integer({ min: 0, max: 100 }))
      .filter(([from, to]) => from < to)
      .map(([from, to, percent]) => ({ from: at(from), to: at(to), percent }));
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 6 }), minute, (windows, now) => {
        const running = windows.filter(({ from, to }) => Date.parse(from) <= ms(now) && ms(now) < Date.parse(to));
        const most = Math.max(0, ...running.map(({ percent }) => percent));
        const ends = running.filter(({ percent }) => percent === most && most > 0).map(({ to }) => Date.parse(to));
        const expected = { percent: most, untilMs: ends.length > 0 ? Math.max(...ends) : null };
        expect(brownOutAt(brownOutsPolicy.parse({ windows }))(ms(now))).toEqual(expected);
      }),
    );
  });

  it('must end after they begin, and be at some time', () => {
    expect(brownOutsPolicy.safeParse({}).success).toBe(false);
    const windows = [{ from: at(5), to: at(6) }];
    expect(brownOutsPolicy.safeParse({ windows, link: 'https://a.test/?q=1#b' }).success).toBe(true);
    for (const link of ['https://a.test/>; rel=x', 'https://a.test/\r\nx: y', 'javascript:1', 'https://a.test/é']) {
      expect(brownOutsPolicy.safeParse({ windows, link }).success, link).toBe(false);
    }
    expect(brownOutsPolicy.safeParse({ windows: [{ from: at(5), to: at(5) }] }).success).toBe(false);
    expect(brownOutsPolicy.safeParse({ schedule: [{ from: 'tomorrow', percent: 5 }] }).success).toBe(false);
  });
});
