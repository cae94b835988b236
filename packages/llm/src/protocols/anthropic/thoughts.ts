import type { Part, Proof } from '../../neutral/call.ts';
import { packProof, unpackProof } from '../../neutral/proof.ts';
import { textOf } from '../../object.ts';

type Members = Readonly<Record<string, unknown>>;

/** What marks a redacted thought that is the proof of the tool call before it (Gemini signs calls, this protocol cannot). */
const OF_CALL = 'parley-call.';

/** A thought as a content block. */
export function thoughtBlock(text: string, redacted: boolean | undefined, proof: Proof | undefined): Members {
  const packed = proof === undefined ? '' : packProof(proof, 'anthropic');
  return redacted
    ? { type: 'redacted_thinking', data: packed }
    : { type: 'thinking', thinking: text, signature: packed };
}

/** The block that follows a tool call and keeps its proof for the way back; `null` for a proof that needs none. */
export function callProofBlock(proof: Proof): Members | null {
  if (proof.protocol === 'anthropic') return null;
  return { type: 'redacted_thinking', data: OF_CALL + packProof(proof, 'anthropic') };
}

/** Gives the call before it its proof back; `false` when the block is no such proof. */
export function readCallProof(block: Members, before: Part[]): boolean {
  const data = block.type === 'redacted_thinking' ? textOf(block.data) : undefined;
  if (data === undefined || !data.startsWith(OF_CALL)) return false;
  const call = before.at(-1);
  if (call?.kind === 'tool_call')
    before[before.length - 1] = { ...call, proof: unpackProof(data.slice(OF_CALL.length), 'anthropic') };
  return true;
}
