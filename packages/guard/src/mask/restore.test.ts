import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Placeholders, redaction } from './placeholders.ts';
import { LONGEST_PLACEHOLDER, Restorer, restoreText } from './restore.ts';

function filled(): Placeholders {
  const placeholders = new Placeholders();
  placeholders.of('email', 'joe@example.com');
  placeholders.of('nationalId', '536-22-1234');
  placeholders.of('secret', 'a"b\\c\nd');
  return placeholders;
}

test('the same value has the same placeholder, and none that the text held already', () => {
  const placeholders = new Placeholders();
  placeholders.reserve('See <EMAIL_1> and [email 2] and EMAIL_0004.');
  expect(placeholders.of('email', 'a@b.de')).toBe('<EMAIL_3>');
  expect(placeholders.of('email', 'a@b.de')).toBe('<EMAIL_3>');
  expect(placeholders.of('email', 'c@d.de')).toBe('<EMAIL_5>');
  expect(restoreText(placeholders, 'See <EMAIL_1>, <EMAIL_3>', 'text')).toBe('See <EMAIL_1>, a@b.de');
  expect(redaction('nationalId')).toBe('[national id]');
});

test.each([
  '<EMAIL_1>',
  '<email_1>',
  '< EMAIL_1 >',
  '<EMAIL 1>',
  '<EMAIL-1>',
  '[EMAIL_1]',
  '&lt;EMAIL_1&gt;',
  '\\u003cEMAIL_1\\u003e',
  '<EMAIL\\_1>',
  '{EMAIL_01}',
])('restores %s', (written) => {
  expect(restoreText(filled(), `Write to ${written}!`, 'text')).toBe('Write to joe@example.com!');
});

test('leaves alone what no placeholder of the request is', () => {
  for (const text of [
    '<EMAIL_2>',
    'EMAIL_1',
    '<b>EMAIL 1</b>',
    'a < b',
    '<NATIONAL_ID_9>',
    'x[1]',
    '&lt;p&gt;',
    '<EMAIL_1',
    '\\u003c',
  ]) {
    expect(restoreText(filled(), text, 'text')).toBe(text);
  }
});

test('a value inside of a JSON string is escaped for it', () => {
  const restored = restoreText(filled(), '{"key":"<SECRET_1>","id":"\\u003cnational id 1\\u003e"}', 'json');
  expect(JSON.parse(restored)).toEqual({ key: 'a"b\\c\nd', id: '536-22-1234' });
});

const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      '<EMAIL_1>',
      '<NATIONAL_ID_1>',
      '&lt;email_1&gt;',
      '\\u003cEMAIL_1\\u003e',
      '<',
      '<EMAIL',
      '&',
      '\\',
      '[',
      '_1>',
      ' ',
    ),
    fc.string({ maxLength: 6 }),
  ),
  { maxLength: 12 },
);

test('any chunking of an answer restores the same, and holds back no more than a placeholder', () => {
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(200), { maxLength: 30 }), (parts, cuts) => {
      const text = parts.join('');
      const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((one, other) => one - other);
      const restorer = new Restorer(filled(), 'text');
      let out = '';
      [...places, text.length].forEach(
        (place, index) => (out += restorer.feed(text.slice(places[index - 1] ?? 0, place))),
      );
      const rest = restorer.end();
      expect(rest.length).toBeLessThanOrEqual(LONGEST_PLACEHOLDER);
      expect(out + rest).toBe(restoreText(filled(), text, 'text'));
    }),
    { numRuns: 2000 },
  );
});
