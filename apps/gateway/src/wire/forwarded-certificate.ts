import { type CertificateNames, certificateNames } from '@parley/domain/certificates/certificate-names';
import { Failure } from '../ports/tokens/failure.ts';

const UNREADABLE = new Failure('The forwarded certificate cannot be read');
/** A structured field's byte sequence (RFC 8941 §3.3.5). */
const BYTES = /^:([A-Za-z0-9+/]+={0,2}):$/;
const HASH = /^[0-9a-fA-F]{64}$/;

/**
 * Reads what a proxy says of a client's certificate: `Client-Cert` (RFC 9440), the certificate itself, or Envoy's
 * `X-Forwarded-Client-Cert`, with `Cert` or `Hash`. Anything but exactly one certificate is a failure: what stands before
 * the proxy's own element, anybody could have written.
 */
export function readForwarded(
  header: 'client-cert' | 'x-forwarded-client-cert',
  text: string,
): CertificateNames | Failure {
  try {
    if (header === 'client-cert') {
      const bytes = BYTES.exec(text.trim())?.[1];
      return bytes === undefined ? UNREADABLE : certificateNames(Buffer.from(bytes, 'base64'));
    }
    return readEnvoys(text);
  } catch {
    return UNREADABLE;
  }
}

function readEnvoys(text: string): CertificateNames | Failure {
  const pairs = elementsOf(text);
  const one = (name: string): string | undefined => {
    const found = pairs?.filter(([key]) => key.toLowerCase() === name) ?? [];
    return found.length === 1 ? found[0]?.[1] : undefined;
  };
  if (pairs === null) return UNREADABLE;
  const [certificate, hash] = [one('cert'), one('hash')];
  if (certificate !== undefined) return certificateNames(decodeURIComponent(certificate));
  if (hash === undefined || !HASH.test(hash)) return UNREADABLE;
  // The proxy has checked the rest; without the certificate there is no more to go by.
  return {
    thumbprint: hash.toLowerCase(),
    issuer: '',
    subjects: [],
    validFromMs: 0,
    validToMs: Number.POSITIVE_INFINITY,
  };
}

/** The `key=value` pairs of the only element; `null` where there are several, or it is malformed. */
function elementsOf(text: string): [string, string][] | null {
  const pairs: [string, string][] = [];
  const pair = /\s*([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;]*))\s*(;|$)/y;
  while (pair.lastIndex < text.length) {
    const found = pair.exec(text);
    if (found === null) return null;
    pairs.push([found[1] ?? '', found[2]?.replaceAll(/\\(.)/g, '$1') ?? found[3] ?? '']);
  }
  return pairs;
}
