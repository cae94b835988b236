import { composePolicy } from '@parley/contracts/policies/compose';
import { expect, it } from 'vitest';
import { composeCheck } from './compose-check.ts';

const first = { name: 'order', upstream: 'shop', path: '/orders/{request.params.id}' };

it('tells by field what cannot be compiled, and of steps that are not waited for', () => {
  const second = {
    name: 'stock',
    upstream: 'store',
    method: 'POST',
    path: '/stock/{steps.order.body.sku}/../x',
    headers: { 'x-sku': '{steps.order.body.sku}' },
    body: '{',
    when: 'steps.order',
    fallback: '{no}',
  };
  const policy = composePolicy.parse({ steps: [first, second], answer: '$eval("1")' });
  expect(composeCheck.problems?.(policy, 'rest')).toEqual([
    { path: 'steps.1.path', message: 'A path cannot have “.” or “..” as a part.' },
    { path: 'steps.1.body', message: expect.stringMatching(/^Line 1, column \d/) as string },
    { path: 'steps.1.headers.x-sku', message: expect.stringContaining('There is no “steps.order.body.sku”') as string },
    { path: 'steps.1.fallback', message: 'Write JSON: null, or what its body would be.' },
    { path: 'answer', message: 'Line 1, column 5: $eval cannot be used here.' },
  ]);
  expect(composeCheck.upstreams?.(policy)).toEqual([
    { path: 'steps.0.upstream', upstream: 'shop' },
    { path: 'steps.1.upstream', upstream: 'store' },
  ]);
});

it('lets a step use those it waits for, through others as well', () => {
  const steps = [
    first,
    { name: 'stock', upstream: 'store', path: '/stock/{steps.order.body.items.0.sku}', after: ['order'] },
    {
      name: 'price',
      upstream: 'shop',
      path: '/p/{steps.order.body.sku}?at={steps.stock.status}',
      after: ['stock'],
      when: 'steps.stock.body.count > 0.0 && request.method == "GET"',
    },
  ];
  const policy = composePolicy.parse({ steps, answer: '{"body": steps}' });
  expect(composeCheck.problems?.(policy, 'rest')).toEqual([]);
});

it.each([
  [{ steps: [], answer: '1' }],
  [{ steps: [first], answer: '' }],
  [{ steps: [first, first], answer: '1' }],
  [
    {
      steps: [
        { ...first, after: ['later'] },
        { ...first, name: 'later' },
      ],
      answer: '1',
    },
  ],
  [{ steps: [{ ...first, after: ['order'] }], answer: '1' }],
  [{ steps: [{ ...first, body: '{}' }], answer: '1' }],
  [{ steps: [{ ...first, path: 'http://elsewhere/' }], answer: '1' }],
  [{ steps: [{ ...first, path: '/a b' }], answer: '1' }],
  [{ steps: [{ ...first, headers: { authorization: 'x' } }], answer: '1' }],
  [{ steps: Array.from({ length: 11 }, (_, at) => ({ ...first, name: `s${at}` })), answer: '1' }],
])('does not take %j', (policy) => expect(composePolicy.safeParse(policy).success).toBe(false));
