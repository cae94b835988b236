import { bodyLogPolicy } from '@parley/contracts/policies/body-log';
import { expect, it } from 'vitest';
import { bodyLogSummary } from './body-log-summary.ts';

it('says which calls, how long, and what is struck out', () => {
  expect(bodyLogSummary(bodyLogPolicy.parse({}))).toBe(
    'Questions and answers of every failed call are kept for 72 h, with 10 kinds of data struck out.',
  );
  const some = { sample: 0.005, redact: [], response: false, consumerSees: true, keepForHours: 1 };
  expect(bodyLogSummary(bodyLogPolicy.parse(some))).toBe(
    'Questions of 0.5 % of calls and every failed call are kept for 1 h, with nothing struck out. Consumers may read their own.',
  );
});

it.each([
  [{ request: false, response: false }, 'Keep one of both'],
  [{ sample: 0, onErrors: false }, 'nothing is ever kept'],
  [{ sample: 1.1 }, 'From 0 (none) to 1 (all)'],
  [{ keepForHours: 721 }, '30 days'],
  [{ maxBytes: 1_000_000 }, '64 KiB'],
])('does not take %j', (policy, message) => {
  expect(JSON.stringify(bodyLogPolicy.safeParse(policy).error?.issues)).toContain(message);
});
