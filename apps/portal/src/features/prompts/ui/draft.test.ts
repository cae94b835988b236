import type { PromptDefinition } from '@parley/contracts/snapshot';
import { describe, expect, it } from 'vitest';
import { canonical, draftOf, emptyMessage, emptyVariable, newDraft, readDraft, undeclared } from './draft.ts';

const FULL: PromptDefinition = {
  model: 'swift',
  messages: [
    { role: 'system', text: 'Be kind.' },
    { role: 'user', text: 'Greet {{name}} {{times}} times.' },
  ],
  variables: [
    { name: 'name', type: 'string', description: 'Who', required: true, maxLength: 20, default: 'Ada' },
    { name: 'times', type: 'integer', description: '', required: false, default: 2, minimum: 1, maximum: 9 },
    { name: 'loud', type: 'boolean', description: '', required: false, default: false },
    { name: 'tone', type: 'enum', description: '', required: true, values: ['warm', 'dry'] },
    { name: 'items', type: 'array', description: '', required: true, maxItems: 3, schema: { type: 'string' } },
    { name: 'who', type: 'object', description: '', required: true, schema: { required: ['name'] } },
    { name: 'extra', type: 'json', description: '', required: false, default: { a: [1] } },
  ],
  settings: { temperature: 0, topP: 0.5, maxOutputTokens: 100, seed: 7, stop: ['END'] },
  output: { kind: 'json', schema: { type: 'object' }, repair: false },
  examples: [{ input: 'Greet Bo', output: '{}' }],
};

describe('a prompt in the editor', () => {
  it('comes out as it went in', () => {
    const { definition, issues } = readDraft(draftOf(FULL));
    expect(issues).toEqual([]);
    expect(canonical(definition)).toBe(canonical(FULL));
  });

  it('names what cannot be read where the server would', () => {
    const draft = {
      ...newDraft('swift'),
      temperature: 'warm',
      output: 'json' as const,
      schema: '{',
      variables: [{ ...emptyVariable('x'), type: 'json' as const, fallback: '{]' }],
    };
    expect(readDraft(draft).issues.map(({ path }) => path)).toEqual([
      'definition.variables.0.default',
      'definition.settings.temperature',
      'definition.output.schema',
    ]);
  });

  it('keeps a number that is none as text, so that the server can say so', () => {
    const draft = {
      ...newDraft('swift'),
      variables: [{ ...emptyVariable('n'), type: 'number' as const, fallback: 'ten' }],
    };
    expect(readDraft(draft).definition.variables[0]?.default).toBe('ten');
  });

  it('leaves out what the type of a variable does not have', () => {
    const variable = { ...emptyVariable('n'), type: 'boolean' as const, maxLength: '5', minimum: '1', values: 'a' };
    const [read] = readDraft({ ...newDraft('swift'), variables: [variable] }).definition.variables;
    expect(read).toEqual({ name: 'n', type: 'boolean', description: '', required: true });
  });

  it('finds placeholders without a variable, each once', () => {
    const draft = { ...newDraft('m'), messages: [{ ...emptyMessage('user'), text: '{{a}} {{ b }} {{a}} {{c' }] };
    expect(undeclared({ ...draft, variables: [emptyVariable('a')] })).toEqual(['b']);
  });
});
