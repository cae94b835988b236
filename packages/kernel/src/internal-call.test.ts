import { describe, expect, it } from 'vitest';
import { isInternalCall, signInternalCall } from './internal-call.ts';

const SECRET = 's'.repeat(32);
const NOW = 1_800_000_000_000;
const token = signInternalCall(SECRET, '/a', '{}', NOW);

describe('a call between our own processes', () => {
  it('is believed for a minute, for its path and body', () => {
    expect(isInternalCall(token, SECRET, '/a', '{}', NOW + 59_000)).toBe(true);
    expect(isInternalCall(token, SECRET, '/a', '{}', NOW + 61_000)).toBe(false);
    expect(isInternalCall(token, SECRET, '/a', '{}', NOW - 61_000)).toBe(false);
    expect(isInternalCall(token, SECRET, '/b', '{}', NOW)).toBe(false);
    expect(isInternalCall(token, SECRET, '/a', '{ }', NOW)).toBe(false);
  });

  it('is not believed with another secret, nor with anything that is no token', () => {
    expect(isInternalCall(token, 't'.repeat(32), '/a', '{}', NOW)).toBe(false);
    for (const text of ['', '.', `${NOW}.`, `${NOW}.${'0'.repeat(64)}`, token.slice(0, -1), `${token}0`, `x${token}`]) {
      expect(isInternalCall(text, SECRET, '/a', '{}', NOW), text).toBe(false);
    }
  });
});
