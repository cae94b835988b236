import { policiesSchema } from '@parley/contracts/policies';
import { expect, it } from 'vitest';
import { summaryOf } from './summary.ts';

it('says in a sentence what each policy does with its defaults and otherwise', () => {
  const { ipAccess, idempotency } = policiesSchema.parse({
    ipAccess: { allow: ['192.0.2.0/24'] },
    idempotency: { required: true, ttlSeconds: 7200 },
  });
  expect(ipAccess && summaryOf('ipAccess', ipAccess)).toBe('Only 192.0.2.0/24 may call.');
  expect(idempotency && summaryOf('idempotency', idempotency)).toBe(
    'POST and PATCH calls must carry an Idempotency-Key; repeats get the first answer for 2 hours.',
  );
});
