import { generateKeyPairSync, hash, sign } from 'node:crypto';
import { newId } from '@parley/kernel/id';
import type { PartyClaims } from '../src/claims.ts';
import { type SigningKey, signToken, verifyToken } from '../src/compact.ts';
import { decide } from '../src/decide.ts';
import { readProof } from '../src/proof.ts';

/** Prints what a token costs, in microseconds of CPU: new to a node, seen before, and decided. Run by hand. */
const permissions = [
  { name: 'orders', actions: ['api:read' as const], resources: ['api:acme/orders/v1/orders/**'] },
  { actions: ['model:ask' as const], resources: ['model:acme/fast', 'model:acme/large'] },
];
const claims: PartyClaims = {
  iss: `https://gateway.example.com/v1/party-tokens/${newId()}`,
  aud: [newId(), newId(), newId()].map((id) => `urn:parley:api:${id}`),
  sub: 'customer',
  act: { sub: 'bot' },
  iat: 1000,
  exp: 1900,
  jti: newId(),
  gen: Date.now(),
  app: newId(),
  client_id: newId(),
  parties: [
    { id: 'customer', kind: 'user', role: 'customer' },
    { id: 'bot', kind: 'agent', role: 'assistant', permissions },
    { id: 'billing', kind: 'service', role: 'billing', permissions },
    { id: 'human', kind: 'user', role: 'agent', permissions },
  ],
  rules: [
    { effect: 'deny', who: { kinds: ['agent'] }, actions: ['api:*'], resources: ['api:acme/orders/v1/refunds/**'] },
  ],
  stage: 'triage',
};

function measure(what: string, times: number, work: () => unknown): void {
  for (let i = 0; i < times / 10; i++) work();
  const from = process.cpuUsage();
  for (let i = 0; i < times; i++) work();
  const { user, system } = process.cpuUsage(from);
  process.stdout.write(`${what.padEnd(34)} ${((user + system) / times).toFixed(1)} µs CPU\n`);
}

const edwards = generateKeyPairSync('ed25519');
const keys: SigningKey[] = [
  { alg: 'EdDSA', kid: 'e', ...edwards },
  { alg: 'ES256', kid: 'c', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
];
for (const key of keys) {
  const token = signToken(claims, key) ?? '';
  process.stdout.write(`${key.alg}, ${token.length} characters\n`);
  measure('  issued', 3000, () => signToken(claims, key));
  measure('  verified when new', 3000, () => verifyToken(token, () => key));
  const seen = new Map([[hash('sha256', token, 'base64url'), claims]]);
  const question = {
    action: 'api:read' as const,
    resource: 'api:acme/orders/v1/orders/17',
    audience: claims.aud[0] ?? '',
  };
  measure('  found when seen, and decided', 100_000, () => {
    const known = seen.get(hash('sha256', token, 'base64url'));
    return known && decide(known, question);
  });
}

const jwk = edwards.publicKey.export({ format: 'jwk' });
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const said = `${part({ typ: 'dpop+jwt', alg: 'EdDSA', jwk })}.${part({
  jti: newId(),
  htm: 'GET',
  htu: 'https://gateway.example.com/acme/orders/v1/orders/17',
  iat: 1000,
  ath: hash('sha256', 'token', 'base64url'),
})}`;
const proof = `${said}.${sign(null, Buffer.from(said), edwards.privateKey).toString('base64url')}`;
measure('proof of possession, verified', 3000, () => readProof(proof));
