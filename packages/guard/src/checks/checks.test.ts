import { guardrailsPolicy } from '@parley/contracts/policies/guardrails';
import { expect, test } from 'vitest';
import type { GuardFinding } from '../verdict.ts';
import { checkGrounding } from './grounding.ts';
import { judged, moderate } from './moderation.ts';
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

const policy = { mode: 'block', threshold: 0.5, onFailure: 'block' } as const;
const signal = new AbortController().signal;

test('a moderator that fails blocks, unless the policy says open', async () => {
  const moderator = { moderate: () => Promise.reject(new Error('down')) };
  expect(await moderate(policy, 'input', 'text', { moderator, signal })).toMatchObject([
    { check: 'failure', mode: 'block' },
  ]);
  const open = { ...policy, onFailure: 'open' as const };
  expect(await moderate(open, 'input', 'text', { moderator, signal })).toMatchObject([
    { check: 'failure', mode: 'observe' },
  ]);
});

test('a moderator’s scores count from the threshold on, and one that is no number counts', async () => {
  const moderator = { moderate: () => Promise.resolve({ violence: 0.9, hate: 0.1, odd: Number.NaN }) };
  const found = await moderate(policy, 'output', 'text', { moderator, signal });
  expect(found.map(({ rule }) => rule)).toEqual(['violence', 'odd']);
});

test('a judge is asked once, and blocks if it cannot be', async () => {
  const question = { text: 'Is it about cars?', rule: 'cars', threshold: 0.5, mode: 'block' as const };
  const subject = { text: 'x', place: 'input' as const, onFailure: 'block' as const };
  const answer = (score: number) => ({ judge: { judge: () => Promise.resolve({ score }) }, signal });
  expect(await judged(question, subject, answer(0.4))).toBeUndefined();
  expect(await judged(question, subject, answer(0.6))).toMatchObject({ check: 'judge', rule: 'cars' });
  const failing = { judge: { judge: () => Promise.reject(new Error('down')) }, signal };
  expect(await judged(question, subject, failing)).toMatchObject({ check: 'failure', mode: 'block' });
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
