import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CallTimes, timelineOf, tokensPerSecond } from './timeline.ts';

const STREAM: CallTimes = {
  durationUs: 1_000_000,
  upstreamUs: 900_000,
  ttftUs: 300_000,
  leftUs: 50_000,
  stream: true,
};

it('tells door, waiting, streaming and end of a stream, and its tokens a second from the first token on', () => {
  expect(timelineOf(STREAM)).toEqual([
    { part: 'door', fromUs: 0, toUs: 50_000 },
    { part: 'waiting', fromUs: 50_000, toUs: 300_000 },
    { part: 'streaming', fromUs: 300_000, toUs: 950_000 },
    { part: 'end', fromUs: 950_000, toUs: 1_000_000 },
  ]);
  expect(tokensPerSecond({ ...STREAM, outputTokens: 65 })).toBeCloseTo(100);
});

it('tells of an answer in one piece, of a call that never left, of an upstream that took longer than the call, and of one that does not say when it left', () => {
  const parts = (times: Partial<CallTimes>) =>
    timelineOf({ ...STREAM, ...times }).map(({ part, toUs }) => [part, toUs]);
  expect(parts({ stream: false, ttftUs: null })).toEqual([
    ['door', 50_000],
    ['waiting', 950_000],
    ['end', 1_000_000],
  ]);
  expect(parts({ upstreamUs: 0, leftUs: null, ttftUs: null })).toEqual([['door', 1_000_000]]);
  expect(parts({ upstreamUs: 5_000_000 }).at(-1)).toEqual(['streaming', 1_000_000]);
  expect(parts({ leftUs: null })[0]).toEqual(['door', 100_000]);
  expect(tokensPerSecond({ ...STREAM, outputTokens: 0 })).toBeNull();
  expect(tokensPerSecond({ ...STREAM, stream: false, outputTokens: 90 })).toBeCloseTo(100);
});

it('is without gaps from the door to the last byte, whatever the clocks said', () => {
  const us = fc.integer({ min: 0, max: 5_000_000 });
  const times = fc.record({
    durationUs: fc.integer({ min: 1, max: 5_000_000 }),
    upstreamUs: us,
    ttftUs: fc.option(us),
    leftUs: fc.option(us),
    stream: fc.boolean(),
  });
  fc.assert(
    fc.property(times, (given) => {
      let at = 0;
      for (const { fromUs, toUs } of timelineOf(given)) {
        expect(fromUs).toBe(at);
        expect(toUs).toBeGreaterThan(fromUs);
        at = toUs;
      }
      expect(at).toBe(given.durationUs);
    }),
  );
});
