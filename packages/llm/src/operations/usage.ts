import { tokenCount, type Usage } from '../neutral/usage.ts';
import { isObject } from '../object.ts';

/** What some calls are sold by beside tokens; 0 where there is nothing of it, or nothing is told. */
export interface OperationUnits {
  /** Cohere's unit of reranking: one query with up to 100 documents. */
  readonly searchUnits: number;
  /** Pictures made; `null` where it is not told. */
  readonly images: number | null;
  /** Their size and quality as the provider, or else the request, names them. */
  readonly imageSize: string;
  readonly imageQuality: string;
  /** Of sound that was listened to. */
  readonly audioSeconds: number;
  /** Of text that was spoken; Unicode code points. */
  readonly characters: number;
  /** Of documents that were read. */
  readonly pages: number;
}

/** What one call beside chat used: tokens as everywhere, and units. */
export interface OperationUsage extends Usage, OperationUnits {}

export const NO_UNITS: OperationUnits = {
  searchUnits: 0,
  images: null,
  imageSize: '',
  imageQuality: '',
  audioSeconds: 0,
  characters: 0,
  pages: 0,
};

const NOTHING: OperationUsage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  cacheWrite1hInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  ...NO_UNITS,
};

/** Usage with these units and none of the others. */
export function used(units: Partial<OperationUsage>): OperationUsage {
  return { ...NOTHING, ...units };
}

/** A length of time as a provider tells it: finite and not negative. */
function seconds(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}

/**
 * Reads `usage` as OpenAI writes it beside chat: `prompt_tokens` and `total_tokens` of embeddings, `input_tokens` and
 * `output_tokens` of images and transcripts, `seconds` of transcripts sold by time. `null` when it holds none.
 */
export function readOpenAiUsage(given: unknown): OperationUsage | null {
  if (!isObject(given)) return null;
  if (given.type === 'duration') return used({ audioSeconds: seconds(given.seconds) });
  const input = given.input_tokens ?? given.prompt_tokens ?? given.total_tokens;
  if (input === undefined) return null;
  // Transcripts write the name of this one without the s.
  const details = given.input_tokens_details ?? given.input_token_details;
  const read = isObject(details) ? details : {};
  const wrote = isObject(given.output_tokens_details) ? given.output_tokens_details : {};
  const cached = isObject(read.cached_tokens_details) ? read.cached_tokens_details : {};
  const inputTokens = tokenCount(input);
  return used({
    inputTokens,
    cachedInputTokens: Math.min(tokenCount(read.cached_tokens), inputTokens),
    outputTokens: tokenCount(given.output_tokens ?? given.completion_tokens),
    audioInputTokens: tokenCount(read.audio_tokens),
    audioOutputTokens: tokenCount(wrote.audio_tokens),
    imageInputTokens: tokenCount(read.image_tokens),
    cachedImageInputTokens: tokenCount(cached.image_tokens),
    imageOutputTokens: tokenCount(wrote.image_tokens),
  });
}
