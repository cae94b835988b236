import type { AnswerView } from '../../codec.ts';
import { objectJson } from '../../exact-json.ts';
import type { Answer, Block } from '../../neutral/answer.ts';
import { writeFinish } from './finish.ts';
import { toolUseId } from './ids.ts';
import { callProofBlock, thoughtBlock } from './thoughts.ts';
import { writeUsage } from './usage.ts';

/** The id of an answer: the provider's where it is of this protocol's form. */
export function answerId(id: string | null, view: AnswerView): string {
  return id?.startsWith('msg_') ? id : `msg_${view.id}`;
}

/** What stands before and after the base64 of generated media, which this protocol has no block for. */
export function mediaAround(block: Extract<Block, { kind: 'image' | 'audio' }>): readonly [string, string] {
  return [`${block.kind === 'image' ? '!' : ''}[${block.kind}](data:${block.mediaType};base64,`, ')'];
}

/** A block of an answer as JSON texts of content blocks. */
function writeBlock(block: Block): string[] {
  switch (block.kind) {
    case 'text':
    case 'refusal':
      return block.text === '' ? [] : [JSON.stringify({ type: 'text', text: block.text })];
    case 'reasoning':
      return [JSON.stringify(thoughtBlock(block.text, block.redacted, block.proof))];
    case 'tool_call': {
      const head = JSON.stringify({ type: 'tool_use', id: toolUseId(block.id), name: block.name }).slice(0, -1);
      const proof = block.proof ? callProofBlock(block.proof) : null;
      return [`${head},"input":${objectJson(block.text)}}`, ...(proof ? [JSON.stringify(proof)] : [])];
    }
    case 'image':
    case 'audio': {
      const [before, after] = mediaAround(block);
      return [JSON.stringify({ type: 'text', text: before + block.text + after })];
    }
    default:
      return block.protocol === 'anthropic' ? [JSON.stringify(block.raw)] : [];
  }
}

/** Writes a whole answer as a message. A client of this protocol cannot ask for several, so the first choice is all. */
export function writeAnswer(answer: Answer, view: AnswerView): string {
  const choice = answer.choices[0];
  const blocks = choice?.blocks ?? [];
  const called = blocks.some((block) => block.kind === 'tool_call');
  const head = { id: answerId(answer.id, view), type: 'message', role: 'assistant', model: view.model };
  const tail = { ...writeFinish(choice?.finish ?? null, called), usage: writeUsage(answer.usage) };
  const content = blocks.flatMap(writeBlock).join(',');
  return `${JSON.stringify(head).slice(0, -1)},"content":[${content}],${JSON.stringify(tail).slice(1)}`;
}
