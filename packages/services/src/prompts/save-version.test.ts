import type { PromptDefinition } from '@parley/contracts/snapshot';
import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { faultOf, GREETING, withModels, withPromptApi } from '../test/publisher.ts';
import { checkDefinition } from './check-definition.ts';
import { createPrompt } from './create.ts';
import { diffPrompt } from './diff.ts';
import { getPrompt } from './get.ts';
import { savePromptVersion } from './save-version.ts';
import { promptVersions } from './versions.ts';

const kit = testContext();
afterAll(() => kit.close());

const saying = (text: string): PromptDefinition => ({ ...GREETING, messages: [{ role: 'user', text }] });

describe('saving a prompt', () => {
  it('appends versions, says what differs, and adds nothing for what is there already', async () => {
    const { owner, tenantId } = await kit.tenant();
    await withModels(owner);
    await createPrompt(owner, { slug: 'greeting', name: 'Greeting', definition: GREETING });
    const next = { prompt: 'greeting', definition: saying('Greet {{name}}.\nBe brief.'), note: 'Shorter', basedOn: 1 };
    expect(await savePromptVersion(owner, next)).toMatchObject({ number: 2, added: true, createdBy: 'Test owner' });
    expect(await savePromptVersion(owner, next)).toMatchObject({ number: 2, added: false });
    expect((await promptVersions(owner, { prompt: 'greeting' })).items.map(({ number }) => number)).toEqual([2, 1]);
    const page = await promptVersions(owner, { prompt: 'greeting', limit: 1 });
    expect((await promptVersions(owner, { prompt: 'greeting', cursor: page.nextCursor ?? '' })).items[0]?.number).toBe(
      1,
    );
    const { sections } = await diffPrompt(owner, { prompt: 'greeting', from: 1, to: 2 });
    expect(sections.filter(({ changed }) => changed)).toMatchObject([{ title: 'Messages' }]);
    expect(sections[0]?.lines).toContainEqual({ kind: 'added', text: 'Be brief.' });
    const change = kit.db.within({ tenantId }, (tx) =>
      tx.promptVersion.updateMany({ where: { tenantId }, data: { note: 'x' } }),
    );
    await expect(change).rejects.toThrow(/denied|privilege/i);
  });

  it('does not save over what somebody else saved meanwhile', async () => {
    const { owner } = await kit.tenant();
    await withModels(owner);
    await createPrompt(owner, { slug: 'greeting', name: 'Greeting', definition: GREETING });
    const attempts = ['One {{name}}', 'Two {{name}}'].map((text) =>
      savePromptVersion(owner, { prompt: 'greeting', definition: saying(text), basedOn: 1 }),
    );
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'conflict', message: expect.stringContaining('Version 2') });
  });

  it('is refused for a model that does not exist, and warns about one out of service', async () => {
    const { owner } = await kit.tenant();
    await withModels(owner);
    const fault = await faultOf(
      createPrompt(owner, { slug: 'a', name: 'A', definition: { ...GREETING, model: 'nope' } }),
    );
    expect(fault.issues).toMatchObject([{ path: 'definition.model' }]);
    expect((await faultOf(getPrompt(owner, { prompt: 'a' }))).code).toBe('not_found');
  });

  it('shows where it is published', async () => {
    const { owner } = await kit.tenant();
    await withPromptApi(owner);
    expect((await getPrompt(owner, { prompt: 'greeting' })).publishedAs).toEqual([
      { api: 'greet', version: 'v1', state: 'published', promptVersion: 1, promptLabel: null },
    ]);
  });
});

describe('a prompt’s definition', () => {
  const paths = (definition: PromptDefinition): string[] =>
    checkDefinition(definition).problems.map(({ path }) => path);
  const variable = (extra: object) => ({ ...GREETING, variables: [{ ...GREETING.variables[0]!, ...extra }] });

  it('may use only the variables it declares', () => {
    expect(paths(saying('Greet {{name}} and {{ other }}.'))).toEqual(['messages.0.text']);
    expect(paths(saying('Greet {{name}}. {{not a placeholder}} {single}'))).toEqual([]);
  });

  it('may declare a variable it does not use, with a warning', () => {
    expect(checkDefinition(saying('Hello.'))).toMatchObject({
      problems: [],
      warnings: [expect.stringContaining('name')],
    });
  });

  it('declares each variable once, with bounds and a default that fit', () => {
    expect(paths({ ...GREETING, variables: [...GREETING.variables, ...GREETING.variables] })).toEqual([
      'variables.1.name',
    ]);
    expect(paths(variable({ type: 'enum' }))).toEqual(['variables.0.values']);
    expect(paths(variable({ type: 'number', minimum: 3, maximum: 2 }))).toEqual(['variables.0.minimum']);
    expect(paths(variable({ type: 'integer', default: 1.5 }))).toEqual(['variables.0.default']);
    expect(paths(variable({ maxLength: 3, default: 'long' }))).toEqual(['variables.0.default']);
    expect(paths(variable({ type: 'enum', values: ['a'], default: 'b' }))).toEqual(['variables.0.default']);
    expect(paths(variable({ default: 'Ada' }))).toEqual([]);
  });

  it('asks for JSON by a schema that is one', () => {
    const output = (schema: Record<string, never> | object) =>
      paths({ ...GREETING, output: { kind: 'json', schema: schema as Record<string, string> } });
    expect(output({ type: 'object' })).toEqual([]);
    expect(output({ type: 'banana' })).toEqual(['output.schema']);
    expect(output({ $ref: 'https://elsewhere.example/schema' })).toEqual(['output.schema']);
  });
});
