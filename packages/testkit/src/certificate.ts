import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate made for a test, with its key, both as PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly subject: Name;
}

/** Parts of a distinguished name in their order: `[['O', 'Acme'], ['CN', 'shop']]`. */
export type Name = readonly (readonly [part: 'C' | 'O' | 'CN', text: string])[];

export interface CertificateOptions {
  readonly subject: Name;
  /** Signs it; itself when left out. */
  readonly issuer?: TestCertificate;
  readonly dns?: readonly string[];
  readonly uris?: readonly string[];
  readonly ips?: readonly string[];
  readonly authority?: boolean;
  /** Unix milliseconds; an hour ago and in an hour unless told. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

const OIDS = {
  C: '550406',
  O: '55040a',
  CN: '550403',
  alternativeName: '551d11',
  basicConstraints: '551d13',
  ecdsaWithSha256: '2a8648ce3d040302',
} as const;

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const size = body.length < 256 ? Buffer.of(0x81, body.length) : Buffer.of(0x82, body.length >> 8, body.length & 255);
  return Buffer.concat([Buffer.of(tag), size, body]);
}
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (name: keyof typeof OIDS): Buffer => der(0x06, Buffer.from(OIDS[name], 'hex'));
const time = (ms: number): Buffer =>
  der(0x18, Buffer.from(new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, ''), 'ascii'));
const nameOf = (name: Name): Buffer =>
  sequence(...name.map(([part, text]) => der(0x31, sequence(oid(part), der(0x0c, Buffer.from(text))))));
const ALGORITHM = sequence(oid('ecdsaWithSha256'));

function extensions({ dns = [], uris = [], ips = [], authority = false }: CertificateOptions): Buffer {
  const names = [
    ...dns.map((one) => der(0x82, Buffer.from(one))),
    ...uris.map((one) => der(0x86, Buffer.from(one))),
    ...ips.map((one) => der(0x87, Buffer.from(one.split('.').map(Number)))),
  ];
  const all = [
    ...(names.length > 0 ? [sequence(oid('alternativeName'), der(0x04, sequence(...names)))] : []),
    ...(authority
      ? [sequence(oid('basicConstraints'), der(0x01, Buffer.of(255)), der(0x04, sequence(der(0x01, Buffer.of(255)))))]
      : []),
  ];
  return all.length === 0 ? Buffer.alloc(0) : der(0xa3, sequence(...all));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** Makes an X.509 certificate (RFC 5280) with a P-256 key, signed by `issuer` or by itself. */
export function issueCertificate(options: CertificateOptions): TestCertificate {
  const { subject, issuer, fromMs = Date.now() - 3_600_000, toMs = Date.now() + 3_600_000 } = options;
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer: KeyObject = issuer ? createPrivateKey(issuer.key) : pair.privateKey;
  const told = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1), randomBytes(8)),
    ALGORITHM,
    nameOf(issuer?.subject ?? subject),
    sequence(time(fromMs), time(toMs)),
    nameOf(subject),
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    extensions(options),
  );
  const signature = sign('sha256', told, signer);
  const bytes = sequence(told, ALGORITHM, der(0x03, Buffer.of(0), signature));
  return { cert: pem(bytes), key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, subject };
}

/** A certificate for the host names of a server: signed by `issuer`, or by itself, which then is an authority. */
export function makeCertificate(hostNames: readonly string[], issuer?: TestCertificate): TestCertificate {
  if (issuer === undefined)
    return issueCertificate({ subject: [['CN', 'test authority']], dns: hostNames, authority: true });
  return issueCertificate({ subject: [['CN', hostNames[0] ?? '']], dns: hostNames, issuer });
}
