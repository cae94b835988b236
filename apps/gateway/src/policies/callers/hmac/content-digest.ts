import { hash } from 'node:crypto';

const MEMBER = /^ *(sha-256|sha-512|[a-z0-9-]+)=:([A-Za-z0-9+/=]*): *$/;

/** Whether a `Content-Digest` (RFC 9530) is that of the body: every algorithm we know must fit, and there must be one. */
export function digestFits(header: string | undefined, body: Buffer): boolean {
  let known = 0;
  for (const member of (header ?? '').split(',')) {
    const [, algorithm = '', value] = MEMBER.exec(member) ?? [];
    if (value === undefined) return false;
    if (algorithm !== 'sha-256' && algorithm !== 'sha-512') continue;
    if (hash(algorithm.replace('-', ''), body, 'base64') !== value) return false;
    known++;
  }
  return known > 0;
}
