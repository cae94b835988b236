import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hasDuplicateMembers } from './duplicate-members.ts';

it('finds nothing in what JSON.stringify writes, whatever the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, space) => {
      expect(hasDuplicateMembers(JSON.stringify(value, null, space))).toBe(false);
    }),
  );
});

it('finds a member written twice at any depth, in any spelling', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), fc.nat(3), (name, one, two, depth) => {
      const key = JSON.stringify(name);
      const escaped = `"${[...Array(name.length)].map((_, i) => `\\u${name.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`;
      let json = `{${key}:${JSON.stringify(one)}, ${JSON.stringify(`x${name}`)}:1,${escaped} : ${JSON.stringify(two)}}`;
      for (let i = 0; i < depth; i++) json = `[{"a":${json}},"a"]`;
      expect(hasDuplicateMembers(json)).toBe(true);
    }),
  );
});

it('takes equal names in different objects, and texts that look like members, for what they are', () => {
  expect(hasDuplicateMembers('{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"\\"a\\":1,{\\"a\\":2"}')).toBe(false);
});
