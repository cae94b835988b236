import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CEL_LIMITS, type CelOutcome } from './cel.ts';
import { REQUEST_LANGUAGE, REQUEST_VARIABLES } from './request-variables.ts';

const CALL: Readonly<Record<string, unknown>> = {
  'request.method': 'POST',
  'request.path': '/orders/7',
  'request.headers': new Map([['x-preview', 'yes']]),
  'request.query': new Map([['page', '2']]),
  'request.cookies': new Map(),
  'request.params': new Map([['id', '7']]),
  'request.body': { amount: 12.5, count: 3, items: [{ sku: 'a', n: 1 }, { sku: 'b' }], note: null, 'odd name': 1 },
  'caller.application': 'shop',
  'caller.tenant': 'acme',
  'caller.scopes': ['orders:read', 'orders:write'],
  'caller.subject': '',
  plan: 'gold',
};

function run(source: string, call: Readonly<Record<string, unknown>> = CALL): CelOutcome {
  const compiled = REQUEST_LANGUAGE.compile(source, 'any');
  if (!compiled.ok) throw new Error(`${source}: ${compiled.message}`);
  return compiled.expression.evaluate((name) => call[name]);
}

describe('an expression', () => {
  it.each<[string, unknown]>([
    ['request.method == "POST" && plan == "gold"', true],
    ['request.headers["x-preview"] == "yes"', true],
    ['"x-other" in request.headers', false],
    ['has(request.headers.x) || request.params.id == "7"', true],
    ['request.body.amount * 2 > 20 && request.body.count == 3', true],
    ['request.body.items.exists(i, i.sku == "b")', true],
    ['request.body.items.all(i, i.n == 1)', null],
    ['request.body.items.exists(i, i.n == 1)', true],
    ['request.body.items.exists_one(i, has(i.n))', true],
    ['request.body.items.filter(i, has(i.n)).map(i, i.sku)', ['a']],
    ['request.body.items.map(i, has(i.n), i.n)', [1]],
    ['request.body.items.map(i, caller.scopes.map(s, s + i.sku))[1][0]', 'orders:readb'],
    ['request.body["odd name"] == 1 && request.body.note == null', true],
    ['"orders:write" in caller.scopes', true],
    ['caller.scopes.exists(s, s.startsWith("orders:") && s.endsWith("write"))', true],
    ['request.path.matches("^/orders/[0-9]+$")', true],
    ['request.path.split("/")[2] + "-" + string(1 + 1)', '7-2'],
    ['caller.scopes.join(" ").upperAscii().substring(0, 6).size()', 6],
    ['[[1]].map(x, x.map(x, [2].map(y, y + x)))[0][0][0]', 3],
    ['7 / 2', 3],
    ['request.body.count == 3 && 3 != request.body.amount && 0.0 / 0.0 != 0.0 / 0.0', true],
    ['7.0 / 2.0', 3.5],
    ['int("12") % 5', 2],
    ['-double("1.5")', -1.5],
    ['size(caller.subject) == 0 ? "none" : caller.subject', 'none'],
    ['{"a": [1, "x", true], plan: {"b": null}}', { a: [1, 'x', true], gold: { b: null } }],
    ['[1, 2] + [3] == [1.0, 2, 3]', true],
    ['request.body.missing == 1 || true', true],
    ['request.body.missing == 1 && false', false],
    ['!(request.body.missing == 1)', null],
    ['plan.indexOf("l") < 3 && plan.contains("ol") && plan.lowerAscii().trim() == plan', true],
    ['bool("true") && "b" > "a" && 2 >= 1.5', true],
    ['9223372036854775807 + 1', null],
    ['1 / 0', null],
    ['9007199254740993', '9007199254740993'],
    ['"constructor" in request.body', false],
    ['request.body.__proto__', null],
    ['has(request.body.toString)', false],
  ])('%s', (source, expected) => {
    const outcome = run(source);
    expect(outcome.ok ? outcome.value : null).toEqual(expected);
    if (expected === null) expect(outcome.ok).toBe(false);
  });

  it('says what it reads, so that a body is read only where an expression asks for it', () => {
    const uses = (source: string): string[] => {
      const compiled = REQUEST_LANGUAGE.compile(source, 'bool');
      return compiled.ok ? [...compiled.expression.uses] : [];
    };
    expect(uses('request.method == "GET" && plan != "x"')).toEqual(['request.method', 'plan']);
    expect(uses('has(request.body.a)')).toEqual(['request.body']);
    expect(uses('has(request.body)')).toEqual(['request.body']);
  });

  it('that asks for what a call does not have has no value, and says so', () => {
    const outcome = run('request.body.a == 1', { ...CALL, 'request.body': undefined });
    expect(outcome).toEqual({ ok: false, problem: 'request.body is not there in this call.' });
    expect(run('has(request.body) && request.body.a == 1', {})).toEqual({ ok: true, value: false });
  });

  it.each<[string, RegExp, number, number]>([
    ['plan ==', /no CEL expression/, 1, 8],
    ['plan == "a" &&\n  foo == 1', /no variable of that name.*request\.method/, 2, 3],
    ['request.metod == "x"', /No such key: metod/, 1, 9],
    ['request.headers.foo == 1', /string == int/, 1, 1],
    ['plan', /true or false; this one is of the type string/, 1, 1],
    ['size(request) == 1', /request.*alone|no matching/, 1, 1],
    ['dyn(request) == 1', /alone has no value/, 1, 5],
    ['plan.matches("(a")', /RE2/, 1, 14],
    ['plan.matches(plan)', /written out/, 1, 14],
    ['plan.matches("(?=a)")', /RE2/, 1, 14],
    ['cel.bind(x, plan + plan, x == x)', /cannot be used|no function/, 1, 1],
    ['timestamp("2026-01-01T00:00:00Z") == timestamp("2026-01-01T00:00:00Z")', /timestamp/, 1, 1],
    ['b"ab" == b"ab"', /Bytes/, 1, 1],
    ['', /no CEL expression/, 1, 1],
    ['"a" == "a'.padEnd(2100, 'a'), /at most 2000/, 1, 2001],
    ['('.repeat(900), /no CEL expression/, 1, 0],
    [`[${'1,'.repeat(600)}1] == []`, /no CEL expression/, 1, 0],
  ])('%j is refused with what is wrong and where', (source, message, line, column) => {
    const compiled = REQUEST_LANGUAGE.compile(source, 'bool');
    if (compiled.ok) throw new Error('compiled');
    expect(compiled.message).toMatch(message);
    expect(compiled.line).toBe(line);
    if (column > 0) expect(compiled.column).toBe(column);
  });
});

describe('hostile expressions and values', () => {
  const text = 'a'.repeat(65_536);
  const list = new Array(20_000).fill(text.slice(0, 40));
  it.each([
    ['request.body.list.exists(a, request.body.list.exists(b, a != b && false))'],
    ['request.body.list.map(a, request.body.list.map(b, request.body.list))'],
    ['request.body.list.all(a, request.body.text.contains(a + "b") || true)'],
    ['request.body.list.exists(a, request.body.list == [a] || request.body.missing.x == 1)'],
    ['request.body.text.split("").map(c, request.body.text.split(""))'],
    [
      'request.body.text.contains("b" + request.body.text.substring(0, 1000)) && request.body.text.contains("b" + request.body.text.substring(0, 1000))',
    ],
    ['request.body.list.map(a, request.body.text + request.body.text).join(request.body.text)'],
    ['request.body.list.filter(a, a.matches("(a*)*(a*)*b"))'],
  ])('%s ends soon, without a value', (source) => {
    const before = performance.now();
    const outcome = run(source, { 'request.body': { text, list } });
    expect(outcome).toMatchObject({ ok: false, problem: expect.stringContaining('too many steps') });
    // Generous: it is some ten milliseconds on a quiet machine, and would be minutes without bounds.
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it('a value that holds a large one many times is not written out', () => {
    const few = list.slice(0, 2000);
    expect(run('request.body.map(a, request.body)', { 'request.body': few }).ok).toBe(false);
    expect(run('request.body.map(a, a)', { 'request.body': few })).toEqual({ ok: true, value: few });
  });

  it('values nested deeper than the stack give no value', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 20_000; i++) deep = [deep];
    expect(run('request.body', { 'request.body': deep }).ok).toBe(false);
    expect(run('request.body == [request.body]', { 'request.body': deep }).ok).toBe(false);
  });

  it('no text makes compiling throw, and no values make a compiled expression throw', () => {
    const pieces =
      'request . body plan ( ) [ ] "a" \' == && || ! - 1 0x 1.5 ? : in .exists(x, .map(x, x , has( size( .matches("a") { } null ' +
      'caller.scopes % / * + r" .all(x, cel.bind( // 9223372036854775807 __proto__';
    const piece = fc.constantFrom(...pieces.split(' ').map((text) => `${text} `));
    const source = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 14 }).map((parts) => parts.join('')),
    );
    const facts = fc.dictionary(fc.constantFrom(...Object.keys(REQUEST_VARIABLES)), fc.jsonValue());
    fc.assert(
      fc.property(source, facts, (text_, call) => {
        const compiled = REQUEST_LANGUAGE.compile(text_, 'bool');
        if (!compiled.ok) {
          expect(compiled.message).not.toBe('');
          return;
        }
        const outcome = compiled.expression.evaluate((name) => call[name]);
        expect(outcome.ok ? typeof outcome.value : outcome.problem).not.toBe('');
      }),
      { numRuns: 2000 },
    );
  });

  it('whole numbers compute as 64 bit ones, and what does not fit has no value', () => {
    const int = fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(int, int, fc.constantFrom('+', '-', '*'), (a, b, operator) => {
        const exact = operator === '+' ? a + b : operator === '-' ? a - b : a * b;
        const fits = exact === BigInt.asIntN(64, exact);
        const outcome = run(`(${a}) ${operator} (${b})`);
        expect(outcome.ok).toBe(fits);
        if (outcome.ok) expect(BigInt(String(outcome.value))).toBe(exact);
      }),
    );
  });

  it('the bounds are those that are documented', () => {
    expect(CEL_LIMITS).toEqual({ characters: 2000, nodes: 400, depth: 24, steps: 50_000 });
  });
});
