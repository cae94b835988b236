import { PROTOCOLS, type Proof, type Protocol } from './call.ts';

const PREFIX = 'parley.';

/** A proof as one text, for a client whose protocol has a place for a proof but not for whose it is. */
export function packProof(proof: Proof, own: Protocol): string {
  return proof.protocol === own ? proof.value : `${PREFIX}${proof.protocol}.${proof.value}`;
}

/** The proof in a text that a client sent back: one that was packed for it, or one of the client's own protocol. */
export function unpackProof(text: string, own: Protocol): Proof {
  if (text.startsWith(PREFIX)) {
    const dot = text.indexOf('.', PREFIX.length);
    const name = text.slice(PREFIX.length, dot);
    for (const protocol of PROTOCOLS) if (protocol === name) return { protocol, value: text.slice(dot + 1) };
  }
  return { protocol: own, value: text };
}

/** True for a proof that was packed for a protocol not its own: nothing the protocol's own provider would take. */
export function isForeignProof(packed: unknown): boolean {
  return typeof packed === 'string' && (packed.startsWith(PREFIX) || packed.startsWith('parley-'));
}
