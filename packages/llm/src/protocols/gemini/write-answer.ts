import type { AnswerView } from '../../codec.ts';
import type { Answer, Block, Choice } from '../../neutral/answer.ts';
import type { Proof } from '../../neutral/call.ts';
import { packProof } from '../../neutral/proof.ts';
import { defined, isObject } from '../../object.ts';
import { parseExact, stringifyDeep } from '../../parse-exact.ts';
import { writeFinish } from './finish.ts';
import { writeUsage } from './usage.ts';

type Json = Readonly<Record<string, unknown>>;

/** A call whose arguments are no JSON object: Gemini has no place for one, but a reason to end with. */
export class MalformedCall {
  readonly message: string;

  constructor(name: string, text: string) {
    this.message = `Malformed function call: ${name}(${text.slice(0, 1000)})`;
  }
}

function signature(proof: Proof | undefined): string | undefined {
  return proof === undefined ? undefined : packProof(proof, 'gemini');
}

/** A block as a part; `null` for one with nothing in it. */
export function writePart(block: Block): Json | MalformedCall | null {
  switch (block.kind) {
    case 'text':
    case 'refusal':
      return block.text === '' ? null : { text: block.text };
    case 'reasoning':
      return writeThought(block.text, block.proof);
    case 'tool_call': {
      const args = parseExact(block.text.trim() === '' ? '{}' : block.text);
      if (!isObject(args)) return new MalformedCall(block.name, block.text);
      const functionCall = { id: block.id, name: block.name, args };
      return defined({ functionCall, thoughtSignature: signature(block.proof) });
    }
    case 'image':
    case 'audio':
      return { inlineData: { mimeType: block.mediaType, data: block.text } };
    default:
      return block.protocol === 'gemini' && isObject(block.raw) ? block.raw : null;
  }
}

/** Thoughts; of a proof that is Gemini's own and has no text, the empty text it came on. */
export function writeThought(text: string, proof: Proof | undefined): Json | null {
  if (text === '' && proof === undefined) return null;
  const thought = text === '' && proof?.protocol === 'gemini' ? undefined : true;
  return defined({ text, thought, thoughtSignature: signature(proof) });
}

/** Says of a choice how it ended. A malformed call goes before the provider's own reason. */
export function writeEnd(choice: Pick<Choice, 'finish'>, malformed: string | null): Json {
  if (malformed !== null) return { finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: malformed };
  return { finishReason: writeFinish(choice.finish) };
}

function writeCandidate(choice: Choice, index: number): Json {
  const parts: Json[] = [];
  let malformed: string | null = null;
  for (const block of choice.blocks) {
    const part = writePart(block);
    if (part === null) continue;
    if (part instanceof MalformedCall) malformed = part.message;
    else parts.push(part);
  }
  // Google's own SDK keeps an answer in its history only when it has a part.
  if (parts.length === 0) parts.push({ text: '' });
  return { content: { parts, role: 'model' }, ...writeEnd(choice, malformed), index };
}

/** Writes a whole answer as a response of `generateContent`. */
export function writeAnswer(answer: Answer, view: AnswerView): string {
  const body = {
    candidates: answer.choices.map(writeCandidate),
    ...(answer.usage === null ? {} : { usageMetadata: writeUsage(answer.usage) }),
    modelVersion: view.model,
    responseId: answer.id ?? view.id,
  };
  return stringifyDeep(body) ?? stringifyDeep({ ...body, candidates: [] }) ?? '{}';
}
