import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { applyDeclaration } from './apply.ts';
import { exportDeclaration } from './export.ts';

const kit = testContext();
afterAll(() => kit.close());

const declared = (amountNano: string) => ({
  parley: 1 as const,
  apis: [
    {
      slug: 'echo',
      name: 'Echo',
      kind: 'rest' as const,
      plans: [
        { slug: 'free', name: 'Free' },
        { slug: 'pro', name: 'Pro', price: { recurring: { amountNano }, trialDays: 14 } },
      ],
    },
  ],
});

test('a plan’s price is declared, exported, left alone when it is the same, and set anew when it differs', async () => {
  const { owner } = await kit.tenant();
  const kinds = async (amountNano: string) =>
    (await applyDeclaration(owner, declared(amountNano))).steps.map(
      ({ action, kind, name }) => `${action} ${kind} ${name}`,
    );
  expect(await kinds('5')).toEqual([
    'create api echo',
    'create plan echo/free',
    'create plan echo/pro',
    'create plan price echo/pro',
  ]);
  const [api] = (await exportDeclaration(owner, {})).apis;
  expect(api?.plans.map(({ price }) => price?.recurring?.amountNano)).toEqual([undefined, '5']);
  expect(await kinds('5')).toEqual([]);
  expect(await kinds('6')).toEqual(['update plan price echo/pro']);
});
