import { type PromptDefinition, promptDefinitionSchema } from '@parley/contracts/snapshot';
import { describe, expect, it } from 'vitest';
import { flattenPrompt, partialsIn } from './flatten.ts';
import { renderPrompt } from './render.ts';

const PROMPT: PromptDefinition = {
  model: 'fast',
  messages: [
    { role: 'system', text: 'Be {{> tone}}.' },
    { role: 'user', text: 'Sort {{items}} for {{who}}.' },
  ],
  variables: [
    { name: 'items', type: 'array', description: '', required: true, maxItems: 2, schema: { type: 'string' } },
    { name: 'who', type: 'object', description: '', required: false, schema: { required: ['name'] } },
  ],
  settings: {},
  output: { kind: 'text' },
  examples: [{ input: 'Sort ["b","a"]', output: '["a","b"] {{> tone@1}}' }],
  partials: [
    { name: 'tone', version: 1, text: 'dry' },
    { name: 'tone', version: 3, text: 'kind to {{who}}' },
  ],
};
const render = (variables: object, definition = PROMPT) => renderPrompt(definition, variables);
const said = (variables: object) => {
  const rendered = render(variables);
  return rendered.ok ? rendered.request['messages'] : rendered.issues;
};

describe('a prompt with shared texts, examples and structured variables', () => {
  it('is one with plain messages: examples after the first system messages, texts by version, the latest without one', () => {
    expect(said({ items: ['b'], who: { name: 'Ada' } })).toEqual([
      { role: 'system', content: 'Be kind to {"name":"Ada"}.' },
      { role: 'user', content: 'Sort ["b","a"]' },
      { role: 'assistant', content: '["a","b"] dry' },
      { role: 'user', content: 'Sort ["b"] for {"name":"Ada"}.' },
    ]);
  });

  it('needs nothing that a gateway of the release before does not know, and stays as it is when done twice', () => {
    const flat = flattenPrompt(PROMPT);
    expect(flat).not.toHaveProperty('partials');
    expect(flat).not.toHaveProperty('examples');
    expect(flat.variables.map(({ type }) => type)).toEqual(['json', 'json']);
    expect(flattenPrompt(flat)).toEqual(flat);
    expect(promptDefinitionSchema.parse(flat)).toEqual(flat);
    expect(render({ items: ['b'] }, flat)).toEqual(render({ items: ['b'] }));
  });

  it('holds values to their schemas and bounds, and says where they do not fit', () => {
    expect(said({ items: ['a', 'b', 'c'] })).toMatchObject([
      { pointer: '/items', message: expect.stringMatching(/more than 2 items/) },
    ]);
    expect(said({ items: [7] })).toMatchObject([
      { pointer: '/items', message: expect.stringMatching(/\/0 must be string/) },
    ]);
    expect(said({ items: 'a' })).toMatchObject([
      { pointer: '/items', message: expect.stringMatching(/must be array/) },
    ]);
    expect(said({ items: [], who: {} })).toMatchObject([
      { pointer: '/who', message: expect.stringMatching(/required property 'name'/) },
    ]);
    expect(said({ items: [], who: [] })).toMatchObject([
      { pointer: '/who', message: expect.stringMatching(/must be object/) },
    ]);
  });

  it('never puts a value that looks like a placeholder or a shared text in place of itself', () => {
    expect(said({ items: ['{{who}} {{> tone}}'], who: { name: '{{items}}' } })).toContainEqual({
      role: 'user',
      content: 'Sort ["{{who}} {{> tone}}"] for {"name":"{{items}}"}.',
    });
  });

  it('refuses values of a schema that is none, rather than let them pass', () => {
    const variables = [{ name: 'x', type: 'json' as const, description: '', required: true, schema: { type: 'nope' } }];
    expect(render({ x: 1 }, { ...PROMPT, variables })).toMatchObject({
      ok: false,
      issues: [{ message: expect.stringMatching(/not usable/) }],
    });
  });

  it('finds each shared text that a text names, once', () => {
    expect(partialsIn('{{> a}} {{>a}} {{> a@2}} {{ > b}} {{> B}}')).toEqual([
      { name: 'a', version: null },
      { name: 'a', version: 2 },
    ]);
  });
});
