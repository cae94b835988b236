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

it('takes a tag with the scope that counts by one, and only there', () => {
  const rule = { algorithm: 'quota', amount: 1 } as const;
  expect(limitsPolicy.safeParse({ rules: [{ ...rule, scope: 'tag', tag: 'project' }] }).success).toBe(true);
  for (const bad of [
    { ...rule, scope: 'tag' },
    { ...rule, tag: 'project' },
  ]) {
    expect(limitsPolicy.safeParse({ rules: [bad] }).error?.issues[0]?.path).toEqual(['rules', 0, 'tag']);
  }
});

it('counts for good only what there are few of', () => {
  const rule = { algorithm: 'quota', every: 'total', amount: 1 } as const;
  expect(limitsPolicy.safeParse({ rules: [{ ...rule, scope: 'team' }] }).success).toBe(true);
  for (const scope of ['address', 'user'] as const) {
    expect(limitsPolicy.safeParse({ rules: [{ ...rule, scope }] }).error?.issues[0]?.path).toEqual([
      'rules',
      0,
      'every',
    ]);
  }
});

it('needs a limit or something to do where a budget falls short; only lowering has a least', () => {
  const wrong = (policy: object): string[] =>
    limitsPolicy.safeParse(policy).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  expect(wrong({ rules: [] })).toEqual(['rules: Write at least one limit.']);
  expect(wrong({ rules: [], whenShort: 'refuse' })).toEqual(['rules: Write at least one limit.']);
  expect(wrong({ rules: [], whenShort: 'cheaperModel' })).toEqual([]);
  expect(wrong({ rules: [], whenShort: 'cheaperModel', leastOutputTokens: 20 })).toEqual([
    'leastOutputTokens: Only `lowerOutput` lowers answers: choose it, or leave this out.',
  ]);
  expect(wrong({ rules: [], whenShort: 'lowerOutput', leastOutputTokens: 15 })).toEqual([
    'leastOutputTokens: Write at least 16: providers take no less.',
  ]);
});
