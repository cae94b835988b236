import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CalendarUnit, calendarPeriod } from './calendar-period.ts';

const at = (text: string): number => Date.parse(text);
const hours = ({ startMs, endMs }: { startMs: number; endMs: number }): number => (endMs - startMs) / 3_600_000;

describe('calendarPeriod', () => {
  it('gives days of 23 and 25 hours where clocks change', () => {
    const spring = calendarPeriod(at('2026-03-29T12:00:00Z'), 'day', 'Europe/Berlin');
    expect(spring).toEqual({ startMs: at('2026-03-28T23:00:00Z'), endMs: at('2026-03-29T22:00:00Z') });
    expect(hours(spring)).toBe(23);
    expect(hours(calendarPeriod(at('2026-10-25T12:00:00Z'), 'day', 'Europe/Berlin'))).toBe(25);
    expect(hours(calendarPeriod(at('2026-04-05T02:00:00Z'), 'day', 'Australia/Lord_Howe'))).toBe(24.5);
  });

  it('begins a day without a midnight at its first moment', () => {
    // Clocks in Cairo go from 00:00 to 01:00 on 24 April 2026, in Santiago on 6 September.
    const cairo = calendarPeriod(at('2026-04-24T12:00:00Z'), 'day', 'Africa/Cairo');
    expect(cairo).toEqual({ startMs: at('2026-04-23T22:00:00Z'), endMs: at('2026-04-24T21:00:00Z') });
    expect(hours(calendarPeriod(at('2026-09-06T12:00:00Z'), 'day', 'America/Santiago'))).toBe(23);
  });

  it('counts a midnight that comes twice, and a date that never came, once', () => {
    // In Havana 1:00 goes back to 0:00; Samoa had no 30 December 2011.
    expect(hours(calendarPeriod(at('2026-11-01T12:00:00Z'), 'day', 'America/Havana'))).toBe(25);
    const samoa = calendarPeriod(at('2011-12-30T09:00:00Z'), 'day', 'Pacific/Apia');
    expect(samoa).toEqual({ startMs: at('2011-12-29T10:00:00Z'), endMs: at('2011-12-30T10:00:00Z') });
  });

  it('begins weeks on Monday and months on the first', () => {
    expect(calendarPeriod(at('2026-11-22T23:59:59Z'), 'week', 'UTC')).toEqual({
      startMs: at('2026-11-16T00:00:00Z'),
      endMs: at('2026-11-23T00:00:00Z'),
    });
    expect(calendarPeriod(at('2026-12-31T23:30:00Z'), 'month', 'Europe/Berlin')).toEqual({
      startMs: at('2026-12-31T23:00:00Z'),
      endMs: at('2027-01-31T23:00:00Z'),
    });
  });

  it('holds its moment, and is followed by the next period without a gap or overlap', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia', 'Africa/Cairo'];
    fc.assert(
      fc.property(
        fc.integer({ min: at('2020-01-01'), max: at('2035-01-01') }),
        fc.constantFrom<CalendarUnit>('day', 'week', 'month'),
        fc.constantFrom(...zones),
        (timeMs, unit, zone) => {
          const period = calendarPeriod(timeMs, unit, zone);
          expect(period.startMs).toBeLessThanOrEqual(timeMs);
          expect(period.endMs).toBeGreaterThan(timeMs);
          expect(calendarPeriod(period.startMs, unit, zone)).toEqual(period);
          expect(calendarPeriod(period.endMs - 1, unit, zone)).toEqual(period);
          expect(calendarPeriod(period.endMs, unit, zone).startMs).toBe(period.endMs);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses a zone that is not known', () => {
    expect(() => calendarPeriod(0, 'day', 'Mars/Olympus')).toThrow(RangeError);
  });
});
