/** Token counts of one call as providers report them: cached ones are part of input, reasoning ones part of output. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  /** Written into the provider's prompt cache, for any time, and of these for an hour; part of input. */
  readonly cacheWriteInputTokens?: number;
  readonly cacheWrite1hInputTokens?: number;
  /** Sound: part of input, of cached input, and of output; never part of what was newly cached or of reasoning. */
  readonly audioInputTokens?: number;
  readonly cachedAudioInputTokens?: number;
  readonly audioOutputTokens?: number;
  /** Pictures: as sound, and never part of it. */
  readonly imageInputTokens?: number;
  readonly cachedImageInputTokens?: number;
  readonly imageOutputTokens?: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** What else calls are sold by. */
export interface UnitUsage {
  /** Pictures made, and their size and quality as `1024x1024/high` (`imageClassOf`); empty where neither is known. */
  readonly images?: number;
  readonly imageClass?: string;
  /** Sound that was listened to, in milliseconds. */
  readonly audioMs?: number;
  /** Of text that was spoken; Unicode code points. */
  readonly characters?: number;
  /** Cohere's unit of reranking: one query with up to 100 documents. */
  readonly searchUnits?: number;
  /** Of documents that were read. */
  readonly pages?: number;
}

export type CallUsage = TokenUsage & UnitUsage;

export const NO_TOKENS: TokenUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };

/** How size and quality of pictures are recorded and looked up; `auto` says nothing. */
export function imageClassOf(size: unknown, quality: unknown): string {
  const told = (value: unknown): string =>
    typeof value === 'string' && value !== 'auto' && value.length <= 20 && !value.includes('/') ? value : '';
  const name = `${told(size)}/${told(quality)}`;
  return name === '/' ? '' : name;
}

function whole(count: number, most: number): number {
  if (count === Number.POSITIVE_INFINITY) return most;
  return count > 0 ? Math.min(Math.floor(count), most) : 0;
}

/** A count as a provider tells it, made whole, not negative, and exact. */
export function wholeTokens(count: number): number {
  return whole(count, Number.MAX_SAFE_INTEGER);
}

/**
 * Makes absurd reports harmless: counts are whole and not negative, cached and newly cached ≤ input, reasoning ≤ output, and
 * sound and pictures within what they are part of.
 */
export function clampUsage(usage: TokenUsage): Required<TokenUsage> {
  const inputTokens = wholeTokens(usage.inputTokens);
  const outputTokens = wholeTokens(usage.outputTokens);
  const cachedInputTokens = Math.min(wholeTokens(usage.cachedInputTokens), inputTokens);
  const cacheWriteInputTokens = Math.min(
    wholeTokens(usage.cacheWriteInputTokens ?? 0),
    inputTokens - cachedInputTokens,
  );
  const reasoningTokens = Math.min(wholeTokens(usage.reasoningTokens), outputTokens);
  const written = outputTokens - reasoningTokens;
  const audioOutputTokens = Math.min(wholeTokens(usage.audioOutputTokens ?? 0), written);
  const audio = part(usage.audioInputTokens, usage.cachedAudioInputTokens, {
    plain: inputTokens - cachedInputTokens - cacheWriteInputTokens,
    cached: cachedInputTokens,
  });
  const image = part(usage.imageInputTokens, usage.cachedImageInputTokens, audio.rest);
  return {
    audioInputTokens: audio.all,
    cachedAudioInputTokens: audio.cached,
    audioOutputTokens,
    imageInputTokens: image.all,
    cachedImageInputTokens: image.cached,
    imageOutputTokens: Math.min(wholeTokens(usage.imageOutputTokens ?? 0), written - audioOutputTokens),
    inputTokens,
    cachedInputTokens,
    cacheWriteInputTokens,
    cacheWrite1hInputTokens: Math.min(wholeTokens(usage.cacheWrite1hInputTokens ?? 0), cacheWriteInputTokens),
    outputTokens,
    reasoningTokens,
  };
}

/** Input of one kind within what is left of all input. */
function part(given = 0, givenCached = 0, left: { readonly plain: number; readonly cached: number }) {
  const all = wholeTokens(given);
  const cached = Math.min(wholeTokens(givenCached), all, left.cached);
  const plain = Math.min(all - cached, left.plain);
  return { all: cached + plain, cached, rest: { plain: left.plain - plain, cached: left.cached - cached } };
}

/** Most of a unit that a call can have: what fits the records' columns. */
const MOST_UNITS = 2_147_483_647;

/** The same for units: whole, not negative, within what can be recorded. */
export function clampUnits(usage: UnitUsage): Required<UnitUsage> {
  return {
    images: whole(usage.images ?? 0, MOST_UNITS),
    imageClass: usage.imageClass ?? '',
    audioMs: whole(usage.audioMs ?? 0, MOST_UNITS),
    characters: whole(usage.characters ?? 0, MOST_UNITS),
    searchUnits: whole(usage.searchUnits ?? 0, MOST_UNITS),
    pages: whole(usage.pages ?? 0, MOST_UNITS),
  };
}
