import type { Proof } from '../../neutral/call.ts';
import { unpackProof } from '../../neutral/proof.ts';

const DIVIDER = '|';

/** A reasoning item's proof: its id belongs to its encrypted thoughts, and goes back with them. */
export function readProof(id: string | undefined, encrypted: string): Proof {
  const proof = unpackProof(encrypted, 'openai_responses');
  if (proof.protocol !== 'openai_responses' || id === undefined || proof.value.includes(DIVIDER)) return proof;
  return { protocol: 'openai_responses', value: `${id}${DIVIDER}${encrypted}` };
}

/** The id and encrypted thoughts in a proof of this protocol. */
export function splitProof(value: string): { readonly id: string | undefined; readonly encrypted: string } {
  const at = value.indexOf(DIVIDER);
  return at === -1 ? { id: undefined, encrypted: value } : { id: value.slice(0, at), encrypted: value.slice(at + 1) };
}
