import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortNameOf } from './short-name.ts';

test('a name becomes a short name, accents and signs lost', () => {
  expect(shortNameOf('Café Noir 2')).toBe('cafe-noir-2');
  expect(shortNameOf('  --Über/Shop!! ')).toBe('uber-shop');
  expect(shortNameOf('天気')).toBe('');
});

test('whatever the name, the result is a short name or empty, and making one of it again changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (name) => {
      const short = shortNameOf(name);
      expect(short).toMatch(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)?$/);
      expect(shortNameOf(short)).toBe(short);
    }),
  );
});
