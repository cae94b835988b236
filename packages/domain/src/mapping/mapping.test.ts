import { type BodyMapping, bodyMapping } from '@parley/contracts/policies/mapping';
import { describe, expect, it } from 'vitest';
import { NO_PARTY } from '../expressions/party-facts.ts';
import { ANSWER_LANGUAGE, answerVariable } from './answer-language.ts';
import { compileExpression, EXPRESSION_LIMITS, ExpressionFailure, expressionProblem } from './expression.ts';
import type { MappingFacts } from './facts.ts';
import { mapBody } from './map-body.ts';
import { compileTemplate, templateProblem } from './template.ts';

const FACTS: MappingFacts = {
  request: { id: 'r1', method: 'GET', path: '/x', headers: { 'x-a': '1' }, query: { q: 'two' }, params: { id: '7' } },
  caller: { application: 'till', tenant: 't', subject: 'ann', scopes: ['read'] },
  party: NO_PARTY,
  plan: 'free',
  api: 'orders',
  version: 'v1',
  route: '/x/{id}',
  response: { status: 404, headers: { 'x-kind': 'list' } },
};

describe('templates', () => {
  it.each([
    ['', ''],
    ['plain', 'plain'],
    ['{request.headers.X-A}/{ request.query.q }/{request.params.id}', '1/two/7'],
    ['{{literal}} {plan}', '{literal} free'],
    ['{request.headers.__proto__}{request.headers.constructor}{request.query.toString}', ''],
    ['{response.status} {response.headers.x-kind}', '404 list'],
  ])('fills in %s', (text, filled) => expect(compileTemplate(text, 'answer')(FACTS)).toBe(filled));

  it.each([
    ['{', 'The brace at 1 has no other; write it twice to mean the brace itself.'],
    ['a } b', 'The brace at 3 has no other; write it twice to mean the brace itself.'],
    ['{caller}', 'There is no “caller”.'],
    ['{request.headers.}', 'There is no “request.headers.”.'],
    ['{response.status}', 'There is no “response.status”.'],
    ['{request.constructor}', 'There is no “request.constructor”.'],
  ])('tells what is wrong with %s', (text, problem) => {
    expect(templateProblem(text, 'request')).toContain(problem);
    expect(() => compileTemplate(text, 'request')).toThrow();
  });
});

describe('expressions', () => {
  it.each([
    ['{"a": 1', { line: 1, column: 8 }],
    ['a.\n  $eval("1")', { line: 2, column: 7 }],
    ['$match(a, /(?=x)/)', { line: 1, column: 17 }],
    ['$match(a, /(x)\\1/)', { line: 1, column: 17 }],
    ['', { line: 1, column: 1 }],
  ])('says where %j is wrong', (text, place) => expect(expressionProblem(text)).toMatchObject(place));

  it('finds nothing wrong with what can be evaluated', () => {
    expect(expressionProblem('items[price > 3].{"n": name, "w": $split(text, /\\s+/)}')).toBeNull();
  });

  const evaluate = (text: string, input: unknown = {}): Promise<unknown> =>
    compileExpression(text, 300).evaluate(input, { ...FACTS });

  it('evaluates regexes in time that grows with the text alone', async () => {
    expect(await evaluate('$replace("a1b22", /[0-9]+/, "#")')).toBe('a#b#');
    expect(await evaluate('$match("ab12", /([a-z])([0-9])/).groups')).toEqual(['b', '1']);
    expect(await evaluate('$split("a, b,c", /,\\s*/)')).toEqual(['a', 'b', 'c']);
    expect(await evaluate('$contains("ABC", /b/i)')).toBe(true);
    expect(await evaluate(`$contains("${'a'.repeat(200)}!", /^(a+)+$/)`)).toBe(false);
  });

  it('pads as JSONata does', async () => {
    expect(await evaluate('[$pad("a", 3), $pad("a", -3, "xy"), $pad("abc", 2)]')).toEqual(['a  ', 'xya', 'abc']);
  });

  it.each([
    ['($f := function($x){$f($x)}; $f(1))', true],
    ['($f := function($x){1 + $f($x)}; $f(1))', false],
    [`[1..${EXPRESSION_LIMITS.items + 1}]`, false],
    ['[1..1000000000]', false],
    ['$pad("", 1000000000)', false],
    ['$reduce([1..40], function($p, $i){$p & $p}, "x")', false],
    ['$eval("1")', false],
    ['($e := $eval; $e("1"))', false],
    ['$nothing()', false],
  ])('stops %s', async (text, slow) => {
    const failure = await evaluate(text).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ExpressionFailure);
    expect((failure as ExpressionFailure).slow).toBe(slow);
  });

  it('takes input for data, whatever its names', async () => {
    const hostile = JSON.parse(
      '{"__proto__":{"x":1},"constructor":{"prototype":2},"_jsonata_lambda":true,"a":1}',
    ) as object;
    expect(await evaluate('x', hostile)).toBeUndefined();
    expect(await evaluate('$merge([$, {"b": 1}]).b', { ...hostile, _jsonata_lambda: undefined })).toBe(1);
    expect(({} as { x?: unknown }).x).toBeUndefined();
    await expect(
      evaluate('$map([1], f)', { f: { _jsonata_lambda: true, arguments: [], body: { type: 'string' } } }),
    ).rejects.toThrow(ExpressionFailure);
  });
});

describe('bodies', () => {
  const map = async (mapping: Partial<BodyMapping>, body: string | Uint8Array, charset = ''): Promise<string> => {
    const parsed = bodyMapping.parse(mapping);
    const expression = parsed.map === '' ? null : compileExpression(parsed.map, 100);
    const outcome = await mapBody(parsed, expression, { bytes: Buffer.from(body), charset, facts: FACTS });
    return outcome.ok ? Buffer.from(outcome.bytes).toString() : `${outcome.code}: ${outcome.message}`;
  };
  const toJson = { from: 'xml', to: 'json' } as const;

  it('knows the character sets XML may have', async () => {
    const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>', 'latin1');
    expect(await map(toJson, latin)).toBe('{"a":"é"}');
    expect(await map(toJson, Buffer.from('<a>é</a>', 'latin1'), 'iso-8859-1')).toBe('{"a":"é"}');
    expect(await map(toJson, Buffer.from('\ufeff<a>é</a>', 'utf16le'))).toBe('{"a":"é"}');
    expect(await map(toJson, Buffer.from('<a>é</a>', 'latin1'))).toContain('malformed');
    expect(await map(toJson, '<a/>', 'x-none')).toContain('malformed');
  });

  it.each([
    [{ map: '$' }, '{', 'malformed: The body is not valid JSON.'],
    [{ map: 'none' }, '{}', 'failed: The expression yields nothing.'],
    [{ map: '$sum' }, '{}', 'failed: The expression yields nothing.'],
    [{ map: '{"f": function($x){$x}, "a": 1}' }, '{}', '{"a":1}'],
    [{ map: '$error("no")' }, '{}', 'told: no'],
    [{ map: '$assert(false, "never")' }, '{}', 'told: never'],
    [{ map: '[1..1000]', maxKb: 1 }, '{}', 'large: The mapped body is too large.'],
    [{ map: 'a + 1' }, '{"a":"x"}', 'failed: '],
    [{ map: '', from: 'json', to: 'xml' } as const, '[1]', 'failed: XML has one root'],
  ])('says why %j does not map %s, or what it makes', async (mapping, body, said) =>
    expect(await map(mapping, body)).toContain(said),
  );
});

it('reads conditions on answers from the same facts', () => {
  const holds = (text: string): unknown => {
    const compiled = ANSWER_LANGUAGE.compile(text, 'bool');
    if (!compiled.ok) return compiled.message;
    const outcome = compiled.expression.evaluate((name) => answerVariable(FACTS, name));
    return outcome.ok ? outcome.value : outcome.problem;
  };
  expect(holds('response.status >= 400 && response.headers["x-kind"] == "list" && plan == "free"')).toBe(true);
  expect(holds('"read" in caller.scopes && request.params["id"] == "7" && caller.application == "till"')).toBe(true);
  expect(holds('request.body.a == 1')).not.toBe(true);
});
