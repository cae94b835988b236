import { expect, it } from 'vitest';
import { limitsPolicy } from './limits.ts';

const cost = (currency: string, every: 'day' | 'month') =>
  ({ algorithm: 'quota', every, what: 'cost', currency, amount: 1 }) as const;

it('takes costs of one currency, and tokens beside them', () => {
  const tokens = { algorithm: 'quota', every: 'day', what: 'tokens', amount: 1 } as const;
  expect(limitsPolicy.safeParse({ rules: [cost('EUR', 'day'), cost('EUR', 'month'), tokens] }).success).toBe(true);
  const mixed = limitsPolicy.safeParse({ rules: [cost('EUR', 'day'), cost('USD', 'month')] });
  expect(mixed.error?.issues).toMatchObject([
    { path: ['rules'], message: 'Limits of costs must all be in one currency.' },
  ]);
});
