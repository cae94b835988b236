import { expect, it } from 'vitest';
import { endUserOf, MAX_TAGS, tagsOf } from './attribution.ts';

it('reads the end user from the header, then from what clients of models say in their bodies', () => {
  expect(endUserOf('anna', { user: 'ben' })).toBe('anna');
  expect(endUserOf(null, { safety_identifier: 'cleo', user: 'ben' })).toBe('cleo');
  expect(endUserOf(null, { user: 'ben' })).toBe('ben');
  expect(endUserOf(null, { metadata: { user_id: 'user_1' } })).toBe('user_1');
  expect(endUserOf(null, undefined)).toBeUndefined();
});

it('passes over what cannot name an end user', () => {
  for (const bad of ['', ' ', ' anna', 'anna ', 'änna', 'a\nb', 'x'.repeat(257)]) {
    expect(endUserOf(bad, { user: 'ben' })).toBe('ben');
    expect(endUserOf(null, { user: bad })).toBeUndefined();
  }
  for (const user of [1, null, {}, ['a']]) expect(endUserOf(null, { user })).toBeUndefined();
  expect(endUserOf(null, { metadata: Object.create({ user_id: 'inherited' }) })).toBeUndefined();
  expect(endUserOf('x'.repeat(256), undefined)).toHaveLength(256);
});

it('reads tags, the first of a name, in small letters', () => {
  expect(tagsOf('Team=search, project = atlas 2 , team=other')).toEqual({ team: 'search', project: 'atlas 2' });
  expect(tagsOf('feature=a=b')).toEqual({ feature: 'a=b' });
});

it('passes over tags that do not fit, and all of a header that is too long', () => {
  expect(tagsOf(null)).toBeUndefined();
  expect(tagsOf('')).toBeUndefined();
  expect(tagsOf('novalue, =x, a=, b=ü, -c=1, ok=1')).toEqual({ ok: '1' });
  expect(tagsOf(`a=${'x'.repeat(65)}`)).toBeUndefined();
  expect(tagsOf(`a=1,${' '.repeat(1100)}`)).toBeUndefined();
  const many = Array.from({ length: 20 }, (_, i) => `t${i}=1`).join(',');
  expect(Object.keys(tagsOf(many) ?? {})).toHaveLength(MAX_TAGS);
  expect(tagsOf('__proto__=x, constructor=y')).toEqual({ constructor: 'y' });
});
