import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readXml } from './read-xml.ts';
import { writeXml } from './write-xml.ts';
import { XML_LIMITS, XmlFault } from './xml-value.ts';

const plain = (text: string): unknown => JSON.parse(JSON.stringify(readXml(text)));
const MAX = 1_000_000;

it.each([
  ['<a>x</a>', { a: 'x' }],
  ['<a/>', { a: '' }],
  ['<a id="1"/>', { a: { '@id': '1' } }],
  ['<a id="1">x</a>', { a: { '@id': '1', '#text': 'x' } }],
  ['<a><b>1</b><b>2</b><c/></a>', { a: { b: ['1', '2'], c: '' } }],
  ['<a>\n  <b> x </b>\n</a>', { a: { b: ' x ' } }],
  ['<a>x<b/>y</a>', { a: { b: '', '#text': 'xy' } }],
  ['<a><![CDATA[<&>]]> &lt;&#65;</a>', { a: '<&> <A' }],
  [
    '<?xml version="1.0"?><!-- no --><s:a xmlns:s="urn:x"><?pi x?><s:b/></s:a>',
    { 's:a': { '@xmlns:s': 'urn:x', 's:b': '' } },
  ],
  ['<a><__proto__>x</__proto__><constructor/></a>', { a: JSON.parse('{"__proto__":"x","constructor":""}') as object }],
])('reads %s', (text, value) => expect(plain(text)).toEqual(value));

it('reads named elements as lists, however many there are', () => {
  expect(JSON.stringify(readXml('<a><b>1</b></a>', { arrays: ['b'] }))).toBe('{"a":{"b":["1"]}}');
});

it.each([
  ['a document type', '<!DOCTYPE a><a/>'],
  ['entities of its own', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
  ['external entities', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
  ['unknown entities', '<a>&nbsp;</a>'],
  ['an open end', '<a><b></a>'],
  ['two roots', '<a/><b/>'],
  ['nothing', ''],
  ['text alone', 'x'],
  ['an attribute twice', '<a b="1" b="2"/>'],
  ['characters XML has not', '<a>&#0;</a>'],
  ['depth without end', '<a>'.repeat(XML_LIMITS.depth + 1)],
  ['too many elements', `<a>${'<b/>'.repeat(XML_LIMITS.elements)}</a>`],
])('refuses %s', (_, text) => expect(() => readXml(text)).toThrow(XmlFault));

it.each([
  ['two roots', { a: 1, b: 2 }],
  ['a root that is a list', { a: [1] }],
  ['no object', 'a'],
  ['a list in a list', { a: { b: [[1]] } }],
  ['a name with a space', { 'a b': 1 }],
  ['a name that would be markup', { 'a><b': 1 }],
  ['an attribute that would be markup', { a: { '@x="1" y': '1' } }],
  ['an attribute with structure', { a: { '@x': { y: 1 } } }],
  ['a character XML has not', { a: '\u0000' }],
  ['half a character', { a: '\ud800' }],
])('does not write %s', (_, value) => expect(() => writeXml(value, MAX)).toThrow(XmlFault));

it('writes no more than it may, and not deeper', () => {
  expect(() => writeXml({ a: 'x'.repeat(200) }, 100)).toThrow('too large');
  let deep: unknown = '';
  for (let at = 0; at <= XML_LIMITS.depth; at++) deep = { a: deep };
  expect(() => writeXml(deep, MAX)).toThrow('deeper');
});

it('writes null as an empty element, numbers and booleans as they are', () => {
  expect(writeXml({ a: { b: null, c: 1.5, d: [true, false] } }, MAX)).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><a><b/><c>1.5</c><d>true</d><d>false</d></a>',
  );
});

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/);
/** Any text XML can hold; spaces alone between elements are not kept, so texts beside others begin with a letter. */
const text = fc
  .string({ unit: 'grapheme' })
  .filter((one) => !/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(one));
const { element } = fc.letrec<{ element: unknown }>((tie) => ({
  element: fc.oneof(
    { depthSize: 'small' },
    text,
    fc
      .record({
        attributes: fc.dictionary(
          name.map((one) => `@${one}`),
          text,
          { maxKeys: 3 },
        ),
        members: fc.dictionary(
          name,
          fc.oneof(tie('element'), fc.array(tie('element'), { minLength: 2, maxLength: 3 })),
          { maxKeys: 3 },
        ),
        own: fc.option(
          text.map((one) => `t${one}`),
          { nil: undefined },
        ),
      })
      .filter(({ attributes, members }) => Object.keys({ ...attributes, ...members }).length > 0)
      .map(({ attributes, members, own }) => ({
        ...attributes,
        ...members,
        ...(own === undefined ? {} : { '#text': own }),
      })),
  ),
}));

it('reads back what it writes', () => {
  fc.assert(
    fc.property(name, element, (root, value) => {
      const document = { [root]: value };
      expect(plain(writeXml(document, MAX))).toEqual(JSON.parse(JSON.stringify(document)));
    }),
    { numRuns: 300 },
  );
});

it('ends with a document or a fault, whatever it is given', () => {
  const markup = fc.array(
    fc.constantFrom(
      '<a',
      '>',
      '</a>',
      '<!',
      '<![CDATA[',
      ']]>',
      '&',
      '&#x41;',
      ';',
      '"',
      "'",
      '=',
      ' ',
      '<?xml',
      '?>',
      'x',
      '<!--',
      '-->',
      '<!DOCTYPE',
      '[',
    ),
  );
  fc.assert(
    fc.property(markup, (pieces) => {
      try {
        readXml(pieces.join(''));
      } catch (error) {
        expect(error).toBeInstanceOf(XmlFault);
      }
    }),
    { numRuns: 500 },
  );
});
