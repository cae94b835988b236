import { expect, it } from 'vitest';
import { type Admission, UNLIMITED } from '../ports/limiter/admission.ts';
import { roomIn } from './room.ts';

const admitted = (requests: number, remaining: number, windowSeconds = 60): Admission => ({
  limits: [{ requests, windowSeconds }],
  policyHeader: '',
  remaining: [remaining],
  resetSeconds: [42],
  failed: -1,
  resetsAtMs: 0,
});

it('leaves the last tenth of a limit to calls made at once, but for limits that are small or of long times', () => {
  expect(roomIn(UNLIMITED)).toBe(0);
  expect(roomIn(admitted(100, 10))).toBe(0);
  expect(roomIn(admitted(100, 9))).toBe(42);
  expect(roomIn(admitted(1, 0))).toBe(0);
  expect(roomIn(admitted(100, 0, 86_400))).toBe(0);
});
