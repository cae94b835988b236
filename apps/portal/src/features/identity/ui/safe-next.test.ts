import { expect, test } from 'vitest';
import { safeNext } from './safe-next.ts';

test('after signing in one stays in this portal, whatever the link said', () => {
  expect(safeNext('/t/acme/apis?tab=plans')).toBe('/t/acme/apis?tab=plans');
  for (const bad of [
    'https://evil.test',
    '//evil.test',
    '/\\evil.test',
    'javascript:alert(1)',
    '',
    undefined,
    '/a\\b',
  ]) {
    expect(safeNext(bad)).toBe('/open');
  }
});
