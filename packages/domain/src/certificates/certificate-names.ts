import { X509Certificate } from 'node:crypto';

/** Stands for the issuer of an identity that is a thumbprint: then no issuer matters. */
export const THUMBPRINT = 'sha256';

/** More names of one certificate are not looked up. */
const MAX_NAMES = 20;

/** What a certificate can be registered by. */
export interface CertificateNames {
  /** SHA-256 of the certificate in hex, lower case (RFC 8705's x5t#S256 in another spelling). */
  readonly thumbprint: string;
  /** Distinguished name of its issuer, `C=…, O=…, CN=…` in the order of the certificate. */
  readonly issuer: string;
  /** Its distinguished name, then its alternative names as `dns:…`, `uri:…`, `email:…`, `ip:…`. */
  readonly subjects: readonly string[];
  readonly validFromMs: number;
  readonly validToMs: number;
}

const KINDS: Readonly<Record<string, string>> = { DNS: 'dns', URI: 'uri', email: 'email', 'IP Address': 'ip' };

const oneLine = (name: string): string => name.split('\n').join(', ');

/** Names that Node.js has to quote could be read in two ways: they are left out. */
function alternativeNames(text: string | undefined): string[] {
  if (text === undefined || text.includes('"')) return [];
  return text.split(', ').flatMap((entry) => {
    const at = entry.indexOf(':');
    const kind = KINDS[entry.slice(0, at)];
    const value = entry.slice(at + 1);
    if (kind === undefined || value === '') return [];
    return [`${kind}:${kind === 'dns' ? value.toLowerCase() : value}`];
  });
}

/** Reads the names of a certificate (PEM or DER). Throws for what is none. */
export function certificateNames(certificate: string | Buffer | X509Certificate): CertificateNames {
  const read = certificate instanceof X509Certificate ? certificate : new X509Certificate(certificate);
  const subjects = [oneLine(read.subject ?? ''), ...alternativeNames(read.subjectAltName)].filter(Boolean);
  return {
    thumbprint: read.fingerprint256.replaceAll(':', '').toLowerCase(),
    issuer: oneLine(read.issuer),
    subjects: subjects.slice(0, MAX_NAMES),
    validFromMs: read.validFromDate.getTime(),
    validToMs: read.validToDate.getTime(),
  };
}

/** What an identity is registered by, or the field of the input that is wrong and why. */
export type CertificateIdentity =
  | { readonly issuer: string; readonly subject: string }
  | { readonly field: 'certificate' | 'issuer' | 'subject'; readonly message: string };

const HEX = /^[0-9a-f]{64}$/;

/** A certificate (PEM), a thumbprint, or a name together with the issuer that gave it, as an identity is kept. */
export function certificateIdentity(input: {
  readonly certificate?: string | undefined;
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
}): CertificateIdentity {
  const { certificate, issuer = '', subject = '' } = input;
  if (certificate) {
    if (subject !== '') return { field: 'subject', message: 'Give the certificate or a name, not both.' };
    try {
      return { issuer: THUMBPRINT, subject: certificateNames(certificate).thumbprint };
    } catch {
      return { field: 'certificate', message: 'This is no certificate in PEM (-----BEGIN CERTIFICATE-----).' };
    }
  }
  const bare = subject
    .replace(/^sha256:/i, '')
    .replaceAll(':', '')
    .toLowerCase();
  if ((issuer === '' || issuer === THUMBPRINT) && HEX.test(bare)) return { issuer: THUMBPRINT, subject: bare };
  if (issuer === THUMBPRINT) return { field: 'subject', message: 'A SHA-256 thumbprint is 64 hexadecimal digits.' };
  if (subject === '') return { field: 'certificate', message: 'Give the certificate, its thumbprint, or its subject.' };
  if (issuer === '')
    return { field: 'issuer', message: 'Say who issues certificates of this name, as C=…, O=…, CN=….' };
  return { issuer, subject: subject.startsWith('dns:') ? subject.toLowerCase() : subject };
}
