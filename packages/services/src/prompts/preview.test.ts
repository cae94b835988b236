import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { savePromptPartial } from '../prompt-partials/save.ts';
import { GREETING, withModels } from '../test/publisher.ts';
import { previewPrompt } from './preview.ts';

const kit = testContext();
afterAll(() => kit.close());

it('a preview shows the messages as the model would get them, and about what they cost', async () => {
  const { owner } = await kit.tenant();
  await withModels(owner);
  await savePromptPartial(owner, { partial: 'tone', text: 'Be kind.' });
  const definition = {
    ...GREETING,
    messages: [{ role: 'user' as const, text: 'Greet {{name}}. {{> tone}}' }],
    examples: [{ input: 'Greet Bo.', output: 'Hi Bo!' }],
    settings: { maxOutputTokens: 100 },
  };
  const { messages, inputTokens, cost, issues } = await previewPrompt(owner, {
    definition,
    variables: { name: 'Ada' },
  });
  expect(issues).toEqual([]);
  expect(messages).toEqual([
    { role: 'user', text: 'Greet Bo.' },
    { role: 'assistant', text: 'Hi Bo!' },
    { role: 'user', text: 'Greet Ada. Be kind.' },
  ]);
  expect(inputTokens).toBeGreaterThan(10);
  expect(Number(cost?.input)).toBeCloseTo((inputTokens * 2.5) / 1e6, 9);
  expect(Number(cost?.most)).toBeCloseTo((inputTokens * 2.5 + 100 * 10) / 1e6, 9);
  const wrong = await previewPrompt(owner, {
    definition: { ...definition, messages: [{ role: 'user', text: '{{> nope}}' }] },
    variables: {},
  });
  expect(wrong).toMatchObject({
    messages: [],
    cost: null,
    issues: [{ path: 'messages.0.text' }, { path: 'variables.name' }],
  });
});
