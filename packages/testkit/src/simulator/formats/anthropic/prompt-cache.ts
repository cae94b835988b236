import { fingerprint } from '../../core/seeded.ts';
import { countTokens } from '../../core/tokens.ts';
import { invalid } from './anthropic-error.ts';
import { blockTokens, toolOf } from './conversation.ts';
import { blocksOf, type CountTokensRequest } from './request.ts';

/** Prompt caching with explicit breakpoints (Anthropic docs, Prompt caching). */
const LEAST_TOKENS = 1024;
const MOST_BREAKPOINTS = 4;
/** A breakpoint finds entries written up to this many blocks before it. */
const LOOK_BACK = 20;
const LIVES_MS = { '5m': 5 * 60_000, '1h': 60 * 60_000 } as const;
const MOST_ENTRIES = 5_000;

type Life = keyof typeof LIVES_MS;

/** One piece of the prompt, in the order tools, system, messages. */
interface Segment {
  readonly place: string;
  readonly content: unknown;
  readonly tokens: number;
  readonly life: Life | null;
}

type Control = { readonly ttl?: Life | undefined } | null | undefined;

function segment(place: string, value: Readonly<Record<string, unknown>>, tokens: number): Segment {
  const { cache_control: control, ...content } = value;
  const life = control ? ((control as Control)?.ttl ?? '5m') : null;
  if (life && content.type === 'text' && content.text === '') {
    throw invalid(`${place}: cache_control cannot be set for empty text blocks`);
  }
  return { place, content, tokens, life };
}

function segmentsOf(request: CountTokensRequest): Segment[] {
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

function check(segments: readonly Segment[]): void {
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

export interface CacheUse {
  /** Tokens read from the cache; not part of `input_tokens`. */
  readonly read: number;
  /** Tokens written, by how long they live; not part of `input_tokens` either. */
  readonly written: Readonly<Record<Life, number>>;
}

export interface BreakpointCache {
  /** Reads and writes the cache for a prompt of `total` tokens. Throws AnthropicError 400 for wrong breakpoints. */
  use(request: CountTokensRequest, total: number): CacheUse;
  clear(): void;
}

/** The cache of one simulator. */
export const breakpointCache = (): BreakpointCache => breakpointCacheAt(Date.now);

/** `now` is the clock, in milliseconds. */
export function breakpointCacheAt(now: () => number): BreakpointCache {
  const entries = new Map<string, { expiresMs: number; life: Life }>();

  function remember(key: string, life: Life): void {
    entries.delete(key);
    entries.set(key, { expiresMs: now() + LIVES_MS[life], life });
    if (entries.size > MOST_ENTRIES) entries.delete(entries.keys().next().value as string);
  }

  return {
    clear: () => entries.clear(),
    use(request, total) {
      const segments = segmentsOf(request);
      check(segments);
      const written = { '5m': 0, '1h': 0 };
      const ends: number[] = [];
      const keys: string[] = [];
      let sum = 0;
      let key = fingerprint(request.model);
      for (const { content, tokens } of segments) {
        sum = Math.min(sum + tokens, total);
        key = fingerprint([key, content]);
        ends.push(sum);
        keys.push(key);
      }
      const breakpoints = segments.flatMap(({ life }, at) => (life === null ? [] : [{ at, life }]));
      let read = 0;
      for (const { at } of breakpoints) {
        for (let back = at; back >= 0 && back > at - LOOK_BACK; back--) {
          const entry = entries.get(keys[back] ?? '');
          if (!entry || entry.expiresMs < now()) continue;
          read = Math.max(read, ends[back] ?? 0);
          remember(keys[back] ?? '', entry.life);
          break;
        }
      }
      let covered = read;
      for (const { at, life } of breakpoints) {
        const end = ends[at] ?? 0;
        if (end < LEAST_TOKENS) continue;
        written[life] += Math.max(0, end - covered);
        covered = Math.max(covered, end);
        remember(keys[at] ?? '', life);
      }
      return { read, written };
    },
  };
}
