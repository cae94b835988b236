import { guardrailsPolicy } from '@parley/contracts/policies/guardrails';
import { expect, test } from 'vitest';
import { guardrailsSummary } from './guardrails-summary.ts';

test('says each guardrail in one sentence', () => {
  expect(guardrailsSummary(guardrailsPolicy.parse({}))).toBe('Nothing is looked for.');
  const policy = guardrailsPolicy.parse({
    personalData: {},
    secrets: {},
    words: [{ name: 'rivals', words: ['globex'], mode: 'observe' }],
    residency: [{ name: 'eu', kinds: ['any'], regions: ['eu-west-1'] }],
    onFailure: 'open',
  });
  expect(guardrailsSummary(policy)).toBe(
    'Personal data is masked; secrets are refused; rivals (noted) looked for; data goes only where a rule lets it. If a check fails, the call goes on.',
  );
});
