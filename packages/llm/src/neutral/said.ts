import type { Answer, Block } from './answer.ts';
import type { Part, Turn } from './call.ts';

/** What a piece of an answer is in the turn it becomes; `null` for what cannot be said again. */
function partOf(block: Block): Part | null {
  switch (block.kind) {
    case 'text':
    case 'refusal':
      return block.text === '' ? null : { kind: block.kind, text: block.text };
    case 'reasoning': {
      const { text, redacted, proof } = block;
      if (text === '' && proof === undefined) return null;
      return { kind: 'reasoning', text, ...(redacted ? { redacted } : {}), ...(proof ? { proof } : {}) };
    }
    case 'tool_call': {
      const { id, name, text, proof } = block;
      return { kind: 'tool_call', id, name, arguments: text === '' ? '{}' : text, ...(proof ? { proof } : {}) };
    }
    case 'image':
    case 'audio':
      return { kind: block.kind, source: { kind: 'data', mediaType: block.mediaType, data: block.text } };
    default:
      return { kind: 'other', protocol: block.protocol, path: 'answer', raw: block.raw };
  }
}

/**
 * What a model said, as the turn a client would send back: of the first choice. Of an answer that broke off (no finish) tool calls
 * and what only its protocol understands are left out, for they may be half of what they were to be. `null` when nothing was said.
 */
export function saidTurn({ choices }: Answer): Turn | null {
  const [choice] = choices;
  if (choice === undefined) return null;
  const whole = choice.finish !== null;
  const parts: Part[] = [];
  for (const block of choice.blocks) {
    if (!whole && (block.kind === 'tool_call' || block.kind === 'other' || block.kind === 'image')) continue;
    const part = partOf(block);
    if (part !== null) parts.push(part);
  }
  return parts.length === 0 ? null : { role: 'assistant', parts };
}
