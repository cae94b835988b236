import { sealed, unsealed } from '../sealed.ts';
import { fingerprint } from './seeded.ts';

/** Signatures over thinking, checked when it comes back: an altered or made-up block is refused, as by the real APIs. */
const HIDDEN = 'hidden';

/** Signs thinking. `hidden`: its text is not shown, so it comes back empty. */
export function signThinking(text: string, hidden = false): string {
  return sealed(hidden ? HIDDEN : fingerprint(text), 'thinking');
}

/** True for the text and signature of a thinking block the simulator sent. */
export function isSignedThinking(text: string, signature: string): boolean {
  const signed = unsealed(signature, 'thinking');
  return signed === HIDDEN ? text === '' : signed === fingerprint(text);
}

/** Thinking nobody may read, as it goes over the wire. */
export function redactThinking(text: string): string {
  return sealed(fingerprint(text), 'redacted thinking');
}

export function isRedactedThinking(data: string): boolean {
  return unsealed(data, 'redacted thinking') !== null;
}
