import { type Block, Headings, ownBlock } from './block.ts';

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/;
const UNDERLINE = /^ {0,3}(=+|-{2,})[ \t]*$/;

interface Line {
  readonly text: string;
  readonly start: number;
  /** Where the next one starts. */
  readonly next: number;
}

function* linesOf(source: string): Generator<Line> {
  for (let start = 0; start < source.length; ) {
    const feed = source.indexOf('\n', start);
    const next = feed < 0 ? source.length : feed + 1;
    const text = source.slice(start, feed < 0 ? source.length : feed);
    yield { text: text.endsWith('\r') ? text.slice(0, -1) : text, start, next };
    start = next;
  }
}

/** Where the text begins, after YAML front matter. */
function afterFrontMatter(source: string): number {
  const found = /^---\r?\n[\s\S]*?\n---[ \t]*(?:\r?\n|$)/.exec(source.slice(0, 10_000));
  return found === null ? 0 : found[0].length;
}

const titleOf = (text: string): string => text.replace(/[ \t]+#+[ \t]*$/, '').trim();

/**
 * Paragraphs, lists, tables and code of Markdown (CommonMark's headings, ATX and setext, and fences), each under its headings.
 * Headings are no blocks of their own: they are part of what every block under them is found by.
 */
export function markdownBlocks(source: string): Block[] {
  const blocks: Block[] = [];
  const headings = new Headings();
  let from = afterFrontMatter(source);
  let fence: string | null = null;
  let lines = 0;
  const end = (to: number, next: number): void => {
    const block = ownBlock(source, from, to, headings.path);
    if (block !== null) blocks.push(block);
    from = next;
    lines = 0;
  };
  for (const { text, start, next } of linesOf(source)) {
    if (start < from) continue;
    const mark = FENCE.exec(text)?.[1];
    if (fence !== null) {
      if (mark?.startsWith(fence) && text.trim() === mark) {
        fence = null;
        end(next, next);
      }
      continue;
    }
    const heading = HEADING.exec(text);
    const level = heading?.[1]?.length;
    if (mark !== undefined) {
      end(start, start);
      fence = mark;
    } else if (level !== undefined) {
      end(start, next);
      headings.begin(level, titleOf(heading?.[2] ?? ''));
    } else if (lines === 1 && UNDERLINE.test(text)) {
      const title = source.slice(from, start).trim();
      from = next;
      lines = 0;
      headings.begin(text.trim().startsWith('=') ? 1 : 2, title);
    } else if (text.trim() === '') {
      end(start, next);
    } else {
      lines++;
    }
  }
  end(source.length, source.length);
  return blocks;
}
