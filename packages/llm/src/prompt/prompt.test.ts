import type { PromptDefinition, PromptVariable } from '@parley/contracts/snapshot';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileOutput } from './output.ts';
import { placeholdersIn, renderPrompt } from './render.ts';
import { validateVariables } from './variables.ts';

const variable = (name: string, type: PromptVariable['type'], more: Partial<PromptVariable> = {}): PromptVariable => ({
  name,
  type,
  description: '',
  required: true,
  ...more,
});
const definition = (
  text: string,
  variables: PromptVariable[],
  more: Partial<PromptDefinition> = {},
): PromptDefinition => ({
  model: 'fast',
  messages: [{ role: 'user', text }],
  variables,
  settings: {},
  output: { kind: 'text' },
  ...more,
});
const rendered = (text: string, variables: PromptVariable[], input: unknown): unknown => {
  const result = renderPrompt(definition(text, variables), input);
  return result.ok ? (result.request.messages as { content: string }[])[0]?.content : result.issues;
};

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('validateVariables', () => {
  it.each([
    ['text', variable('a', 'string'), 'x', true],
    ['a number for text', variable('a', 'string'), 1, false],
    ['text that just fits, counted in characters', variable('a', 'string', { maxLength: 2 }), '😀😀', true],
    ['text too long', variable('a', 'string', { maxLength: 2 }), 'abc', false],
    ['a number', variable('a', 'number'), 1.5, true],
    ['a numeric text', variable('a', 'number'), '1', false],
    ['a number below the minimum', variable('a', 'number', { minimum: 2 }), 1, false],
    ['a number above the maximum', variable('a', 'number', { maximum: 2 }), 3, false],
    ['an integer', variable('a', 'integer'), 3, true],
    ['a fraction for an integer', variable('a', 'integer'), 3.5, false],
    ['a boolean', variable('a', 'boolean'), false, true],
    ['a text for a boolean', variable('a', 'boolean'), 'false', false],
    ['a listed value', variable('a', 'enum', { values: ['x'] }), 'x', true],
    ['a value not listed', variable('a', 'enum', { values: ['x'] }), 'y', false],
    ['any JSON', variable('a', 'json'), { b: [null] }, true],
    ['null as JSON', variable('a', 'json'), null, true],
    ['null as text', variable('a', 'string'), null, false],
    ['JSON nested within reason', variable('a', 'json'), nested(99), true],
    ['JSON nested a hundred thousand deep', variable('a', 'json'), nested(100_000), false],
  ])('%s', (_what, declared, value, ok) => {
    expect(validateVariables([declared], { a: value }).ok).toBe(ok);
  });

  it('lists every problem, each with its place', () => {
    const result = validateVariables([variable('a', 'string'), variable('b', 'boolean')], { b: 1, 'c/~': 2 });
    expect(result).toEqual({
      ok: false,
      issues: [
        { pointer: '/a', message: '`a` is required (string).' },
        { pointer: '/b', message: '`b` must be true or false.' },
        { pointer: '/c~1~0', message: '`c/~` is not a variable here. It takes: `a`, `b`.' },
      ],
    });
  });

  it.each([[null], [[]], ['x'], [7]])('refuses %j as a set of variables', (input) => {
    expect(validateVariables([], input).ok).toBe(false);
  });

  it('is not fooled by names of object members', () => {
    expect(validateVariables([], JSON.parse('{"__proto__":{"a":1}}')).ok).toBe(false);
    expect(validateVariables([variable('toString', 'string')], {}).ok).toBe(false);
    expect(rendered('{{constructor}}', [variable('constructor', 'string')], { constructor: 'x' })).toBe('x');
  });
});

describe('renderPrompt', () => {
  it('inserts text as it is and other values as JSON', () => {
    const variables = [variable('t', 'string'), variable('n', 'number'), variable('j', 'json')];
    expect(rendered('{{t}} {{ n }} {{j}}', variables, { t: '"q"', n: 2, j: { a: [1] } })).toBe('"q" 2 {"a":[1]}');
  });

  it('fills in defaults, and nothing for an optional variable left out', () => {
    const variables = [variable('a', 'string', { default: 'd' }), variable('b', 'string', { required: false })];
    expect(rendered('[{{a}}][{{b}}]', variables, {})).toBe('[d][]');
  });

  it('never expands a value, whatever it holds', () => {
    const variables = [variable('a', 'string'), variable('b', 'string')];
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const [left, right] = [`{{b}}${a}`, `{{a}}$&${b}`];
        expect(rendered('{{a}}|{{b}}', variables, { a: left, b: right })).toBe(`${left}|${right}`);
      }),
    );
  });

  it('leaves what is no variable of the prompt alone', () => {
    expect(rendered('{{x}} {a} {{ }} {{1}}', [], {})).toBe('{{x}} {a} {{ }} {{1}}');
    expect(placeholdersIn('{{a}} {{b}} {{ a }} {{1}}')).toEqual(['a', 'b']);
  });

  it('sets model settings, the schema and streaming in OpenAI’s terms', () => {
    const full = definition('x', [], {
      settings: { temperature: 0, topP: 1, maxOutputTokens: 5, seed: 0, stop: ['.'] },
      output: { kind: 'json', schema: { type: 'object' } },
    });
    expect(renderPrompt(full, {}, { model: 'gpt-5-mini', stream: true })).toEqual({
      ok: true,
      request: {
        model: 'gpt-5-mini',
        messages: [{ role: 'user', content: 'x' }],
        temperature: 0,
        top_p: 1,
        max_completion_tokens: 5,
        seed: 0,
        stop: ['.'],
        response_format: { type: 'json_schema', json_schema: { name: 'output', schema: { type: 'object' } } },
        stream: true,
        stream_options: { include_usage: true },
      },
    });
    expect(renderPrompt(full, {})).toMatchObject({ request: { model: 'fast', max_tokens: 5 } });
  });
});

describe('compileOutput', () => {
  it('gives text as it is', () => {
    expect(compileOutput({ kind: 'text' })('{"a"')).toEqual({ ok: true, value: '{"a"' });
  });

  it('reads JSON that fits, also from a fenced block', () => {
    const read = compileOutput({ kind: 'json', schema: { type: 'object', required: ['a'] } });
    expect(read('{"a":1}')).toEqual({ ok: true, value: { a: 1 } });
    expect(read('```json\n{"a":1}\n```')).toEqual({ ok: true, value: { a: 1 } });
    expect(read('Sure! {"a":1}').ok).toBe(false);
    expect(read('{"b":1}')).toEqual({ ok: false, problem: "/ must have required property 'a'" });
  });

  it('takes linear time for a pattern that would blow up', () => {
    const read = compileOutput({ kind: 'json', schema: { type: 'string', pattern: '^(a+)+$' } });
    const started = performance.now();
    expect(read(JSON.stringify(`${'a'.repeat(5000)}!`)).ok).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(read('"aaa"').ok).toBe(true);
  });

  it.each([
    ['an unknown type', { type: 'nothing' }],
    ['another document', { $ref: 'https://example.com/schema.json' }],
    ['a look-ahead', { pattern: '(?=a)' }],
  ])('refuses a schema with %s', (_what, schema) => {
    expect(() => compileOutput({ kind: 'json', schema })).toThrow();
  });
});
