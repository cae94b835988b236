import { createHash, createHmac } from 'node:crypto';
import { IDENTITY_SECRET } from '@parley/contracts/identity';
import { newId } from '@parley/kernel/id';
import { newDataKey, parseMasterKey, seal } from '@parley/kernel/seal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { application, MASTER_KEY, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

const SECRET = 'q'.repeat(43);
let world: World;
let other: World;
let backend: UpstreamServer;
let path: string;
let id: string;

beforeAll(async () => {
  [world, other] = [await openWorld(), await openWorld()];
  backend = await startUpstream((_, response) => sendJson(response, 200, {}));
  const pub = publisher(`hmac-${newId().slice(-8)}`);
  const made = restApi(pub, 'signed', upstream(pub, backend.url).id);
  for (const version of made.versions) version.policies = { callers: { methods: [{ kind: 'hmac' }] } };
  path = `/${pub.doc.slug}/signed/v1/orders`;
  id = newId();
  const caller = application([subscription(pub, made)], []);
  const { dataKey, sealed } = newDataKey(parseMasterKey(MASTER_KEY), caller.tenantId);
  const broken = newId();
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, {
    ...caller,
    sealedDataKey: sealed,
    identities: [
      { id, kind: 'hmac', issuer: '', subject: id, scopes: ['a'], sealed: seal(dataKey, SECRET, IDENTITY_SECRET) },
      { id: broken, kind: 'hmac', issuer: '', subject: broken, scopes: [], sealed: 'v1.broken.broken.broken' },
    ],
  });
});
afterAll(async () => {
  await world.close();
  await other.close();
  await backend.close();
});

const mac = (text: string, secret = SECRET): Buffer => createHmac('sha256', secret).update(text).digest();
const now = (): number => Math.floor(Date.now() / 1000);
const digest = (body: string): string => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

interface Sent {
  readonly method?: string;
  readonly target?: string;
  readonly body?: string;
  readonly headers: Record<string, string>;
}
const send = (sent: Sent, at = world): Promise<Response> =>
  fetch(`${at.url}${sent.target ?? path}`, {
    method: sent.method ?? 'POST',
    headers: sent.headers,
    ...(sent.body === undefined ? {} : { body: sent.body }),
  });

/** A request in the simple form; `signed` replaces what the signature is made over. */
function simple(
  of: { t?: number; n?: string; body?: string; target?: string; keyId?: string; method?: string } = {},
): Sent {
  const { t = now(), n = newId(), body = '{"a":1}', target = `${path}?x=1`, keyId = id, method = 'POST' } = of;
  const v1 = mac(`${t}\n${n}\n${method}\n${target}\n${body}`).toString('hex');
  return { method, target, body, headers: { 'x-signature': `id=${keyId},t=${t},n=${n},v1=${v1}` } };
}

/** A request signed by RFC 9421. */
function standard(
  of: { components?: string[]; created?: number; more?: string; body?: string; keyId?: string } = {},
): Sent {
  const { created = now(), more = `;nonce="${newId()}"`, body = '{"a":1}', keyId = id } = of;
  const components = of.components ?? ['@method', '@path', '@query', 'content-digest'];
  const headers: Record<string, string> = { 'content-digest': digest(body) };
  const values: Record<string, string> = { '@method': 'POST', '@path': path, '@query': '?x=1', ...headers };
  const params = `(${components.map((name) => `"${name}"`).join(' ')});created=${created};keyid="${keyId}"${more}`;
  const base = [...components.map((name) => `"${name}": ${values[name] ?? ''}`), `"@signature-params": ${params}`].join(
    '\n',
  );
  headers['signature-input'] = `sig1=${params}`;
  headers['signature'] = `sig1=:${mac(base).toString('base64')}:`;
  return { target: `${path}?x=1`, body, headers };
}

describe('a signed request', () => {
  it.each([
    ['in the simple form', () => simple()],
    [
      'in the simple form without a body',
      () => ({ ...simple({ body: '', method: 'DELETE' }), body: undefined as never }),
    ],
    ['by RFC 9421', () => standard()],
    [
      'by RFC 9421 with its algorithm and end',
      () => standard({ more: `;alg="hmac-sha256";expires=${now() + 60};nonce="x${newId()}"` }),
    ],
  ])('opens the API %s; body and identity arrive, the signature does not', async (_what, make) => {
    const sent = make();
    const answer = await send(sent);
    expect(answer.status).toBe(200);
    const received = backend.received.at(-1);
    expect(received?.body.toString()).toBe(sent.body ?? '');
    expect(received?.headers).toMatchObject({ 'x-parley-subject': id, 'x-parley-scopes': 'a' });
    for (const name of ['signature', 'signature-input', 'x-signature'])
      expect(received?.headers).not.toHaveProperty(name);
    expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({ keyId: id });
  });

  it('is taken once, on whichever node', async () => {
    for (const sent of [simple(), standard()]) {
      const answers = await Promise.all([world, other, world, other, world].map((at) => send(sent, at)));
      expect(answers.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([200, 401, 401, 401, 401]);
    }
  });
});

describe('is refused', () => {
  it.each<[string, () => Sent]>([
    ['without a signature', () => ({ headers: {}, body: 'x' })],
    ['too old', () => simple({ t: now() - 310 })],
    ['from the future', () => simple({ t: now() + 310 })],
    ['too old (RFC 9421)', () => standard({ created: now() - 310 })],
    ['past its own end', () => standard({ more: `;expires=${now() - 1}` })],
    ['with another body', () => ({ ...simple(), body: '{"a":2}' })],
    ['with another body under the same digest', () => ({ ...standard(), body: '{"a":2}' })],
    [
      'with another body and a digest to fit',
      () => {
        const sent = standard();
        return { ...sent, body: '{"a":2}', headers: { ...sent.headers, 'content-digest': digest('{"a":2}') } };
      },
    ],
    ['for another path', () => ({ ...simple(), target: `${path}/all?x=1` })],
    ['for another query', () => ({ ...standard(), target: `${path}?x=2` })],
    ['for another method', () => ({ ...simple(), method: 'PUT' })],
    [
      'with a body moved into the path',
      () => ({ ...simple({ target: path, body: '/all' }), target: `${path}/all`, body: '' }),
    ],
    ['by nobody known', () => simple({ keyId: newId() })],
    ['without the digest covered', () => standard({ components: ['@method', '@path', '@query'] })],
    ['without the path covered', () => standard({ components: ['@method', '@query', 'content-digest'] })],
    [
      'with a component twice',
      () => standard({ components: ['@method', '@path', '@query', 'content-digest', '@path'] }),
    ],
    [
      'with an unknown component',
      () => standard({ components: ['@method', '@path', '@query', 'content-digest', '@status'] }),
    ],
    ['by another algorithm', () => standard({ more: ';alg="rsa-v1_5-sha256"' })],
    ['with a parameter twice', () => standard({ more: `;created=${now()}` })],
    [
      'with what is no structured field',
      () => ({ ...standard(), headers: { 'signature-input': 'sig1=(;', signature: 'x' } }),
    ],
    ['with a short signature', () => ({ headers: { 'x-signature': `id=${id},t=${now()},v1=00` }, body: 'x' })],
  ])('%s', async (_what, make) => {
    const answer = await send(make());
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Signature realm="parley"/);
  });
});
