import type { AnswerView } from '../../codec.ts';
import type { Answer, Block } from '../../neutral/answer.ts';
import { callProofBlock } from './call-proof.ts';
import { incompleteReason, itemId, responseId, responseObject, writeItem } from './response-object.ts';

/** Writes a whole answer as a response. A response has one choice. */
export function writeAnswer(answer: Answer, view: AnswerView): string {
  const [choice] = answer.choices;
  const incomplete = incompleteReason(choice?.finish ?? null);
  const blocks = (choice?.blocks ?? []).flatMap((block): Block[] => {
    const proof = callProofBlock(block);
    return proof === null ? [block] : [block, proof];
  });
  const output = blocks.flatMap((block, place): Readonly<Record<string, unknown>>[] => {
    const item = writeItem(block, itemId(block, place, view), 'completed');
    return item === null ? [] : [item];
  });
  const response = responseObject(view, {
    id: responseId(answer.id, view),
    status: incomplete === null ? 'completed' : 'incomplete',
    output,
    usage: answer.usage,
    incomplete,
  });
  return JSON.stringify(response);
}
