import { expect, test } from 'vitest';
import { isSameOrigin } from './same-origin.ts';

const PORTAL = 'https://parley.example.com';
const check = (headers: Record<string, string>): boolean => isSameOrigin(new Headers(headers), PORTAL);

test('a mutation is taken from our own pages only', () => {
  expect(check({ 'sec-fetch-site': 'same-origin', origin: PORTAL })).toBe(true);
  expect(check({ origin: PORTAL })).toBe(true);
  expect(check({ 'sec-fetch-site': 'same-origin' })).toBe(true);
  expect(check({ origin: 'http://localhost:3000', host: 'localhost:3000', 'sec-fetch-site': 'same-origin' })).toBe(
    true,
  );
});

test('a foreign, sibling, opaque or unnamed origin is refused', () => {
  expect(check({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' })).toBe(false);
  expect(check({ 'sec-fetch-site': 'same-site', origin: 'https://other.example.com' })).toBe(false);
  expect(check({ 'sec-fetch-site': 'none' })).toBe(false);
  expect(check({ origin: 'null', host: 'parley.example.com' })).toBe(false);
  expect(check({ origin: 'https://parley.example.com.evil.test', host: 'parley.example.com' })).toBe(false);
  expect(check({})).toBe(false);
});
