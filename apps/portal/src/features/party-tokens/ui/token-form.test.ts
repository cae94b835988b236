import { expect, test } from 'vitest';
import { filledIn, requestOf, resourcesFor, TEMPLATES } from './token-form.ts';
import { ruleInWords } from './token-words.ts';

const APIS = [
  { name: 'aurora/desk', kind: 'llm' },
  { name: 'aurora/parts', kind: 'rest' },
  { name: 'aurora/summarise', kind: 'prompt' },
];
const SESSION = 'ses_0199a200-0000-7000-8000-000000000001';

test('a template is filled in with what the application may call, and asked for as the specification says', () => {
  const template = TEMPLATES.find(({ slug }) => slug === 'hand-over');
  const asked = requestOf(filledIn(template ?? (TEMPLATES[0] as never), APIS, SESSION));
  expect(asked).toMatchObject({
    acting: 'assistant',
    on_behalf_of: 'customer',
    audience: { apis: ['aurora/desk', 'aurora/parts', 'aurora/summarise'], sessions: [SESSION] },
    ctx: SESSION,
    expires_in: 28_800,
  });
  expect(asked).not.toHaveProperty('allowance');
  const parties = asked['parties'] as { id: string; permissions?: object[] }[];
  expect(parties.find(({ id }) => id === 'assistant')?.permissions).toEqual([
    { actions: ['model:ask', 'prompt:run'], resources: ['model:aurora/*', 'api:aurora/summarise/**'] },
    { actions: ['session:read', 'session:append'], resources: [`session:${SESSION}`] },
    { actions: ['token:exchange'], resources: ['party:desk'] },
  ]);
  expect(parties.find(({ id }) => id === 'customer')).not.toHaveProperty('permissions');
});

test('nothing to call makes a permission that is left out', () => {
  expect(resourcesFor(['model:ask'], [{ name: 'aurora/parts', kind: 'rest' }])).toBe('');
  const [visitor] = TEMPLATES;
  const asked = requestOf(filledIn(visitor as NonNullable<typeof visitor>, [], ''));
  expect(asked['parties']).toEqual([{ id: 'visitor', kind: 'user', role: 'visitor' }]);
  expect(asked['allowance']).toEqual({ uses: 20 });
});

test('the rule that decided is told in words', () => {
  const claims = {
    parties: [
      {
        id: 'bot',
        kind: 'agent',
        permissions: [{ actions: ['model:ask'], resources: ['model:aurora/*'], when: { stages: ['open'] } }],
      },
    ],
    rules: [{ effect: 'deny', who: { roles: ['guest'] }, actions: ['*'], resources: ['api:aurora/**'] }],
  } as never;
  expect(ruleInWords(claims, 'parties[0].permissions[0] (see)')).toBe(
    'bot may ask models on model:aurora/*, while the stage is open.',
  );
  expect(ruleInWords(claims, 'rules[0]')).toBe('Somebody in the role guest may not do anything on api:aurora/**.');
  expect(ruleInWords(claims, 'default')).toBeNull();
});
