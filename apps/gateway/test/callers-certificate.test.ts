import { X509Certificate } from 'node:crypto';
import { connect } from 'node:http2';
import { type RequestOptions, request } from 'node:https';
import type { ApplicationSnapshot } from '@parley/contracts/snapshot';
import { certificateNames, THUMBPRINT } from '@parley/domain/certificates/certificate-names';
import { newId } from '@parley/kernel/id';
import { issueCertificate, type TestCertificate } from '@parley/testkit/certificate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { application, type Publisher, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

const authority = issueCertificate({
  subject: [
    ['O', `Acme ${newId()}`],
    ['CN', 'Acme Root'],
  ],
  authority: true,
});
const strange = issueCertificate({ subject: authority.subject, authority: true });
const server = issueCertificate({ subject: [['CN', 'localhost']], dns: ['localhost'], ips: ['127.0.0.1'] });
const selfSigned = issueCertificate({ subject: [['CN', 'pinned']] });
const byName = issueCertificate({ subject: [['CN', 'shop']], issuer: authority, uris: ['spiffe://acme.test/shop'] });
const impostor = issueCertificate({ subject: [['CN', 'shop']], issuer: strange, uris: ['spiffe://acme.test/shop'] });
const expired = issueCertificate({ subject: [['CN', 'late']], toMs: Date.now() - 1000 });
const early = issueCertificate({ subject: [['CN', 'soon']], fromMs: Date.now() + 60_000 });
const unknown = issueCertificate({ subject: [['CN', 'unknown']] });

let tls: World;
let proxied: World;
let envoy: World;
let unproxied: World;
let backend: UpstreamServer;
let pub: Publisher;
let caller: ApplicationSnapshot;

const thumbprintOf = ({ cert }: TestCertificate): string => certificateNames(cert).thumbprint;
const issuerName = certificateNames(byName.cert).issuer;

beforeAll(async () => {
  const trusted = { trustedProxies: ['127.0.0.0/8'] };
  [tls, proxied, envoy, unproxied] = await Promise.all([
    openWorld({ door: { tls: { cert: server.cert, key: server.key, clientCa: authority.cert } } }),
    openWorld({ ...trusted, certificateHeader: 'client-cert' }),
    openWorld({ ...trusted, certificateHeader: 'x-forwarded-client-cert' }),
    openWorld({ trustedProxies: ['192.0.2.0/24'], certificateHeader: 'client-cert' }),
  ]);
  backend = await startUpstream((_, response) => sendJson(response, 200, { hello: true }));
  pub = publisher(`cert-${newId().slice(-8)}`);
  const target = upstream(pub, backend.url);
  const api = restApi(pub, 'orders', target.id);
  for (const version of api.versions)
    version.policies = { callers: { methods: [{ kind: 'certificate' }], scopes: ['a'] } };
  const certificates = [
    ...[selfSigned, expired, early].map((one) => ({ issuer: THUMBPRINT, subject: thumbprintOf(one) })),
    { issuer: issuerName, subject: 'uri:spiffe://acme.test/shop' },
  ].map((one) => ({ ...one, id: newId(), scopes: ['a'] }));
  caller = { ...application([subscription(pub, api)], []), slug: 'shop', certificates };
  await publishTenant(tls.redis, pub.doc);
  await publishApplication(tls.redis, caller);
});
afterAll(async () => {
  await Promise.all([tls.close(), proxied.close(), envoy.close(), unproxied.close()]);
  await backend.close();
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** One call over TLS with a certificate or none. */
function callTls(certificate: TestCertificate | null, headers: Record<string, string> = {}): Promise<Answer> {
  const shown = certificate === null ? {} : { cert: certificate.cert, key: certificate.key };
  const options: RequestOptions = {
    ...shown,
    ca: server.cert,
    headers,
    agent: false,
    path: `/${pub.doc.slug}/orders/v1/echo`,
  };
  return new Promise((resolve, reject) => {
    const asked = request(`https://127.0.0.1:${tls.gateway.port}`, options, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}
const call = (world: World, headers: Record<string, string>): Promise<Response> =>
  fetch(`${world.url}/${pub.doc.slug}/orders/v1/echo`, { headers });
const clientCert = ({ cert }: TestCertificate): string => `:${new X509Certificate(cert).raw.toString('base64')}:`;

describe('a certificate of the TLS connection', () => {
  it('is known over HTTP/2 as well', async () => {
    const { cert, key } = selfSigned;
    const session = connect(`https://127.0.0.1:${tls.gateway.port}`, { cert, key, ca: server.cert });
    const status = await new Promise((resolve, reject) => {
      const stream = session.request({ ':path': `/${pub.doc.slug}/orders/v1/echo` });
      stream.on('response', (headers) => resolve(headers[':status'])).on('error', reject);
    });
    session.destroy();
    expect([session.alpnProtocol, status]).toEqual(['h2', 200]);
    expect(backend.received.at(-1)?.headers['x-parley-subject']).toBe(thumbprintOf(selfSigned));
  });

  it('counts to the application that has its thumbprint, whoever issued it', async () => {
    const answer = await callTls(selfSigned);
    expect(answer.status).toBe(200);
    const sent = backend.received.at(-1)?.headers ?? {};
    expect(sent).toMatchObject({
      'x-parley-application': caller.applicationId,
      'x-parley-subject': thumbprintOf(selfSigned),
      'x-parley-scopes': 'a',
      'x-forwarded-proto': 'https',
    });
    expect((await tls.event(String(answer.headers['x-request-id']))).applicationId).toBe(caller.applicationId);
  });

  it('counts by its names only where one of the known authorities gave them', async () => {
    expect((await callTls(byName)).status).toBe(200);
    expect((await callTls(impostor)).status).toBe(401);
  });

  it.each<[string, TestCertificate | null, string]>([
    ['none at all', null, 'Certificate realm="parley"'],
    ['one that has ended', expired, 'has expired'],
    ['one that begins later', early, 'not valid yet'],
    ['one nobody registered', unknown, 'not registered'],
  ])('%s is refused with a challenge', async (_, certificate, challenge) => {
    const answer = await callTls(certificate);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain(challenge);
  });

  it('is not taken from a header of just anybody, and no such header travels on', async () => {
    const headers = {
      'client-cert': clientCert(selfSigned),
      'x-forwarded-client-cert': `Hash=${thumbprintOf(selfSigned)}`,
    };
    expect((await callTls(null, headers)).status).toBe(401);
    expect((await callTls(selfSigned, { ...headers, 'client-cert-chain': ':AA==:' })).status).toBe(200);
    const sent = Object.keys(backend.received.at(-1)?.headers ?? {});
    expect(sent.filter((name) => name.includes('cert'))).toEqual([]);
  });
});

describe('a certificate of which the operator’s proxy tells', () => {
  it('counts by thumbprint and by names, as Client-Cert (RFC 9440)', async () => {
    for (const one of [selfSigned, byName]) {
      expect((await call(proxied, { 'client-cert': clientCert(one) })).status).toBe(200);
      expect((await call(unproxied, { 'client-cert': clientCert(one) })).status, 'from elsewhere').toBe(401);
      expect((await call(envoy, { 'client-cert': clientCert(one) })).status, 'in another header').toBe(401);
    }
    expect((await call(proxied, { 'client-cert': clientCert(expired) })).status).toBe(401);
  });

  it('counts as X-Forwarded-Client-Cert, by the certificate or by its hash', async () => {
    const pem = encodeURIComponent(byName.cert);
    const hash = thumbprintOf(selfSigned);
    const good = [
      `Hash=${hash}`,
      `By=spiffe://acme.test/gateway;Hash=${hash.toUpperCase()};Subject="CN=a\\"b,O=\\\\;x"`,
      `Hash=${'0'.repeat(64)};Cert="${pem}";URI=spiffe://acme.test/shop`,
    ];
    for (const value of good) {
      expect((await call(envoy, { 'x-forwarded-client-cert': value })).status, value.slice(0, 60)).toBe(200);
    }
    const bad = [
      `Hash=${hash},Hash=${hash}`,
      `Hash=${thumbprintOf(unknown)};Hash=${hash}`,
      `Hash=${hash.slice(1)}`,
      'Subject="CN=shop";URI=spiffe://acme.test/shop',
      `Subject="x;Hash=${hash}`,
      'Cert="%E0%A4%A"',
      ';;;',
      '"',
    ];
    for (const value of bad) {
      const answer = await call(envoy, { 'x-forwarded-client-cert': value });
      expect(answer.status, value.slice(0, 60)).toBe(401);
    }
  });

  it('is a failure where it is no certificate', async () => {
    const twice = `${clientCert(selfSigned)}, ${clientCert(selfSigned)}`;
    for (const value of [
      '',
      'x',
      '::',
      ':AAAA:',
      selfSigned.cert.replaceAll('\n', ''),
      twice,
      `:${'A'.repeat(8000)}:`,
    ]) {
      const answer = await call(proxied, { 'client-cert': value });
      expect(answer.status, value.slice(0, 30)).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Certificate');
    }
  });
});
