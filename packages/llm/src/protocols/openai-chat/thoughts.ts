import type { Proof, ReasoningPart } from '../../neutral/call.ts';
import { packProof, unpackProof } from '../../neutral/proof.ts';
import { defined, isObject, textOf } from '../../object.ts';

/**
 * Thoughts have no place in OpenAI's own chat protocol. What gateways and their clients agree on: `reasoning_content` (a
 * text), and `reasoning_details` (texts with signatures, encrypted thoughts), which a client sends back as it got them.
 */

type Members = Readonly<Record<string, unknown>>;

/** Thoughts of a message, a request's or an answer's. */
export function readThoughts(message: Members): ReasoningPart[] {
  const { reasoning_details: details } = message;
  if (!Array.isArray(details)) {
    const text = textOf(message.reasoning_content) ?? textOf(message.reasoning);
    return text === undefined || text === '' ? [] : [{ kind: 'reasoning', text }];
  }
  const parts: ReasoningPart[] = [];
  for (const detail of details) {
    if (!isObject(detail)) continue;
    const data = textOf(detail.data);
    if (detail.type === 'reasoning.encrypted' && data !== undefined) {
      parts.push({ kind: 'reasoning', text: '', redacted: true, proof: unpackProof(data, 'openai_chat') });
      continue;
    }
    const signature = textOf(detail.signature);
    const proof = signature === undefined ? undefined : unpackProof(signature, 'openai_chat');
    parts.push(defined({ kind: 'reasoning', text: textOf(detail.text) ?? textOf(detail.summary) ?? '', proof }));
  }
  return parts;
}

/** What an entry of `reasoning_details` in a stream says beside a text. */
export function thoughtProof(detail: Members): { readonly proof: Proof | undefined; readonly redacted: boolean } {
  const redacted = detail.type === 'reasoning.encrypted';
  const packed = textOf(redacted ? detail.data : detail.signature);
  return { proof: packed === undefined || packed === '' ? undefined : unpackProof(packed, 'openai_chat'), redacted };
}

/** One entry of `reasoning_details`. */
export function thoughtDetail(text: string, proof: Proof | undefined, redacted: boolean | undefined): Members {
  const packed = proof === undefined ? undefined : packProof(proof, 'openai_chat');
  if (redacted) return { type: 'reasoning.encrypted', data: packed ?? '' };
  return defined({ type: 'reasoning.text', text, signature: packed });
}

/** The proof of a tool call: Google's own OpenAI-compatible endpoint gives and takes a thought signature here. */
export function readProof(call: Members): Proof | undefined {
  const google = isObject(call.extra_content) ? call.extra_content.google : undefined;
  const signature = isObject(google) ? textOf(google.thought_signature) : undefined;
  return signature === undefined ? undefined : { protocol: 'gemini', value: signature };
}

/** What a tool call carries of its proof. */
export function writeProof(proof: Proof | undefined): Members | undefined {
  return proof?.protocol === 'gemini' ? { google: { thought_signature: proof.value } } : undefined;
}
