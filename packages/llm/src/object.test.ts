import { describe, expect, it } from 'vitest';
import { defined } from './object.ts';

describe('defined', () => {
  it('leaves out what is undefined, and keeps the order of the rest', () => {
    expect(JSON.stringify(defined({ a: 1, b: undefined, c: null, d: '' }))).toBe('{"a":1,"c":null,"d":""}');
    const whole = { a: 1 };
    expect(defined(whole)).toBe(whole);
  });

  it('keeps a member a client named __proto__ a member', () => {
    const given = JSON.parse('{"__proto__":{"polluted":true},"a":1}') as object;
    const kept = defined({ ...given, b: undefined });
    expect(Object.keys(kept)).toEqual(['__proto__', 'a']);
    expect((kept as Record<string, unknown>).polluted).toBeUndefined();
  });
});
