import { judgePolicy, moderationPolicy } from '@parley/contracts/policies/guardrail-models';
import { guardrailsPolicy } from '@parley/contracts/policies/guardrails';
import { expect, test } from 'vitest';
import type { GuardFinding } from '../verdict.ts';
import { adviceFailure, adviceFindings, judgeRules, moderationRules } from './advice.ts';
import { checkGrounding } from './grounding.ts';
import { mayGoTo } from './residency.ts';
import { compileSchemaCheck } from './schema.ts';

const SOURCE =
  'The Harbour Bridge opened in March 1932 after eight years of work. It spans 503 metres and cost 4.2 million pounds. ' +
  'Tolls were not raised until 1987. The chief engineer was John Bradfield.';

test.each([
  ['The Harbour Bridge opened in 1932 after eight years of work.', []],
  ['The bridge spans 503 metres and cost 4.2 million pounds.', []],
  ['The bridge spans 530 metres and cost 4.2 million pounds.', ['numbers']],
  ['The chief engineer was Peter Bradfield.', ['names']],
  ['The tolls were raised until 1987.', ['negation']],
  ['Koalas sleep for most of the day in eucalyptus trees.', ['words']],
])('%s lacks %j', (sentence, lacks) => {
  const { sentences } = checkGrounding(sentence, [SOURCE]);
  expect(sentences[0]?.lacks).toEqual(lacks);
});

test('an answer’s score is the share of its sentences that documents bear out', () => {
  const answer =
    'The bridge spans 503 metres and cost 4.2 million pounds. Koalas sleep for most of the day in eucalyptus trees.';
  expect(checkGrounding(answer, [SOURCE]).score).toBe(0.5);
  expect(checkGrounding('Yes.', [SOURCE]).score).toBe(1);
  expect(checkGrounding(answer, []).score).toBe(0);
});

const finding = (kind: string, mode: GuardFinding['mode']): GuardFinding => ({
  check: 'personalData',
  rule: kind,
  kind,
  place: 'input',
  mode,
  count: 1,
  score: 1,
  reason: '',
});

test('data goes only where every rule lets it', () => {
  const { residency } = guardrailsPolicy.parse({
    residency: [
      { name: 'ids-in-eu', kinds: ['nationalId'], regions: ['eu-west-1', 'eu-central-1'] },
      { name: 'known-makers', kinds: ['any'], providers: ['acme', 'bravo'] },
    ],
  });
  const ids = [finding('nationalId', 'observe')];
  expect(mayGoTo(residency, ids, { provider: 'acme', region: 'eu-west-1' })).toEqual({ allowed: true });
  expect(mayGoTo(residency, ids, { provider: 'acme', region: 'us-east-1' })).toMatchObject({
    allowed: false,
    rule: 'ids-in-eu',
  });
  expect(mayGoTo(residency, ids, { provider: 'acme', region: undefined })).toMatchObject({ allowed: false });
  expect(mayGoTo(residency, [finding('nationalId', 'mask')], { provider: 'acme', region: 'us-east-1' })).toEqual({
    allowed: true,
  });
  expect(mayGoTo(residency, [], { provider: 'other', region: 'eu-west-1' })).toMatchObject({
    allowed: false,
    rule: 'known-makers',
  });
});

test('scores of a model count from their category’s threshold on, in its mode', () => {
  const rules = moderationRules(
    moderationPolicy.parse({
      model: 'moderator',
      categories: [
        { name: 'violence', threshold: 0.9 },
        { name: 'sexual', threshold: 0.2, mode: 'observe' },
        { name: 'odd', threshold: 0, mode: 'ignore' },
      ],
    }),
  );
  const found = adviceFindings(rules, 'input', { violence: 0.8, hate: 0.5, sexual: 0.3, odd: 1, 'a\nb': 0.9 });
  expect(found.map(({ rule, mode }) => [rule, mode])).toEqual([
    ['hate', 'block'],
    ['sexual', 'observe'],
    ['a_b', 'block'],
  ]);
  expect(found[0]?.reason).toBe('The moderation model scores it 0.50 for hate; 0.50 counts.');
});

test('a model that could not be asked blocks, unless the policy lets pass', () => {
  const rules = (onFailure: 'block' | 'pass') => judgeRules(judgePolicy.parse({ model: 'judge', onFailure }));
  expect(adviceFailure(rules('block'), 'output', 'is away.')).toMatchObject({ check: 'failure', mode: 'block' });
  expect(adviceFailure(rules('pass'), 'output', 'is away.')).toMatchObject({ rule: 'judge', mode: 'observe' });
});

test('a schema’s problem names the place, never the value', () => {
  const check = compileSchemaCheck({
    type: 'object',
    properties: { pin: { type: 'string', pattern: '^(a+)+$' } },
    required: ['pin'],
  });
  expect(check('{"pin":"aaa"}')).toEqual({ ok: true });
  expect(check('{"pin":"4711"}')).toEqual({ ok: false, problem: '/pin breaks pattern' });
  expect(check(`{"pin":"${'a'.repeat(5000)}!"}`).ok).toBe(false);
  expect(check('not json')).toEqual({ ok: false, problem: 'is not JSON' });
});
