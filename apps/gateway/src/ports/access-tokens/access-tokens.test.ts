import { createVerify, generateKeyPairSync } from 'node:crypto';
import { fixedClock } from '@parley/kernel/clock';
import { noopLogger } from '@parley/telemetry/logger';
import { describe, expect, it } from 'vitest';
import type { SmallQuestion } from '../../upstream/read-small.ts';
import type { AccessTokens, TokenKey } from './access-tokens.ts';
import { MemoryAccessTokens } from './memory-access-tokens.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function serviceAccount(id: string, more: object = {}): TokenKey {
  const file = {
    client_email: `${id}@demo.iam.gserviceaccount.com`,
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    ...more,
  };
  return { id, secret: JSON.stringify(file) };
}

/** The real one, with a token endpoint played here: every answer is another token unless `says` is changed. */
function real() {
  const clock = fixedClock(1_700_000_000_000);
  const asked: SmallQuestion[] = [];
  const endpoint = {
    says: (at: number): string => JSON.stringify({ access_token: `token-${at}`, expires_in: 3600 }),
  };
  const read = async (question: SmallQuestion): Promise<string> => {
    asked.push(question);
    const at = asked.length;
    await Promise.resolve();
    return endpoint.says(at);
  };
  return { tokens: new ServiceAccountTokens(read, clock, noopLogger), clock, asked, endpoint };
}

const good = serviceAccount('good');

describe.each([
  ['real', (): AccessTokens => real().tokens, { id: 'bad', secret: 'no JSON' }],
  ['memory', (): AccessTokens => new MemoryAccessTokens(['bad']), { id: 'bad', secret: '' }],
])('access tokens (%s)', (_name, make, bad) => {
  it('are got once, and then at hand', async () => {
    const tokens = make();
    expect(tokens.held(good)).toBeNull();
    const [one, two] = await Promise.all([tokens.get(good), tokens.get(good)]);
    expect(one).toMatch(/^token-/);
    expect([two, tokens.held(good)]).toEqual([one, one]);
    expect(await tokens.get({ ...good, id: 'other' })).not.toBe(one);
  });

  it('are none for a key that gets none', async () => {
    const tokens = make();
    expect(await tokens.get(bad)).toBeNull();
    expect(tokens.held(bad)).toBeNull();
  });

  it('are dropped when refused, once: a new one that is refused as well is not the cause', async () => {
    const tokens = make();
    const one = (await tokens.get(good)) ?? '';
    expect(tokens.refused(good, one)).toBe(true);
    expect(tokens.held(good)).toBeNull();
    const two = (await tokens.get(good)) ?? '';
    expect(two).not.toBe(one);
    expect(tokens.refused(good, one), 'told by a call that began before').toBe(true);
    expect(tokens.refused(good, two)).toBe(false);
    expect(tokens.held(good)).toBe(two);
  });
});

describe('tokens for service accounts', () => {
  it('are asked for with an assertion for that address alone, signed by the account', async () => {
    const { tokens, asked, clock } = real();
    await tokens.get(serviceAccount('k', { private_key_id: 'kid-1', token_uri: 'https://token.test/token' }));
    await tokens.get(good);
    expect(asked.map(({ url }) => url)).toEqual(['https://token.test/token', 'https://oauth2.googleapis.com/token']);
    const form = new URLSearchParams(asked[0]?.form);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'kid-1' });
    const iat = clock.nowMs() / 1000;
    expect(read(claims)).toEqual({
      iss: 'k@demo.iam.gserviceaccount.com',
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: 'https://token.test/token',
      iat,
      exp: iat + 3600,
    });
    const verified = createVerify('RSA-SHA256').update(`${head}.${claims}`);
    expect(verified.verify(publicKey, signature, 'base64url')).toBe(true);
  });

  it('are renewed ahead beside the calls that use them, and never used at their end', async () => {
    const { tokens, clock, asked } = real();
    await tokens.get(good);
    clock.advance(2_879_000);
    expect(tokens.held(good)).toBe('token-1');
    expect(asked).toHaveLength(1);
    clock.advance(2000);
    // The old one goes on meanwhile, and there is one question for all.
    expect([tokens.held(good), tokens.held(good)]).toEqual(['token-1', 'token-1']);
    await expect.poll(() => tokens.held(good)).toBe('token-2');
    expect(asked).toHaveLength(2);
    clock.advance(3_571_000);
    expect(tokens.held(good)).toBeNull();
  });

  it('that cannot be renewed serve until their end, and the endpoint is not asked by every call', async () => {
    const { tokens, clock, asked, endpoint } = real();
    await tokens.get(good);
    endpoint.says = () => {
      throw new Error('https://oauth2.googleapis.com/token answered 503');
    };
    clock.advance(3_000_000);
    expect(tokens.held(good)).toBe('token-1');
    await expect.poll(() => asked.length).toBe(2);
    await tokens.get(good);
    for (let call = 0; call < 5; call++) expect(tokens.held(good)).toBe('token-1');
    clock.advance(1999);
    expect(tokens.held(good)).toBe('token-1');
    expect(asked).toHaveLength(2);
    clock.advance(1);
    expect(tokens.held(good)).toBe('token-1');
    await expect.poll(() => asked.length).toBe(3);
  });

  it('that are refused leave the endpoint alone, longer each time', async () => {
    const { tokens, clock, asked, endpoint } = real();
    endpoint.says = () => {
      throw new Error('https://oauth2.googleapis.com/token answered 400');
    };
    const rests: number[] = [];
    for (let round = 0; round < 7; round++) {
      expect(await tokens.get(good)).toBeNull();
      const before = asked.length;
      let waited = 0;
      while (asked.length === before) {
        clock.advance(1000);
        waited += 1;
        expect(await tokens.get(good)).toBeNull();
      }
      rests.push(waited);
    }
    expect(rests).toEqual([2, 4, 8, 16, 32, 60, 60]);
    endpoint.says = () => JSON.stringify({ access_token: 'late', expires_in: 3600 });
    clock.advance(60_000);
    expect(await tokens.get(good)).toBe('late');
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['no token', '{}'],
    ['a token that would end its header', JSON.stringify({ access_token: 'a\r\nx: y', expires_in: 60 })],
    ['one that has ended', JSON.stringify({ access_token: 'a', expires_in: 0 })],
  ])('are none when the endpoint says %s', async (_what, said) => {
    const { tokens, endpoint } = real();
    endpoint.says = () => said;
    expect(await tokens.get(good)).toBeNull();
  });

  it('that live shortly are used for half their life at least', async () => {
    const { tokens, clock, endpoint } = real();
    endpoint.says = () => JSON.stringify({ access_token: 'brief', expires_in: 10 });
    await tokens.get(good);
    clock.advance(4999);
    expect(tokens.held(good)).toBe('brief');
    clock.advance(1);
    expect(tokens.held(good)).toBeNull();
  });
});
