import { transformPolicy } from '@parley/contracts/policies/transform';
import { expect, it } from 'vitest';
import { transformCheck } from './transform-check.ts';

const problems = (policy: unknown) => transformCheck.problems?.(transformPolicy.parse(policy), 'rest') ?? [];

it('tells by field what cannot be compiled, with its place in the text', () => {
  const body = { map: '{\n  "a": $eval("1")\n}' };
  expect(
    problems({
      request: { headers: { set: { 'x-a': '{nobody}' } }, query: { set: { q: '{' } }, body },
      responses: [{ when: 'response.status', headers: { append: { 'x-b': '{request.body}' } }, body: { map: '{' } }],
    }),
  ).toEqual([
    { path: 'request.headers.set.x-a', message: expect.stringContaining('There is no “nobody”') as string },
    { path: 'request.query.set.q', message: expect.stringContaining('The brace at 1') as string },
    { path: 'request.body.map', message: 'Line 2, column 12: $eval cannot be used here.' },
    { path: 'responses.0.when', message: expect.stringMatching(/^Line 1, column 1: .*true or false/) as string },
    { path: 'responses.0.headers.append.x-b', message: expect.stringContaining('There is no') as string },
    { path: 'responses.0.body.map', message: expect.stringMatching(/^Line 1, column \d+: /) as string },
  ]);
});

it('finds nothing wrong with what compiles', () => {
  expect(
    problems({
      request: { headers: { set: { 'x-a': '{caller.application}' } }, body: { map: '$uppercase(a)' } },
      responses: [{ when: 'response.status == 404', headers: { set: { 'x-b': '{response.status}' } } }],
    }),
  ).toEqual([]);
});

it.each([
  [{}],
  [{ request: { body: {} } }],
  [{ request: { headers: { set: { authorization: 'Bearer x' } } } }],
  [{ request: { headers: { rename: { 'x-a': 'host' } } } }],
  [{ request: { headers: { set: { 'x-parley-tenant': 'x' } } } }],
  [{ responses: [{ status: 204 }] }],
  [{ responses: [{ statuses: ['6xx'] }] }],
])('does not take %j', (policy) => expect(transformPolicy.safeParse(policy).success).toBe(false));
