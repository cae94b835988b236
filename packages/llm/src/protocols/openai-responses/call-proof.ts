import type { Block } from '../../neutral/answer.ts';
import type { Part } from '../../neutral/call.ts';
import { packProof, unpackProof } from '../../neutral/proof.ts';

/** What marks thoughts that are the proof of the tool call before them (Gemini signs calls, this protocol cannot). */
const OF_CALL = 'parley-call.';

/** The thoughts that follow a tool call and keep its proof for the way back; `null` where none is needed. */
export function callProofBlock(block: Block): Block | null {
  if (block.kind !== 'tool_call' || block.proof === undefined || block.proof.protocol === 'openai_responses')
    return null;
  const value = OF_CALL + packProof(block.proof, 'openai_responses');
  return { kind: 'reasoning', text: '', redacted: true, proof: { protocol: 'openai_responses', value } };
}

/** Gives the call before it its proof back; `false` when encrypted thoughts are no such proof. */
export function readCallProof(encrypted: string, before: Part[]): boolean {
  if (!encrypted.startsWith(OF_CALL)) return false;
  const call = before.at(-1);
  const proof = unpackProof(encrypted.slice(OF_CALL.length), 'openai_responses');
  if (call?.kind === 'tool_call') before[before.length - 1] = { ...call, proof };
  return true;
}
