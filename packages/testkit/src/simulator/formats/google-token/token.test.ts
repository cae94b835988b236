import { createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';

let simulator: Simulator;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

function assertion(claims: object = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = part({ alg: 'RS256', typ: 'JWT' });
  const body = part({
    iss: 'robot@demo.iam.gserviceaccount.com',
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    aud: `${simulator.url}/token`,
    iat: now,
    exp: now + 3600,
    ...claims,
  });
  const signature = createSign('RSA-SHA256').update(`${head}.${body}`).sign(privateKey, 'base64url');
  return `${head}.${body}.${signature}`;
}

async function ask(form: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(`${simulator.url}/token`, { method: 'POST', body: new URLSearchParams(form), headers });
  expect(response.headers.get('x-parley-simulator')).toBe('1');
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

test('a service account gets a token that opens Vertex AI', async () => {
  const { body } = await ask({ grant_type, assertion: assertion() });
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3599 });
  const path = '/v1/projects/demo/locations/global/publishers/google/models/sim-small:generateContent';
  const answer = await fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${String(body.access_token)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }),
  });
  expect(answer.status).toBe(200);
});

test.each([
  ['a lifetime over an hour', { exp: Math.floor(Date.now() / 1000) + 9000 }, 'invalid_grant'],
  ['an expired assertion', { exp: 1000, iat: 10 }, 'invalid_grant'],
  ['another audience', { aud: 'https://example.com' }, 'invalid_grant'],
  ['no scope', { scope: '' }, 'invalid_scope'],
])('%s is refused', async (_name, claims, error) => {
  expect(await ask({ grant_type, assertion: assertion(claims) })).toMatchObject({ status: 400, body: { error } });
});

test('what is no assertion, and faults', async () => {
  expect(await ask({ grant_type, assertion: 'x.y.z' })).toMatchObject({ body: { error: 'invalid_grant' } });
  expect(await ask({ grant_type: 'password' })).toMatchObject({ body: { error: 'unsupported_grant_type' } });
  const failed = await ask({ grant_type, assertion: assertion() }, { 'x-simulate': '503' });
  expect(failed).toMatchObject({ status: 503, body: { error: 'internal_failure' } });
});
