import { tokenCount, type Usage } from '../neutral/usage.ts';
import { isObject } from '../object.ts';

/** What one call beside chat used: tokens as everywhere, and the units some are sold by. */
export interface OperationUsage extends Usage {
  /** Cohere's unit of reranking: one query with up to 100 documents. */
  readonly searchUnits: number;
  readonly images: number;
  readonly audioSeconds: number;
  /** Of text that was spoken. */
  readonly characters: number;
}

const NOTHING: OperationUsage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  cacheWrite1hInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  searchUnits: 0,
  images: 0,
  audioSeconds: 0,
  characters: 0,
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
  const details = isObject(given.input_tokens_details) ? given.input_tokens_details : {};
  const inputTokens = tokenCount(input);
  return used({
    inputTokens,
    cachedInputTokens: Math.min(tokenCount(details.cached_tokens), inputTokens),
    outputTokens: tokenCount(given.output_tokens ?? given.completion_tokens),
  });
}
