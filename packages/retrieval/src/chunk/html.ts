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
const VOID = words('area base br col embed hr img input link meta source track wbr');
const HIDDEN =
  /\s(?:hidden(?=[\s=/>])|aria-hidden\s*=\s*["']?true|style\s*=\s*["'][^"']{0,300}?(?:display\s*:\s*none|visibility\s*:\s*hidden))/i;
const NAME = /^<(\/?)([a-zA-Z][a-zA-Z0-9-]*)/;

interface Tag {
  readonly name: string;
  readonly closes: boolean;
  readonly hidden: boolean;
  readonly end: number;
}

/** Where a tag ends that begins here; a `>` in quotes ends none, unless the quote is never closed. */
function tagEnd(source: string, from: number): number {
  for (let at = from; at < source.length; at++) {
    const sign = source[at];
    if (sign === '>') return at + 1;
    if (sign !== '"' && sign !== "'") continue;
    at = source.indexOf(sign, at + 1);
    if (at < 0) break;
  }
  return source.indexOf('>', from) + 1;
}

/** The tag that begins at a `<`; `null` where that is only a sign, the end of the text where a tag never ends. */
function tagAt(source: string, at: number): Tag | null {
  if (source.startsWith('<!--', at)) {
    const end = source.indexOf('-->', at + 4);
    return { name: '', closes: false, hidden: false, end: end < 0 ? source.length : end + 3 };
  }
  const sign = source[at + 1] ?? '';
  if (sign === '!' || sign === '?') {
    return { name: '', closes: false, hidden: false, end: source.indexOf('>', at) + 1 || source.length };
  }
  const [, slash, name] = NAME.exec(source.slice(at, at + 50)) ?? [];
  if (name === undefined) return null;
  const end = tagEnd(source, at + 1) || source.length;
  const hidden = slash === '' && end - at > name.length + 2 && HIDDEN.test(source.slice(at, Math.min(end, at + 4000)));
  return { name: name.toLowerCase(), closes: slash === '/', hidden, end };
}

/** Where an element ends that nobody reads: after its own closing tag, those of its like inside of it counted. */
function elementEnd(source: string, name: string, from: number): number {
  const tags = new RegExp(`<(/?)${name}(?=[\\s/>])`, 'gi');
  tags.lastIndex = from;
  for (let open = 1, found = tags.exec(source); found !== null; found = tags.exec(source)) {
    const raw = name === 'script' || name === 'style';
    if (found[1] === '/') open--;
    else if (!raw) open++;
    if (open === 0) return source.indexOf('>', found.index) + 1 || source.length;
  }
  return source.length;
}

/**
 * Blocks of an HTML page as a reader sees them: without tags, scripts, navigation and what is hidden, entities read, each under
 * its headings. The places are those of the HTML. Time is linear in the page's length.
 */
export function htmlBlocks(source: string): Block[] {
  const blocks: Block[] = [];
  const headings = new Headings();
  const read = new ReadText();
  let kept = 0;
  const end = (level: number): void => {
    const block = read.take();
    if (block === null) return;
    if (level > 0) headings.begin(level, block.text);
    else blocks.push({ ...block, headings: headings.path });
  };
  for (let at = 0; at < source.length; ) {
    const open = source.indexOf('<', at);
    const upTo = open < 0 ? source.length : open;
    read.add(source, at, upTo, kept > 0);
    if (open < 0) break;
    const tag = tagAt(source, open);
    if (tag === null) {
      read.add(source, open, open + 1, kept > 0);
      at = open + 1;
      continue;
    }
    at = tag.end;
    const { name, closes } = tag;
    if (BLOCKS.has(name)) end(closes ? levelOf(name) : 0);
    else if (name === 'td' || name === 'th' || name === 'br') read.gap();
    if (name === 'pre') kept = Math.max(0, kept + (closes ? -1 : 1));
    if (!closes && !VOID.has(name) && (tag.hidden || UNREAD.has(name))) at = elementEnd(source, name, at);
  }
  end(0);
  return blocks;
}

/** A page's title stands over all of it. */
const levelOf = (name: string): number => (name === 'title' ? 0.5 : Number(/^h([1-6])$/.exec(name)?.[1] ?? 0));
