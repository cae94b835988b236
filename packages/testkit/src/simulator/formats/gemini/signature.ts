import { sealed, unsealed } from '../../sealed.ts';
import { GoogleError } from './google-error.ts';
import type { Part } from './request.ts';

/** Keys in order at every depth, so that a call is the same however it was serialised. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, canonical(member)]),
  );
}

/** What a signature belongs to: this very call, or text. */
function boundTo(part: Part): string {
  const call = part.functionCall;
  return call ? `call ${call.name ?? ''} ${JSON.stringify(canonical(call.args ?? {}))}` : 'text';
}

/** Base64, as `bytes` are written in ProtoJSON. */
const base64 = (token: string): string => Buffer.from(token, 'base64url').toString('base64');

/** The signature of a part, to be sent back with it. */
export function signatureOf(part: Part, seed: string): string {
  return base64(sealed(seed.slice(0, 16), boundTo(part)));
}

/** What Google says to send for calls that another model made (Gemini API, thought signatures). */
const SKIPPED = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'];

/** Throws GoogleError 400 for a signature that was changed, or that came back with another part than its own. */
export function checkSignature(part: Part): void {
  const token = part.thoughtSignature;
  if (!token || SKIPPED.includes(token)) return;
  if (unsealed(token.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, ''), boundTo(part)) !== null) return;
  throw new GoogleError(400, 'Corrupted thought signature.');
}
