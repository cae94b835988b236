import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the clocks of two processes may be apart, and how long a token is good. */
const GOOD_FOR_MS = 60_000;
const PURPOSE = 'parley internal call';

function signature(secret: string, path: string, body: string, atMs: number): Buffer {
  return createHmac('sha256', secret).update(`${PURPOSE}\n${path}\n${atMs}\n${body}`).digest();
}

/** A token for one call between Parley's own processes: HMAC-SHA256 over purpose, path, time and body. */
export function signInternalCall(secret: string, path: string, body: string, nowMs: number): string {
  return `${nowMs}.${signature(secret, path, body, nowMs).toString('hex')}`;
}

/** Whether a token was made with this secret for this path and body within the last minute. */
export function isInternalCall(token: string, secret: string, path: string, body: string, nowMs: number): boolean {
  const match = /^(\d{1,16})\.([0-9a-f]{64})$/.exec(token);
  if (!match) return false;
  const atMs = Number(match[1]);
  if (Math.abs(nowMs - atMs) > GOOD_FOR_MS) return false;
  return timingSafeEqual(Buffer.from(match[2] ?? '', 'hex'), signature(secret, path, body, atMs));
}
