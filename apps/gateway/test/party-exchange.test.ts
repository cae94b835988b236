import { waitFor } from '@parley/testkit/wait-for';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPartyLab, type PartyLab } from './party-lab.ts';

let lab: PartyLab;
let path: string;
beforeAll(async () => {
  lab = await openPartyLab();
  path = `/${lab.slug}/orders/v1/orders/1`;
});
afterAll(() => lab.close());

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';
const ask = (token: string, as: string, more: Record<string, string> = {}): Promise<Response> => {
  const form = { grant_type: GRANT, subject_token: token, subject_token_type: JWT, acting: 'human', ...more };
  return lab.post('/v1/party-tokens/exchange', as, new URLSearchParams(form));
};
const errorOf = async (answer: Response): Promise<unknown> =>
  ((await answer.json()) as { error?: string; code?: string }).error;

/** A bot may read orders and hand over to a human, who may write them as well. */
const conversation = () => ({
  parties: [
    { id: 'customer', kind: 'user', role: 'customer' },
    { id: 'bot', kind: 'agent', permissions: [{ actions: ['api:read'], resources: [`api:${lab.slug}/**`] }] },
    { id: 'human', kind: 'user', permissions: [{ actions: ['api:*'], resources: [`api:${lab.slug}/orders/**`] }] },
  ],
  rules: [
    {
      name: 'escalate',
      effect: 'allow',
      who: { ids: ['bot'] },
      actions: ['token:exchange'],
      resources: ['party:human'],
    },
    { effect: 'deny', actions: ['api:*'], resources: [`api:${lab.slug}/orders/v1/secrets/**`] },
  ],
  stage: 'triage',
  moves: { triage: ['human'] },
});

async function handOver(
  token: string,
  more: Record<string, string> = {},
): Promise<{ readonly token: string; readonly jti: string }> {
  const answer = await ask(token, token, more);
  const body = (await answer.json()) as Record<string, string>;
  expect(body, JSON.stringify(body)).toMatchObject({ token_type: 'Bearer', issued_token_type: JWT });
  return { token: body['access_token'] ?? '', jti: body['jti'] ?? '' };
}

it('a bot hands over to a human by the token it has: who acts changes, the record tells, nothing is wider (PT-10.1 to PT-10.3)', async () => {
  const { party_token: first, jti } = await lab.issue(conversation());
  const { token } = await handOver(first, { stage: 'human' });
  expect(decodeJwt(token)).toMatchObject({
    sub: 'customer',
    act: { sub: 'human', act: { sub: 'bot' } },
    stage: 'human',
    from: [jti],
    exp: decodeJwt(first).exp,
  });
  expect((await lab.call(path, first, { method: 'POST' })).status).toBe(403);
  const answer = await lab.call(path, token, { method: 'POST' });
  expect(answer.status).toBe(200);
  expect(await lab.world.event(answer.headers.get('x-request-id'))).toMatchObject({
    party: { acting: 'human', principal: 'customer' },
  });
  expect((await lab.call(`/${lab.slug}/orders/v1/secrets/1`, token)).status).toBe(403);
  expect((await lab.call(`/${lab.slug}/tight/v1/x`, token)).status).toBe(403);
});

it('refuses what would be wider, and tokens that are not the caller’s own (PT-10.1, PT-10.3)', async () => {
  const { party_token: first } = await lab.issue(conversation());
  const { party_token: another } = await lab.issue(conversation());
  const { token: human } = await handOver(first);
  const wide = JSON.stringify([{ actions: ['*'], resources: [`api:${lab.slug}/**`] }]);
  expect(await errorOf(await ask(first, first, { permissions: wide }))).toBe('access_denied');
  expect(await errorOf(await ask(first, first, { stage: 'refund' }))).toBe('access_denied');
  expect(await errorOf(await ask(first, first, { audience: 'urn:parley:api:x' }))).toBe('invalid_target');
  expect(await errorOf(await ask(first, first, { scope: 'a' }))).toBe('invalid_scope');
  expect(await errorOf(await ask(human, human, { acting: 'bot' }))).toBe('access_denied');
  expect(await errorOf(await ask(another, first))).toBe('invalid_request');
  expect(await errorOf(await ask(first, lab.stranger.secret))).toBe('invalid_request');
  expect(await errorOf(await ask(first, first, { grant_type: 'password' }))).toBe('invalid_request');
  expect(await errorOf(await ask(first, first, { sub: 'human' }))).toBe('invalid_request');
  expect((await ask(first, lab.key.secret)).status).toBe(200);
});

it('what was exchanged ends with what it was exchanged from, on the other node too, and not the other way round (PT-10.4)', async () => {
  const { party_token: first } = await lab.issue(conversation());
  const { token } = await handOver(first);
  const { token: other } = await handOver(first);
  const there = async (text: string): Promise<number> => (await lab.call(path, text, {}, lab.other.url)).status;
  const revoke = (text: string): Promise<Response> =>
    lab.post('/v1/party-tokens/revoke', lab.key.secret, new URLSearchParams({ token: text }));
  expect(await there(token)).toBe(200);
  await revoke(other);
  await waitFor('the end of one', async () => (await there(other)) === 401 || undefined);
  expect([await there(first), await there(token)]).toEqual([200, 200]);
  const at = performance.now();
  await revoke(first);
  await waitFor('the end of all', async () => (await there(token)) === 401 || undefined);
  expect(performance.now() - at).toBeLessThan(1000);
  expect(await errorOf(await ask(token, lab.key.secret))).toBe('invalid_request');
});

it('uses of all that came of one token are counted together, at the same time and over two nodes (PT-10.5)', async () => {
  const { party_token: first } = await lab.issue({ ...conversation(), allowance: { uses: 12 } });
  const tokens = [first, (await handOver(first)).token, (await handOver(first)).token];
  const answers = await Promise.all(
    Array.from({ length: 45 }, (_, i) =>
      lab.call(path, tokens[i % 3] ?? '', {}, i % 2 === 0 ? lab.world.url : lab.other.url),
    ),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(12);
});
