import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { waitFor } from '@parley/testkit/wait-for';
import { GeneralSign } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPartyLab, type PartyLab } from './party-lab.ts';

let lab: PartyLab;
let path: string;
beforeAll(async () => {
  lab = await openPartyLab();
  path = `/${lab.slug}/orders/v1/orders/1`;
});
afterAll(() => lab.close());

const edwards = (): { publicKey: KeyObject; privateKey: KeyObject } => generateKeyPairSync('ed25519');
const signers = {
  customer: { alg: 'EdDSA', ...edwards() },
  billing: { alg: 'ES256', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
  boss: { alg: 'EdDSA', ...edwards() },
};
type Name = keyof typeof signers;
const jwk = (name: Name): object => signers[name].publicKey.export({ format: 'jwk' });

/** A refund that two of three have to sign. */
const asked = (more: object = {}) => ({
  parties: [
    {
      id: 'bot',
      kind: 'agent',
      permissions: [{ actions: ['api:*', 'token:exchange'], resources: [`api:${lab.slug}/**`, 'party:bot'] }],
    },
    { id: 'customer', kind: 'user', jwk: jwk('customer') },
    { id: 'billing', kind: 'service', jwk: jwk('billing') },
    { id: 'boss', kind: 'user', jwk: jwk('boss') },
  ],
  on_behalf_of: 'bot',
  attest: { need: 2, of: ['customer', 'billing', 'boss'] },
  ...more,
});

interface Said {
  readonly typ?: string;
  readonly as?: string;
  readonly extra?: object;
}

async function jws(
  token: string,
  names: readonly Name[],
  { typ = 'party-attestation+jws', as, extra = {} }: Said = {},
): Promise<object> {
  const made = new GeneralSign(Buffer.from(token));
  for (const name of names) {
    const { alg, privateKey } = signers[name];
    made.addSignature(privateKey).setProtectedHeader({ alg, typ, kid: as ?? name, ...extra });
  }
  return made.sign();
}
const attest = async (body: object, key = lab.key.secret, url = lab.world.url): Promise<unknown> =>
  (await lab.post('/v1/party-tokens/attest', key, body, url)).json();
const status = async (token: string, url = lab.world.url): Promise<number> =>
  (await lab.call(path, token, {}, url)).status;
const until = (token: string, wanted: number): Promise<unknown> =>
  waitFor(`${wanted} on the other node`, async () => (await status(token, lab.other.url)) === wanted || undefined);

it('opens something when enough have signed, on every node, and nothing again when one takes it back (PT-8.1 to PT-8.4)', async () => {
  const { party_token: token, state } = await lab.issue(asked());
  expect(state).toBe('pending');
  expect([await status(token), await status(token, lab.other.url)]).toEqual([401, 401]);
  expect(await attest(await jws(token, ['customer']))).toEqual({ state: 'pending', signed: 1, need: 2 });
  expect(await attest(await jws(token, ['customer']), lab.key.secret, lab.other.url)).toMatchObject({
    state: 'pending',
    signed: 1,
  });
  expect(await status(token)).toBe(401);
  expect(await attest(await jws(token, ['billing']))).toEqual({ state: 'active', signed: 2, need: 2 });
  expect(await status(token)).toBe(200);
  await until(token, 200);
  const at = performance.now();
  expect(await attest(await jws(token, ['billing'], { typ: 'party-withdrawal+jws' }))).toMatchObject({
    state: 'withdrawn',
    signed: 1,
  });
  expect(await status(token)).toBe(401);
  await until(token, 401);
  expect(performance.now() - at).toBeLessThan(1000);
  // What was taken back stays so, however often the old signature is sent again.
  expect(await attest(await jws(token, ['billing']))).toMatchObject({ state: 'withdrawn', signed: 1 });
  expect(await attest(await jws(token, ['boss']))).toMatchObject({ state: 'active', signed: 2 });
  await lab.post('/v1/party-tokens/revoke', lab.key.secret, new URLSearchParams({ token }));
  expect(await attest(await jws(token, ['customer']))).toMatchObject({ error: 'invalid_request' });
  expect(await status(token)).toBe(401);
});

it('takes no signature that is not a party’s own over this very token (PT-8.2, PT-8.3)', async () => {
  const { party_token: token } = await lab.issue(asked());
  const { party_token: other } = await lab.issue(asked());
  const whole = (await jws(token, ['customer', 'billing'])) as { payload: string; signatures: object[] };
  const foreign = (await jws(other, ['customer', 'billing'])) as { signatures: object[] };
  const wrong: Record<string, object> = {
    'signatures over another token': { payload: whole.payload, signatures: foreign.signatures },
    'one party for another': await jws(token, ['customer'], { as: 'boss' }),
    'somebody who need not sign': await jws(token, ['customer'], { as: 'bot' }),
    'one party twice': { ...whole, signatures: [whole.signatures[0], whole.signatures[0]] },
    'one good and one bad': { ...whole, signatures: [whole.signatures[0], foreign.signatures[1]] },
    'another typ': await jws(token, ['customer'], { typ: 'party+jwt' }),
    'a key that it brings along': await jws(token, ['customer'], { extra: { jwk: jwk('customer') } }),
    'an unprotected header': {
      ...whole,
      signatures: whole.signatures.map((one) => ({ ...one, header: { kid: 'boss' } })),
    },
    'no signature': { ...whole, signatures: [] },
  };
  for (const [what, body] of Object.entries(wrong))
    expect(await attest(body), what).toMatchObject({ error: 'invalid_request' });
  expect(await attest(whole, lab.stranger.secret)).toMatchObject({ error: 'invalid_request' });
  expect(await status(token)).toBe(401);
  expect(await attest(whole)).toMatchObject({ state: 'active', signed: 2 });
});

it('is issued only where enough can sign, each by a key of their own (PT-8.1)', async () => {
  const shared = asked().parties.map((party) => (party.id === 'boss' ? { ...party, jwk: jwk('customer') } : party));
  for (const more of [
    { attest: { need: 4, of: ['customer', 'billing', 'boss'] } },
    { attest: { need: 1, of: ['bot'] } },
    { attest: { need: 2, of: ['customer', 'customer'] } },
    { attest: { need: 1, of: ['ghost'] } },
    { parties: shared },
  ]) {
    await expect(lab.issue(asked(more)), JSON.stringify(more)).rejects.toThrow('invalid_request');
  }
});

it('is not exchanged before, and what came of it ends with a signature taken back (PT-8.5)', async () => {
  const { party_token: token } = await lab.issue(asked());
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    acting: 'bot',
  };
  const exchange = (): Promise<Response> =>
    lab.post('/v1/party-tokens/exchange', lab.key.secret, new URLSearchParams(form));
  expect((await exchange()).status).toBe(400);
  await attest(await jws(token, ['customer', 'billing']));
  const { access_token: child = '' } = (await (await exchange()).json()) as Record<string, string>;
  expect(await status(child)).toBe(200);
  await until(child, 200);
  await attest(await jws(token, ['customer'], { typ: 'party-withdrawal+jws' }));
  expect(await status(child)).toBe(401);
  await until(child, 401);
});
