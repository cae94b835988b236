import { REFUSAL_CODES } from '@parley/contracts/refusal-codes';
import { REFUSAL_EXPLANATIONS } from '@parley/contracts/refusal-explanations';
import { expect, test } from 'vitest';
import { refusal } from './refusals.ts';

test.each(REFUSAL_CODES)('the public list of errors gives %s the status the gateway answers with', (code) => {
  expect(REFUSAL_EXPLANATIONS[code].status).toBe(refusal(code).status);
});
