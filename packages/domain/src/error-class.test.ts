import { REFUSAL_CODES } from '@parley/contracts/refusal-codes';
import { REFUSAL_EXPLANATIONS } from '@parley/contracts/refusal-explanations';
import { expect, it } from 'vitest';
import { ERROR_CLASSES, errorClassOf } from './error-class.ts';

const ended = (status: number, code: string | null, abortedBy = 'none') => errorClassOf({ status, code, abortedBy });

it('gives every refusal one class, and a call that was answered as asked none', () => {
  expect(ended(200, null)).toBeNull();
  expect(ended(304, null)).toBeNull();
  for (const code of REFUSAL_CODES) expect(ERROR_CLASSES).toContain(ended(REFUSAL_EXPLANATIONS[code].status, code));
});

it.each([
  [429, 'rate_limited', 'none', 'limit'],
  [401, 'key_unknown', 'none', 'key'],
  [403, 'subscription_suspended', 'none', 'access'],
  [400, 'guardrail_blocked', 'none', 'guardrail'],
  [400, 'invalid_parameter', 'none', 'request'],
  [504, 'upstream_timeout', 'none', 'upstream_timeout'],
  [200, 'upstream_cut', 'upstream', 'upstream_cut'],
  [200, null, 'client', 'client_left'],
  [502, 'upstream_unreachable', 'none', 'upstream'],
  [500, 'internal', 'none', 'gateway'],
  [503, 'limiter_unavailable', 'none', 'gateway'],
  // What an upstream answers of its own.
  [404, null, 'none', 'request'],
  [500, null, 'none', 'upstream'],
  [400, 'context_length_exceeded', 'none', 'request'],
])('%i %s, aborted by %s, is %s', (status, code, abortedBy, kind) => {
  expect(ended(status, code, abortedBy)).toBe(kind);
});
