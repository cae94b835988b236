import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalHashes, hashSecretToken, isSecretToken, maskSecretToken, newSecretToken } from './secret-token.ts';

test('a new secret is recognised by its own prefix only', () => {
  const token = newSecretToken('pk_live');
  expect(token).toMatch(/^pk_live_[0-9A-Za-z]{33}$/);
  expect(isSecretToken('pk_live', token)).toBe(true);
  expect(isSecretToken('pm_live', token)).toBe(false);
});

test('any one changed character is refused by the checksum', () => {
  fc.assert(
    fc.property(fc.nat({ max: 32 }), fc.constantFrom('0', 'a', 'Z', '9', 'q'), (at, replacement) => {
      const token = newSecretToken('pk_live');
      const index = 'pk_live_'.length + at;
      if (token[index] === replacement) return;
      expect(isSecretToken('pk_live', token.slice(0, index) + replacement + token.slice(index + 1))).toBe(false);
    }),
  );
});

test('the mask shows too little to guess the rest, and the hash depends on the pepper', () => {
  const token = newSecretToken('pk_live');
  expect(maskSecretToken(token)).toMatch(/^pk_live_.{4}….{4}$/);
  expect(equalHashes(hashSecretToken(token, 'a'), hashSecretToken(token, 'a'))).toBe(true);
  expect(equalHashes(hashSecretToken(token, 'a'), hashSecretToken(token, 'b'))).toBe(false);
});
