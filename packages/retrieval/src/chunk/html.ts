import { Parser } from 'htmlparser2';
import { type Block, Headings } from './block.ts';
import { ReadText } from './html-text.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** What ends the block before it and begins another. */
const BLOCKS = words(
  'address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 ' +
    'h3 h4 h5 h6 header hgroup hr html li main menu ol option p pre search section select summary table tbody textarea tfoot thead title ' +
    'tr ul',
);
/** What nobody reads as part of the text. */
const UNREAD = words('audio canvas iframe math nav noscript object script style svg template video');
/** What stands apart from what is before it. */
const APART = words('td th br');
const HIDDEN_STYLE = /display\s*:\s*none|visibility\s*:\s*hidden/i;
/** No page that people read is as deep; for the parser deeper ones take more than their share of time. */
const MOST_DEEP = 1000;

function isHidden(attributes: Readonly<Record<string, string>>): boolean {
  const { hidden, style, 'aria-hidden': ariaHidden } = attributes;
  return hidden !== undefined || ariaHidden === 'true' || (style !== undefined && HIDDEN_STYLE.test(style));
}

/** A page's title stands over all of it. */
const levelOf = (name: string): number => (name === 'title' ? 0.5 : Number(/^h([1-6])$/.exec(name)?.[1] ?? 0));

/**
 * Blocks of an HTML page as a reader sees them: without tags, scripts, navigation and what is hidden, entities read, each under
 * its headings. The places are those of the HTML. A page is read up to where it is nested deeper than 1,000 elements.
 */
export function htmlBlocks(source: string): Block[] {
  const blocks: Block[] = [];
  const headings = new Headings();
  const read = new ReadText();
  const end = (level: number): void => {
    const block = read.take();
    if (block === null) return;
    if (level > 0) headings.begin(level, block.text);
    else blocks.push({ ...block, headings: headings.path });
  };
  let deep = 0;
  /** Elements that are open, from the outermost that nobody reads. */
  let unread = 0;
  let kept = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      deep++;
      if (deep > MOST_DEEP) parser.reset();
      else if (unread > 0 || UNREAD.has(name) || isHidden(attributes)) unread++;
      else if (BLOCKS.has(name)) end(0);
      else if (APART.has(name)) read.gap();
      if (unread === 0 && name === 'pre') kept++;
    },
    ontext(text) {
      if (unread === 0) read.add(text, parser.startIndex, parser.endIndex + 1, kept > 0);
    },
    onclosetag(name) {
      deep--;
      if (unread > 0) {
        unread--;
        return;
      }
      if (name === 'pre') kept--;
      if (BLOCKS.has(name)) end(levelOf(name));
    },
  });
  parser.end(source);
  end(0);
  return blocks;
}
