import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate with its key, both PEM, for servers of tests. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

type Der = Buffer;

function der(tag: number, ...parts: readonly Der[]): Der {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const bytes = length.subarray(length.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.of(tag, 0x80 | bytes.length), bytes, body]);
}

const sequence = (...parts: readonly Der[]): Der => der(0x30, ...parts);
const oid = (hex: string): Der => der(0x06, Buffer.from(hex, 'hex'));
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
const COMMON_NAME = oid('550403');
const SUBJECT_ALT_NAME = oid('551d11');
const BASIC_CONSTRAINTS = oid('551d13');

function name(text: string): Der {
  return sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(text)))));
}

function time(atMs: number): Der {
  const text = new Date(atMs).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(text));
}

function extension(id: Der, value: Der): Der {
  return sequence(id, der(0x04, value));
}

function pem(label: string, bytes: Der): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function keyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * An X.509 certificate (RFC 5280, P-256) for host names, valid for a day: signed by `issuer`, or by itself, which then is
 * an authority that can sign others.
 */
export function makeCertificate(hostNames: readonly string[], issuer?: TestCertificate): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const alternatives = hostNames.map((host) => der(0x82, Buffer.from(host)));
  const isAuthority = issuer === undefined;
  const issuerName = name('test authority');
  const now = Date.now();
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ECDSA_SHA256,
    issuerName,
    sequence(time(now - 3_600_000), time(now + 86_400_000)),
    isAuthority ? issuerName : name(hostNames[0] ?? ''),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      sequence(
        extension(SUBJECT_ALT_NAME, sequence(...alternatives)),
        extension(BASIC_CONSTRAINTS, sequence(...(isAuthority ? [der(0x01, Buffer.of(0xff))] : []))),
      ),
    ),
  );
  const signer = isAuthority ? privateKey : createPrivateKey(issuer.key);
  const signature = der(0x03, Buffer.of(0), sign('sha256', body, signer));
  return { cert: pem('CERTIFICATE', sequence(body, ECDSA_SHA256, signature)), key: keyPem(privateKey) };
}
