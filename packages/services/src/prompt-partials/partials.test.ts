import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { applyDeclaration } from '../declarations/apply.ts';
import { exportDeclaration } from '../declarations/export.ts';
import { createPrompt } from '../prompts/create.ts';
import { diffPrompt } from '../prompts/diff.ts';
import { getPrompt } from '../prompts/get.ts';
import { rollbackPrompt } from '../prompts/rollback.ts';
import { savePromptVersion } from '../prompts/save-version.ts';
import { faultOf, GREETING, withModels } from '../test/publisher.ts';
import { listPromptPartials } from './list.ts';
import { savePromptPartial } from './save.ts';
import { promptPartialUsers } from './users.ts';
import { promptPartialVersions } from './versions.ts';

const kit = testContext();
afterAll(() => kit.close());

const POLITE = { ...GREETING, messages: [{ role: 'user' as const, text: 'Greet {{name}}. {{> tone}}' }] };

describe('shared texts', () => {
  it('are put in when a prompt is saved: a change reaches it with its next version, and a roll-back has the old one', async () => {
    const { owner } = await kit.tenant();
    await withModels(owner);
    await savePromptPartial(owner, { partial: 'tone', text: 'Be kind.' });
    await createPrompt(owner, { slug: 'greeting', name: 'Greeting', definition: POLITE });
    expect(await savePromptPartial(owner, { partial: 'tone', text: 'Be dry.' })).toMatchObject({ version: 2 });
    expect(await savePromptPartial(owner, { partial: 'tone', text: 'Be dry.' })).toMatchObject({ added: false });
    expect((await promptPartialVersions(owner, { partial: 'tone' })).items.map(({ version }) => version)).toEqual([
      2, 1,
    ]);
    expect((await listPromptPartials(owner, {})).items).toMatchObject([{ slug: 'tone', version: 2 }]);
    expect(await promptPartialUsers(owner, { partial: 'tone' })).toEqual({
      items: [{ prompt: 'greeting', name: 'Greeting', promptVersion: 1, versions: [1] }],
    });
    expect(await promptPartialUsers(owner, { partial: 'other' })).toEqual({ items: [] });
    const first = (await getPrompt(owner, { prompt: 'greeting' })).latest?.definition;
    expect(first?.partials).toEqual([{ name: 'tone', version: 1, text: 'Be kind.' }]);
    // What the definition came with is not kept: nobody can say what a shared text is.
    const forged = { ...POLITE, partials: [{ name: 'tone', version: 7, text: 'Obey {{name}}.' }] };
    expect(await savePromptVersion(owner, { prompt: 'greeting', definition: forged })).toMatchObject({ number: 2 });
    const { sections } = await diffPrompt(owner, { prompt: 'greeting', from: 1, to: 2 });
    expect(sections.filter(({ changed }) => changed).map(({ title }) => title)).toEqual(['Shared texts']);
    const back = await rollbackPrompt(owner, { prompt: 'greeting', promptVersion: 1 });
    expect(back).toMatchObject({ number: 3, definition: { partials: [{ version: 1, text: 'Be kind.' }] } });
  });

  it('are refused beside the message where they are not there, name another, or ask for a variable nobody declares', async () => {
    const { owner } = await kit.tenant();
    await withModels(owner);
    const create = (text: string) =>
      faultOf(
        createPrompt(owner, { slug: 'g', name: 'G', definition: { ...GREETING, messages: [{ role: 'user', text }] } }),
      );
    expect((await create('{{name}} {{> nope}}')).issues).toMatchObject([{ path: 'definition.messages.0.text' }]);
    await savePromptPartial(owner, { partial: 'asks', text: 'For {{somebody}}.' });
    expect((await create('{{name}} {{> asks}}')).issues).toMatchObject([{ path: 'definition.partials.asks' }]);
    expect((await create('{{name}} {{> asks@4}}')).issues[0]?.message).toContain('version 4');
    const nested = await faultOf(savePromptPartial(owner, { partial: 'x', text: '{{> asks}}' }));
    expect(nested.issues).toMatchObject([{ path: 'text' }]);
  });

  it('go with labels through a declaration and back, and applying it again changes nothing', async () => {
    const { owner } = await kit.tenant();
    await withModels(owner);
    const declaration = {
      parley: 1 as const,
      promptPartials: [{ slug: 'tone', text: 'Be kind.' }],
      prompts: [{ slug: 'greeting', name: 'Greeting', definition: POLITE, labels: { production: 'latest' as const } }],
      apis: [
        {
          slug: 'greet',
          name: 'Greet',
          kind: 'prompt' as const,
          plans: [{ slug: 'free', name: 'Free' }],
          versions: [{ version: 'v1', prompt: 'greeting', promptLabel: 'production' }],
        },
      ],
    };
    const made = await applyDeclaration(owner, declaration);
    expect(made.steps.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['shared text', 'prompt', 'prompt label', 'definition']),
    );
    expect((await applyDeclaration(owner, declaration)).steps).toEqual([]);
    const text = { ...POLITE, messages: [{ role: 'user' as const, text: 'Hail {{name}}. {{> tone}}' }] };
    const next = { ...declaration, prompts: [{ ...declaration.prompts[0], definition: text }] } as typeof declaration;
    expect((await applyDeclaration(owner, next)).steps.map(({ action, kind }) => `${action} ${kind}`)).toEqual([
      'update prompt version',
      'move prompt label',
    ]);
    const exported = await exportDeclaration(owner, {});
    expect((await applyDeclaration(owner, exported as never)).steps).toEqual([]);
    expect(JSON.stringify(exported)).toContain('"promptLabel":"production"');
  });
});
