import { expect, it } from 'vitest';
import { scopesOf } from './scopes-field.tsx';

it('reads scopes from what people write between them', () => {
  expect(scopesOf(' orders:read, orders:write\n orders:read ')).toEqual(['orders:read', 'orders:write']);
  expect(scopesOf('')).toEqual([]);
});
