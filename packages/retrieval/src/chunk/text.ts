import { type Block, ownBlock } from './block.ts';

/** Paragraphs of a plain text: what blank lines set apart. */
export function textBlocks(source: string): Block[] {
  const blocks: Block[] = [];
  let from = 0;
  for (const { index, 0: gap } of source.matchAll(/\r?\n[ \t]*\r?\n/g)) {
    push(blocks, ownBlock(source, from, index, []));
    from = index + gap.length;
  }
  push(blocks, ownBlock(source, from, source.length, []));
  return blocks;
}

function push(blocks: Block[], block: Block | null): void {
  if (block !== null) blocks.push(block);
}
