import { describe, expect, it } from 'vitest';
import { countTokens } from './token-count.ts';

describe('countTokens', () => {
  it('counts ordinary text as o200k_base does', () => {
    expect(countTokens('')).toBe(0);
    expect(countTokens('Hello, world!')).toBe(4);
    expect(countTokens('The quick brown fox jumps over the lazy dog.')).toBe(10);
  });

  it('takes special markers as text', () => {
    expect(countTokens('<|endoftext|> <|im_start|>')).toBeGreaterThan(2);
  });

  it('bounds the work for a one-letter bomb and for a text of megabytes', () => {
    countTokens('warm');
    const started = process.cpuUsage();
    expect(countTokens('a'.repeat(1_000_000))).toBeGreaterThan(50_000);
    expect(countTokens('word '.repeat(1_000_000))).toBeGreaterThan(900_000);
    const spent = process.cpuUsage(started);
    expect((spent.user + spent.system) / 1000).toBeLessThan(400);
  });
});
