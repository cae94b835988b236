import { type GuardrailsPolicyInput, guardrailsPolicy } from '@parley/contracts/policies/guardrails';
import { expect, test } from 'vitest';
import { AnswerRules } from './answer-rules.ts';

const rules = (input: GuardrailsPolicyInput) => new AnswerRules(guardrailsPolicy.parse(input));
const mail = rules({
  tools: [
    { name: 'inside', tools: ['send_mail'], forbid: ['@(?:[a-z]+\\.)*evil\\.example'] },
    { name: 'sums', tools: ['pay'], schema: '{"type":"object","properties":{"sum":{"maximum":100}}}', mode: 'observe' },
    { name: 'shell', forbid: ['(?i)rm\\s+-rf'] },
  ],
});
const found = (tool: string, json: string) => mail.argumentFindings(tool, json).map(({ rule, mode }) => [rule, mode]);

test('what a tool is given must hold no forbidden text, however JSON spells it', () => {
  expect(found('send_mail', '{"to":"joe@good.example"}')).toEqual([]);
  expect(found('send_mail', '{"to":["joe@a.evil.example"]}')).toEqual([['inside.forbidden', 'block']]);
  expect(found('send_mail', '{"to":"joe\\u0040evil.ex\\u0061mple"}')).toEqual([['inside.forbidden', 'block']]);
  expect(found('other', '{"to":"joe@evil.example"}')).toEqual([]);
  expect(found('other', '{"a":{"rm -rf /":1}}')).toEqual([['shell.forbidden', 'block']]);
  expect(found('other', 'no JSON: RM  -rf')).toEqual([['shell.forbidden', 'block']]);
});

test('a schema holds for the tools that it names', () => {
  expect(found('pay', '{"sum":100}')).toEqual([]);
  expect(found('pay', '{"sum":101}')).toEqual([['sums.schema', 'observe']]);
  expect(found('pay', '{"sum":')).toEqual([['sums.schema', 'observe']]);
  expect(mail.argumentFindings('pay', '{"sum":4711}')[0]?.reason).not.toContain('4711');
});

test('arguments that are too long are a failure, and hostile ones take no time', () => {
  expect(found('pay', 'x'.repeat(200_001))).toEqual([['tools', 'block']]);
  expect(found('other', `${'['.repeat(50_000)}`)).toEqual([]);
});

test('what cannot be read is refused when it is made', () => {
  expect(() => rules({ tools: [{ name: 'x', forbid: ['(a)\\1'] }] })).toThrow();
  expect(() => rules({ answerSchema: { schema: '[1]' } })).toThrow('JSON object');
  expect(() => rules({ answerSchema: { schema: '{"$ref":"https://x.example/s"}' } })).toThrow();
  expect(rules({}).any).toBe(false);
});
