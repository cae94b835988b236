import { expect, test } from 'vitest';
import { atTheLimit, readLimits } from './limit-words.ts';

test('a limit reads as a sentence that says what happens over it', () => {
  expect(atTheLimit([{ requests: 1000, windowSeconds: 60 }])).toEqual([
    'At most 1,000 requests a minute; over that, calls are answered 429 until the minute ends.',
  ]);
  expect(atTheLimit([{ requests: 1, windowSeconds: 90 }])).toEqual([
    'At most 1 request every 90 seconds; over that, calls are answered 429 until the window ends.',
  ]);
});

test('no limits are said, and stored nonsense is never read as a limit', () => {
  expect(atTheLimit([])).toEqual(['No limit on the number of requests.']);
  for (const stored of [null, 'x', {}, [{ requests: 0, windowSeconds: 60 }], [{ requests: 5 }]]) {
    expect(readLimits(stored)).toEqual([]);
  }
  expect(readLimits([{ requests: 5, windowSeconds: 1 }])).toEqual([{ requests: 5, windowSeconds: 1 }]);
});
