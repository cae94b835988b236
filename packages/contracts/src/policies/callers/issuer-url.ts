import { z } from 'zod';

const PLAIN_HTTP_HOST = /^(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/i;

/** Where a token issuer answers: https, or http for an address inside the operator's own network. */
export const issuerUrlSchema = z.url().max(500).refine(isSafe, 'Write an https address without user name or fragment.');

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username !== '' || password !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && PLAIN_HTTP_HOST.test(hostname));
}
