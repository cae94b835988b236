/**
 * Token counts of one answer. `inputTokens` holds the cached and the newly cached ones (OpenAI's way; Anthropic's own
 * `input_tokens` excludes both), `outputTokens` the reasoning ones (Gemini's `candidatesTokenCount` excludes them).
 */
export interface Usage {
  readonly inputTokens: number;
  /** Read from the provider's prompt cache. */
  readonly cachedInputTokens: number;
  /** Written into the provider's prompt cache, for any time. */
  readonly cacheWriteInputTokens: number;
  /** Of those, written for an hour. */
  readonly cacheWrite1hInputTokens: number;
  /** Sound: of input, of cached input, of output; where the provider tells it. */
  readonly audioInputTokens?: number;
  readonly cachedAudioInputTokens?: number;
  readonly audioOutputTokens?: number;
  /** Pictures, in the same way. */
  readonly imageInputTokens?: number;
  readonly cachedImageInputTokens?: number;
  readonly imageOutputTokens?: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** A provider's count: a whole number that is not negative, whatever was sent. */
export function tokenCount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}

/** Sum of two parts. */
export function addUsage(one: Usage, other: Usage): Usage {
  const sum = (name: keyof Usage): number => (one[name] ?? 0) + (other[name] ?? 0);
  return {
    inputTokens: sum('inputTokens'),
    cachedInputTokens: sum('cachedInputTokens'),
    cacheWriteInputTokens: sum('cacheWriteInputTokens'),
    cacheWrite1hInputTokens: sum('cacheWrite1hInputTokens'),
    audioInputTokens: sum('audioInputTokens'),
    cachedAudioInputTokens: sum('cachedAudioInputTokens'),
    audioOutputTokens: sum('audioOutputTokens'),
    imageInputTokens: sum('imageInputTokens'),
    cachedImageInputTokens: sum('cachedImageInputTokens'),
    imageOutputTokens: sum('imageOutputTokens'),
    outputTokens: sum('outputTokens'),
    reasoningTokens: sum('reasoningTokens'),
  };
}
