import { SHIELD_RULE_IDS } from '@parley/contracts/policies/shield-rules';
import { describe, expect, it } from 'vitest';
import { jsonSize, parameterCount } from './bounds.ts';
import { ATTACKS } from './corpus-attacks.ts';
import { ORDINARY } from './corpus-ordinary.ts';
import { FORM, HEADER, PATH, PATTERNS, QUERY } from './patterns.ts';
import { plainText } from './plain-text.ts';
import { Score, usedRules } from './score.ts';
import { addressValues, pairs } from './values.ts';

const THRESHOLD = 5;
const usual = usedRules(1, []);

function scored(text: string, where: number): Score {
  const score = new Score(usual);
  const values = (where & (QUERY | FORM)) !== 0 && text.includes('=') ? pairs(text, where) : [[text, where] as const];
  for (const [value, at] of values) score.look(value, at);
  return score;
}

describe('the shield at its usual threshold', () => {
  it('has a corpus of at least 60 ordinary requests and 80 attacks, each once', () => {
    expect(new Set(ORDINARY.map(String)).size).toBe(ORDINARY.length);
    expect(new Set(ATTACKS.map(String)).size).toBe(ATTACKS.length);
    expect(ORDINARY.length).toBeGreaterThanOrEqual(60);
    expect(ATTACKS.length).toBeGreaterThanOrEqual(80);
  });

  it('lets everything ordinary pass', () => {
    const wrong = ORDINARY.map(([text, where]) => [text, scored(text, where)] as const)
      .filter(([, score]) => score.total >= THRESHOLD)
      .map(([text, score]) => `${text} → ${score.found.join(', ')}`);
    expect(wrong).toEqual([]);
  });

  it('catches every attack', () => {
    const missed = ATTACKS.filter(([text, where]) => scored(text, where).total < THRESHOLD).map(([text]) => text);
    expect(missed).toEqual([]);
  });

  it('has an attack for every rule of the first paranoia level that blocks alone', () => {
    const met = new Set(ATTACKS.flatMap(([text, where]) => scored(text, where).found));
    expect(usual.filter((rule) => rule.weight === 5 && !met.has(rule.id)).map((rule) => rule.id)).toEqual([]);
  });

  it('finds an attack wherever it stands in a long value', () => {
    for (const at of [0, 3_900, 4_090, 8_000, 20_000]) {
      const score = new Score(usual);
      score.look(`${'a'.repeat(at)} <script>alert(1)</script>${'b'.repeat(5_000)}`, QUERY);
      expect(score.found, String(at)).toContain('xss.script');
    }
  });

  it('leaves excluded rules and higher paranoia levels alone', () => {
    const score = new Score(usedRules(1, ['xss.script']));
    score.look('<script>', QUERY);
    expect(score.total).toBe(0);
    const strict = new Score(usedRules(2, []));
    strict.look('<svg width=1>', QUERY);
    expect(strict.found).toEqual(['xss.markup']);
  });
});

describe('time', () => {
  it('is bounded for each character: no pattern repeats without an upper bound', () => {
    const open = SHIELD_RULE_IDS.filter((id) => {
      const bare = PATTERNS[id].expression.source.replaceAll(/\\.|\[(?:\\.|[^\]])*\]/g, 'x');
      return /[*+]|\{\d+,\}/.test(bare.replaceAll(/\(\?[:=!]/g, ''));
    });
    expect(open).toEqual([]);
  });

  const HOSTILE: readonly (readonly [string, (length: number) => string])[] = [
    ['one word again and again', (n) => 'select '.repeat(n / 7)],
    ['tags that never close', (n) => '<a '.repeat(n / 3)],
    ['handlers that never come', (n) => `<a${' on'.repeat(n / 3)}`],
    ['quotes and ors', (n) => "' or (".repeat(n / 6)],
    ['comments that never close', (n) => '/*'.repeat(n / 2)],
    ['percent signs', (n) => '%25'.repeat(n / 3)],
    ['entities', (n) => '&#60;'.repeat(n / 5)],
    ['climbing', (n) => '../'.repeat(n / 3)],
    ['separators and commands', (n) => ';cat '.repeat(n / 5)],
    ['openings of templates', (n) => '{{ ${ '.repeat(n / 6)],
    ['spaces', (n) => `(${' '.repeat(n - 7)}select`],
    ['parentheses', (n) => '(select a,'.repeat(n / 10)],
    ['all at once', (n) => `union'or"and;on=<a %25(select \${{{ ../;cat \`$( @@`.repeat(n / 50)],
    ['letters that unfold', (n) => '\ufdfa'.repeat(n / 3)],
  ];

  it.each(HOSTILE)('holds nobody up over 64 KB of: %s', async (_what, make) => {
    const text = make(65_536);
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const before = process.cpuUsage();
    await new Score(usual).lookAt([[text, FORM]]);
    const usedMs = process.cpuUsage(before).user / 1000;
    longest = Math.max(longest, performance.now() - last);
    clearInterval(timer);
    // The processor's own time, as other tests run beside this one.
    expect(Math.min(longest, usedMs)).toBeLessThan(50);
  });

  it('is short for the longest head that the door lets in', () => {
    for (const [what, make] of HOSTILE) {
      const before = process.cpuUsage();
      const score = new Score(usual);
      for (const [text, where] of addressValues('/x', `?q=${make(8000)}`, ['x-a', make(8000)])) score.look(text, where);
      expect(process.cpuUsage(before).user / 1000, what).toBeLessThan(50);
    }
  });
});

describe('plain text', () => {
  it.each([
    ['%253Cscript%253E', '<script>'],
    ['&lt;a&#x68;&#105;', '<ahi'],
    ['%u003cb', '<b'],
    ['un/**/ion', 'un ion'],
    ['%ff%3c', 'ÿ<'],
    ['/* open', '/* open'],
    ['&#99999999; &#x110000;', '&#99999999; &#x110000;'],
  ])('of %s is %s', (text, plain) => {
    expect(plainText(text, false)).toBe(plain);
  });
});

describe('bounds', () => {
  it('count depth and fields of JSON, not what stands in texts', () => {
    expect(jsonSize(Buffer.from('{"a":[{"b":"x:{[\\"}"}],"c":1}'))).toEqual({ depth: 3, keys: 3 });
    expect(jsonSize(Buffer.from('['.repeat(1000)))).toEqual({ depth: 1000, keys: 0 });
    expect(jsonSize(Buffer.from('"open'))).toEqual({ depth: 0, keys: 0 });
  });

  it('count parameters', () => {
    expect([parameterCount(''), parameterCount('?'), parameterCount('?a=1'), parameterCount('?a&b&c')]).toEqual([
      0, 0, 1, 3,
    ]);
  });

  it('reads header values as headers and the path as a path', () => {
    expect([...addressValues('/x', '?a=b', ['x-y', 'z', 'accept', '*/*'])]).toEqual([
      ['/x', PATH],
      ['a', QUERY],
      ['b', QUERY],
      ['z', HEADER],
    ]);
  });
});
