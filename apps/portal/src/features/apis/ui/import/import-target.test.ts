import { expect, it } from 'vitest';
import { freeSlug, likelyTarget } from './import-target.ts';

const shop = { slug: 'shop', name: 'Shop', baseUrl: 'https://shop.example.com/v1' };
const pets = { title: 'Pets', urls: ['https://pets.example.com', 'https://sandbox.example.com'] };
const silent = { title: '', urls: [] };

it('takes the upstream that is at an address the document names', () => {
  const sandbox = { slug: 'sandbox', name: 'Sandbox', baseUrl: 'https://sandbox.example.com' };
  expect(likelyTarget(pets, [shop, sandbox], true)).toEqual({ kind: 'known', upstream: 'sandbox' });
});

it('makes one at the first address otherwise, named as the document is, or after its host', () => {
  expect(likelyTarget(pets, [shop], true)).toEqual({ kind: 'new', name: 'Pets', baseUrl: 'https://pets.example.com' });
  expect(likelyTarget({ ...pets, title: '' }, [], true)).toMatchObject({ name: 'pets.example.com' });
});

it('takes the first upstream for a document without address, or for somebody who may make none', () => {
  expect(likelyTarget(silent, [shop], true)).toEqual({ kind: 'known', upstream: 'shop' });
  expect(likelyTarget(pets, [shop], false)).toEqual({ kind: 'known', upstream: 'shop' });
  expect(likelyTarget(silent, [], true)).toEqual({ kind: 'new', name: '', baseUrl: '' });
  expect(likelyTarget(silent, [], false)).toEqual({ kind: 'known', upstream: '' });
});

it('gives a short name that is free', () => {
  expect(freeSlug('Shop', [])).toBe('shop');
  expect(freeSlug('Shop', [shop])).toBe('shop-2');
  expect(freeSlug('Shop', [shop, { ...shop, slug: 'shop-2' }])).toBe('shop-3');
  expect(freeSlug('…', [])).toBe('upstream');
});
