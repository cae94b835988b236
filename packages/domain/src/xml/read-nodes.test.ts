import { describe, expect, it } from 'vitest';
import { decodeXmlBytes } from './decode-bytes.ts';
import { escapeAttribute, escapeContent, isWritable } from './escape.ts';
import { readNodes, type XmlNode } from './read-nodes.ts';

const told = ({ namespace, name, attributes, children, text }: XmlNode): unknown => ({
  is: `{${namespace}}${name}`,
  ...(attributes.length > 0
    ? { attributes: attributes.map((one) => `{${one.namespace}}${one.name}=${one.value}`) }
    : {}),
  ...(children.length > 0 ? { children: children.map(told) } : { text }),
});

it('reads elements, namespaces, text and CDATA; leaves comments and instructions out', () => {
  const root =
    readNodes(`\uFEFF<?xml version="1.0"?><!-- a > b --><a xmlns="urn:a" xmlns:b='urn:b' b:x="1 &lt; 2&#x9;" y="'">
    <b:c>one<!-- no --> &amp; <![CDATA[<two> &amp;]]>&#xe9;\r\n</b:c><d xmlns=""/><?php no?></a> `);
  expect(told(root)).toEqual({
    is: '{urn:a}a',
    attributes: ['{urn:b}x=1 < 2\t', "{}y='"],
    children: [
      { is: '{urn:b}c', text: 'one & <two> &amp;é\n' },
      { is: '{}d', text: '' },
    ],
  });
});

describe('what is refused', () => {
  it.each([
    ['a document type', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'Document types'],
    ['an entity', '<a>&x;</a>', 'entity'],
    ['an entity of HTML', '<a>&nbsp;</a>', 'entity'],
    ['a bare ampersand', '<a>a & b</a>', 'unclosed'],
    ['a character that is none', '<a>&#0;</a>', 'entity'],
    ['half of a character', '<a>&#xD800;</a>', 'entity'],
    ['a crossing end', '<a><b></a></b>', 'unexpected close'],
    ['an open end', '<a><b></b>', 'unclosed tag'],
    ['nothing', '  ', 'document must'],
    ['two roots', '<a/><b/>', 'documents may'],
    ['text after the root', '<a/>x', 'outside'],
    ['an undeclared prefix', '<a:b/>', 'prefix'],
    ['an attribute twice', '<a b="1" b="2"/>', 'duplicate'],
    ['an attribute without quotes', '<a b=1/>', 'unquoted'],
    ['a tag within a value', '<a b="<c>"/>', 'disallowed'],
    ['attributes without space', '<a b="1"c="2"/>', 'space'],
    ['an open comment', '<a><!-- </a>', 'unclosed'],
    ['an open tag', '<a', 'document must'],
    ['depth without end', '<a>'.repeat(200_000), 'deeper'],
  ])('%s', (_, text, words) => {
    expect(() => readNodes(text)).toThrow(words);
  });

  it('with line and column', () => {
    expect(() => readNodes('<a>\n  <b>\n  </c>\n</a>')).toThrow('Line 3, column 6');
  });
});

it('takes time in proportion to what it reads', () => {
  const started = performance.now();
  readNodes(`<a>${'<b c="d">e</b>'.repeat(90_000)}</a>`);
  readNodes(`<a b="${' '.repeat(1_000_000)}">${'&amp;'.repeat(200_000)}</a>`);
  expect(performance.now() - started).toBeLessThan(5000);
});

it('writes only what XML can hold', () => {
  expect(escapeContent('<a> & "b"\r]]>')).toBe('&lt;a&gt; &amp; "b"&#13;]]&gt;');
  expect(escapeAttribute('"a"\n<')).toBe('&quot;a&quot;&#10;&lt;');
  expect(['\u0000', '\u001b', '\ufffe', '\ud800'].some(isWritable)).toBe(false);
  expect(isWritable('é\n\t😀')).toBe(true);
});

it('decodes bytes by mark, charset or declaration, and nothing else', () => {
  const utf16 = Buffer.from('\uFEFF<a>é</a>', 'utf16le');
  expect(decodeXmlBytes(utf16, 'text/xml')).toBe('<a>é</a>');
  const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>', 'latin1');
  expect(decodeXmlBytes(latin, 'text/xml')).toContain('<a>é</a>');
  expect(decodeXmlBytes(latin, 'text/xml; charset=utf-8')).toBeNull();
  expect(decodeXmlBytes(Buffer.from('<a/>'), 'text/xml; charset=utf-7')).toBeNull();
});
