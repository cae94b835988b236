import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PERSONAL_DETECTORS, SECRET_DETECTORS } from '../policy/plans.ts';
import { phraseDetector } from '../words/phrases.ts';
import { JsonScanner, scanJson } from './json-scanner.ts';
import { compilePatterns } from './patterns.ts';
import { planScan } from './plan.ts';
import { type OnFound, Scanner, STOP, scanText } from './scanner.ts';

const words = phraseDetector('words.test', 'word', [{ name: 'test', phrases: ['project x', 'geheim', '机密'] }]);
const plan = planScan(
  [...(words ? [words] : []), ...SECRET_DETECTORS, ...Object.values(PERSONAL_DETECTORS)],
  compilePatterns([{ name: 'staff', kind: 'pattern', pattern: 'EMP-\\d{3,6}' }]),
);
const mask: OnFound = ({ kind }) => `[${kind}]`;

const FRAGMENTS = [
  'joe@example.com',
  ' a@b',
  '4111 1111 1111 1111',
  ' 4111111111111111',
  'DE89370400440532013000',
  'GB82 WEST 1234 5698 7654 32',
  '+49 171 1234567',
  ' (415) 555-2671 ',
  'born on 4 May 1980',
  'DOB: 1980-05-04',
  ' 203.0.113.9',
  '2a02:8071::1',
  '00:1a:2b:3c:4d:5e',
  'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
  'password: hunter2!x',
  'the password is hunter22',
  'postgres://u:s3cret99@db/x',
  '-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----',
  '-----',
  ' ',
  '\n',
  '. ',
  'Project  X',
  'project-x',
  '这是机密文件',
  'EMP-12345',
  'hello',
  ' world',
  '\u200b',
  '４１１１',
  'é',
  '😀',
  '=',
  ': "',
  '","',
  'Dear John Smith',
  '12 Main Street',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjMifQ.abcdefghijklmnopqrstu',
  '\\',
  '"',
  '{',
  '}',
  '123456789',
  'x'.repeat(70),
];
const texts = fc
  .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 14 })
  .map((parts) => parts.join(''));

/** Cuts a text at places drawn from a list. */
function chunked(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((one, other) => one - other);
  return [...places, text.length].map((place, index) => text.slice(places[index - 1] ?? 0, place));
}

const cuts = fc.array(fc.nat(400), { maxLength: 40 });

test('any chunking of a text gives the same result as the whole text, and holds back no more than the plan says', () => {
  fc.assert(
    fc.property(texts, cuts, (text, places) => {
      const scanner = new Scanner(plan, mask);
      let out = '';
      let fed = 0;
      let released = 0;
      const count: OnFound = (found) => {
        released += found.value.length;
        return mask(found);
      };
      const counting = new Scanner(plan, count);
      for (const chunk of chunked(text, places)) {
        out += scanner.feed(chunk);
        fed += chunk.length;
        released += counting.feed(chunk).replace(/\[\w+\]/g, '').length;
        expect(fed - released).toBeLessThanOrEqual(plan.holdsBack);
      }
      expect(out + scanner.end()).toBe(scanText(plan, text, mask));
    }),
    { numRuns: 1500 },
  );
});

test('letter by letter is the same as whole, for every fragment beside every other', () => {
  for (const one of FRAGMENTS) {
    for (const other of FRAGMENTS) {
      const text = `${one}${other} end`;
      const scanner = new Scanner(plan, mask);
      let out = '';
      for (const letter of text) out += scanner.feed(letter);
      expect(out + scanner.end(), JSON.stringify(text)).toBe(scanText(plan, text, mask));
    }
  }
});

test('what is only watched leaves every text as it came', () => {
  fc.assert(
    fc.property(texts, cuts, (text, places) => {
      const scanner = new Scanner(plan, () => undefined);
      const out = chunked(text, places).map((chunk) => scanner.feed(chunk));
      expect(out.join('') + scanner.end()).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test('text without anything that could begin a hit goes on with the next word', () => {
  const { name, address, ...checked } = PERSONAL_DETECTORS;
  const scanner = new Scanner(planScan([...SECRET_DETECTORS, ...Object.values(checked)]), mask);
  expect([name.longest, address.longest]).toEqual([64, 112]);
  expect(scanner.feed('This is plain ')).toBe('This is plain ');
  expect(scanner.feed('text')).toBe('');
  expect(scanner.feed(' and more, ')).toBe('text and more, ');
});

test('STOP ends a scan where the hit begins, in any chunks', () => {
  const text = 'Mail joe@example.com now';
  for (let size = 1; size < text.length; size++) {
    const scanner = new Scanner(plan, () => STOP);
    let out = '';
    for (let at = 0; at < text.length; at += size) out += scanner.feed(text.slice(at, at + size));
    expect(out + scanner.end()).toBe('Mail ');
  }
});

const json = fc.jsonValue().map((value) => JSON.stringify(value));
const jsonWithHits = fc
  .array(
    fc.tuple(
      fc.constantFrom('to', 'password', 'n', 'text'),
      fc.oneof(texts, fc.constantFrom(4111111111111111, 3.5, true, null)),
    ),
  )
  .map((entries) =>
    JSON.stringify({ list: entries.map(([name, value]) => ({ [name]: value })), ...Object.fromEntries(entries) }),
  );

test('JSON stays JSON whatever is replaced in it, the same in any chunking', () => {
  fc.assert(
    fc.property(fc.oneof(json, jsonWithHits), cuts, (text, places) => {
      const whole = new JsonScanner(plan, mask);
      const expected = whole.feed(text) + whole.end();
      JSON.parse(expected);
      const scanner = new JsonScanner(plan, mask);
      const out = chunked(text, places).map((chunk) => scanner.feed(chunk));
      expect(out.join('') + scanner.end()).toBe(expected);
      const untouched = scanJson(plan, text, () => undefined);
      expect(untouched).toBe(text);
    }),
    { numRuns: 800 },
  );
});

test('a member’s name says what its value is, escapes hide nothing, and numbers are read', () => {
  const text = '{"password":"hunter2!","to":"\\u006aoe@example.com\\njane@example.com","card":4111111111111111,"n":17}';
  expect(scanJson(plan, text, mask)).toBe('{"password":"[secret]","to":"[email]\\n[email]","card":"[card]","n":17}');
});

test('characters that only look different are read for what they look like', () => {
  expect(scanText(plan, 'card ４１１１ 1111 1111 1111', mask)).toBe('card [card]');
  expect(scanText(plan, '4111\u200b1111\u200b1111\u200b1111 x', mask)).toBe('[card] x');
  expect(scanText(plan, 'joe@exa\u00admple.com', mask)).toBe('[email]');
});
