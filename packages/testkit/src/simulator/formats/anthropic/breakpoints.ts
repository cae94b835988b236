import type { Life, Segment } from '../../core/breakpoint-cache.ts';
import { countTokens } from '../../core/tokens.ts';
import { invalid } from './anthropic-error.ts';
import { blockTokens, toolOf } from './conversation.ts';
import { blocksOf, type CountTokensRequest } from './request.ts';

/** Where a request marks its prompt to be cached. */
const MOST_BREAKPOINTS = 4;

type Control = { readonly ttl?: Life | undefined } | null | undefined;

function segment(place: string, value: Readonly<Record<string, unknown>>, tokens: number): Segment {
  const { cache_control: control, ...content } = value;
  const life = control ? ((control as Control)?.ttl ?? '5m') : null;
  if (life && content.type === 'text' && content.text === '') {
    throw invalid(`${place}: cache_control cannot be set for empty text blocks`);
  }
  return { place, content, tokens, life };
}

function markedSegments(request: CountTokensRequest): Segment[] {
  const segments = [
    ...(request.tools ?? []).map((tool, at) => segment(`tools.${at}`, tool, countTokens(JSON.stringify(toolOf(tool))))),
    ...blocksOf(request.system ?? []).map((block, at) => segment(`system.${at}`, block, blockTokens(block))),
    ...request.messages.flatMap(({ role, content }, at) =>
      blocksOf(content).map((block, place) =>
        segment(`messages.${at}.content.${place}`, { role, ...block }, blockTokens(block)),
      ),
    ),
  ];
  const last = segments.at(-1);
  if (!request.cache_control || !last) return segments;
  return [...segments.slice(0, -1), { ...last, life: request.cache_control.ttl ?? '5m' }];
}

function checkBreakpoints(segments: readonly Segment[]): void {
  const marked = segments.filter(({ life }) => life !== null);
  if (marked.length > MOST_BREAKPOINTS) {
    throw invalid(`A maximum of 4 blocks with cache_control may be provided. Found ${marked.length}.`);
  }
  const short = marked.findIndex(({ life }) => life === '5m');
  const long = marked.findLastIndex(({ life }) => life === '1h');
  if (short >= 0 && long > short) {
    throw invalid(
      `${marked[long]?.place}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' ` +
        'cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`.',
    );
  }
}

/** The prompt in pieces, with its breakpoints. Throws AnthropicError 400 when they are wrong. */
export function segmentsOf(request: CountTokensRequest): Segment[] {
  const segments = markedSegments(request);
  checkBreakpoints(segments);
  return segments;
}
