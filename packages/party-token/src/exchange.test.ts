import { newId } from '@parley/kernel/id';
import { expect, it } from 'vitest';
import type { PartyClaims } from './claims.ts';
import { decide } from './decide.ts';
import { ExchangeFault, exchangeClaims, type Wanted } from './exchange.ts';

const [API, OTHER] = [newId(), newId()].map((id) => `urn:parley:api:${id}`) as [string, string];
const token = (more: Partial<PartyClaims> = {}): PartyClaims => ({
  iss: 'https://g.test/v1/party-tokens/t',
  aud: [API, OTHER],
  sub: 'customer',
  act: { sub: 'bot' },
  iat: 1000,
  exp: 1900,
  jti: newId(),
  gen: 1,
  app: newId(),
  client_id: newId(),
  scope: 'a b',
  stage: 'triage',
  moves: { triage: ['human'], human: ['triage'] },
  parties: [
    { id: 'customer', kind: 'user' },
    { id: 'bot', kind: 'agent', permissions: [{ actions: ['api:*'], resources: ['api:a/**'] }] },
    { id: 'human', kind: 'user', permissions: [{ actions: ['api:*'], resources: ['api:a/orders/**'] }] },
  ],
  rules: [
    {
      effect: 'allow',
      who: { ids: ['bot', 'human'] },
      actions: ['token:exchange'],
      resources: ['party:human', 'party:bot'],
    },
    { effect: 'deny', actions: ['api:write'], resources: ['api:a/orders/refunds/**'] },
  ],
  ...more,
});
const make = (of: PartyClaims, wanted: Wanted): PartyClaims | ExchangeFault =>
  exchangeClaims(of, wanted, { jti: newId(), nowSeconds: 1100 });
const good = (of: PartyClaims, wanted: Wanted): PartyClaims => {
  const made = make(of, wanted);
  if (made instanceof ExchangeFault) throw new Error(made.description);
  return made;
};

it('another party acts, act tells who did before, and everything that limits the token stays (PT-10.2, PT-10.3)', () => {
  const first = token();
  const handed = good(first, { acting: 'human', stage: 'human' });
  expect(handed).toMatchObject({
    sub: 'customer',
    act: { sub: 'human', act: { sub: 'bot' } },
    stage: 'human',
    iat: 1100,
    exp: 1900,
    from: [first.jti],
    aud: first.aud,
    rules: first.rules,
    gen: 1,
    app: first.app,
    client_id: first.client_id,
    scope: 'a b',
  });
  expect(handed.jti).not.toBe(first.jti);
  const back = good(handed, { acting: 'bot', stage: 'triage', expiresInSeconds: 60 });
  expect(back).toMatchObject({ act: { sub: 'bot', act: { sub: 'human', act: { sub: 'bot' } } }, exp: 1160 });
  expect(back.from).toEqual([first.jti, handed.jti]);
  const ask = { action: 'api:write' as const, resource: 'api:a/orders/refunds/1', audience: API };
  for (const one of [first, handed, back]) expect(decide(one, ask).allowed).toBe(false);
});

it.each([
  ['to nobody', 'invalid_request', { acting: 'ghost' }, {}],
  ['to somebody it may not hand over to', 'access_denied', { acting: 'customer' }, {}],
  ['to a stage that is no move from here', 'access_denied', { acting: 'human', stage: 'refund' }, {}],
  [
    'to a stage that every object has',
    'access_denied',
    { acting: 'human', stage: 'human' },
    { stage: 'constructor', moves: {} },
  ],
  ['to any stage without moves', 'access_denied', { acting: 'human', stage: 'human' }, { moves: undefined }],
  ['a wider audience', 'invalid_target', { acting: 'human', aud: [API, `urn:parley:api:${newId()}`] }, {}],
  ['no audience', 'invalid_target', { acting: 'human', aud: [] }, {}],
  ['a wider scope', 'invalid_scope', { acting: 'human', scope: 'a c' }, {}],
  [
    'a wider permission',
    'access_denied',
    { acting: 'human', permissions: [{ actions: ['api:read'], resources: ['api:a/**'] }] },
    {},
  ],
  [
    'a permission of another party',
    'access_denied',
    { acting: 'human', permissions: [{ actions: ['api:*'], resources: ['api:a/customers/**'] }] },
    {},
  ],
  [
    'deeper than five',
    'access_denied',
    { acting: 'human' },
    { act: { sub: 'bot', act: { sub: 'bot', act: { sub: 'bot', act: { sub: 'bot', act: { sub: 'bot' } } } } } },
  ],
] as const)('is not exchanged for %s (PT-10.2, PT-10.3)', (_what, error, wanted, more) => {
  const of = JSON.parse(JSON.stringify({ ...token(), ...more })) as PartyClaims;
  const made = make(of, wanted as unknown as Wanted);
  expect(made instanceof ExchangeFault ? made.error : made).toBe(error);
});

it('gets narrower where that is asked for, and a longer life never (PT-10.3)', () => {
  const permissions = [{ actions: ['api:read' as const], resources: ['api:a/orders/17'] }];
  const made = good(token({ ctx: undefined }), {
    acting: 'human',
    permissions,
    aud: [OTHER],
    scope: 'a',
    expiresInSeconds: 86_400,
  });
  expect(made).toMatchObject({ aud: [OTHER], scope: 'a', exp: 1900 });
  expect(made.parties[2]?.permissions).toEqual(permissions);
  const wider = make(made, { acting: 'human', permissions: [{ actions: ['api:*'], resources: ['api:a/orders/**'] }] });
  expect(wider).toBeInstanceOf(ExchangeFault);
});
