import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editObject, membersOf, memberText } from './json-edit.ts';

/** A JSON text with white space where the grammar allows it. */
const spaced = fc
  .tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 2, '\t', ' \n\r'))
  .map(([value, space]) => ({ value, text: JSON.stringify(value, null, space) }));

describe('editObject', () => {
  it('changes one value and leaves every other byte alone', () => {
    const text = '{ "n": 12345678901234567890, "model" : "a\\"}",\n "x":[1,{"model":"inner"}] , "t":1e400}';
    expect(editObject(text, [{ key: 'model', value: '"b"', add: false }])).toBe(
      '{ "n": 12345678901234567890, "model" : "b",\n "x":[1,{"model":"inner"}] , "t":1e400}',
    );
  });

  it('changes every member of a key given twice, and one whose name is written with escapes', () => {
    const text = '{"model":"a","mod\\u0065l":"c","model":"b"}';
    expect(JSON.parse(editObject(text, [{ key: 'model', value: '"z"', add: false }]))).toEqual({ model: 'z' });
    expect(editObject(text, [{ key: 'model', value: '"z"', add: false }])).not.toContain('"c"');
  });

  it('reads as JSON.parse would after any replacement, removal or addition', () => {
    fc.assert(
      fc.property(spaced, fc.string(), fc.jsonValue(), fc.boolean(), ({ value, text }, other, next, remove) => {
        const keys = Object.keys(value);
        for (const key of [other, keys[0], keys.at(-1), keys[keys.length >> 1]]) {
          if (key === undefined) continue;
          const edited = editObject(text, [{ key, value: remove ? null : JSON.stringify(next), add: true }]);
          const expected = new Map<string, unknown>(Object.entries(JSON.parse(text)));
          if (remove) expected.delete(key);
          else expected.set(key, JSON.parse(JSON.stringify(next)));
          expect(new Map(Object.entries(JSON.parse(edited)))).toEqual(expected);
        }
      }),
    );
  });

  it('removes several members at once, in any place', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 8 }),
        fc.array(fc.boolean()),
        (keys, mask) => {
          const text = `{${keys.map((key) => ` ${JSON.stringify(key)} : 1 `).join(',')}}`;
          const gone = keys.filter((_, i) => mask[i]);
          const edited = editObject(
            text,
            gone.map((key) => ({ key, value: null, add: false })),
          );
          expect(membersOf(edited).map((member) => member.key)).toEqual(keys.filter((key) => !gone.includes(key)));
          expect(() => JSON.parse(edited)).not.toThrow();
        },
      ),
    );
  });

  it('finds the text of a member as JSON.parse would read it', () => {
    expect(memberText('{"a":1,"a": {"b":2} }', 'a')).toBe('{"b":2}');
    expect(memberText('{"a":1}', 'b')).toBeNull();
    expect(memberText('[1]', 'b')).toBeNull();
  });
});
