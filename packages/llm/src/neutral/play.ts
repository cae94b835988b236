import type { Answer, AnswerSink, Block } from './answer.ts';

/** An empty block of the same kind: what a stream opens with. */
function opening(block: Block): Block {
  if (block.kind === 'reasoning' || block.kind === 'tool_call') {
    const { proof: _proof, ...rest } = block;
    return { ...rest, text: '' };
  }
  return { ...block, text: '' };
}

/** Plays a whole answer as if it came in pieces: for clients that stream what was answered in one go, or was kept. */
export function play(answer: Answer, sink: AnswerSink): void {
  sink.start(answer.id, answer.model);
  let n = 0;
  for (const [index, choice] of answer.choices.entries()) {
    for (const block of choice.blocks) {
      sink.open(n, index, opening(block));
      if (block.text !== '') sink.delta(n, block.text);
      if ((block.kind === 'reasoning' || block.kind === 'tool_call') && block.proof) sink.proof(n, block.proof);
      sink.close(n);
      n++;
    }
    if (choice.finish) sink.finish(index, choice.finish);
  }
  if (answer.usage) sink.usage(answer.usage);
  sink.end();
}
