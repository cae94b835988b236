import { tokenCount, type Usage } from '../neutral/usage.ts';
import { isObject } from '../object.ts';

/**
 * Reads `response.usage` of a realtime `response.done`, or `usage` of a transcript's event: text, audio and cached tokens.
 * `null` when it holds no token counts (transcripts sold by time tell `seconds`).
 */
export function readRealtimeUsage(usage: unknown): Usage | null {
  if (!isObject(usage) || (usage.input_tokens === undefined && usage.output_tokens === undefined)) return null;
  const input = isObject(usage.input_token_details) ? usage.input_token_details : {};
  const cached = isObject(input.cached_tokens_details) ? input.cached_tokens_details : {};
  const output = isObject(usage.output_token_details) ? usage.output_token_details : {};
  const inputTokens = tokenCount(usage.input_tokens);
  const outputTokens = tokenCount(usage.output_tokens);
  return {
    inputTokens,
    cachedInputTokens: Math.min(tokenCount(input.cached_tokens), inputTokens),
    cacheWriteInputTokens: 0,
    cacheWrite1hInputTokens: 0,
    audioInputTokens: tokenCount(input.audio_tokens),
    cachedAudioInputTokens: tokenCount(cached.audio_tokens),
    audioOutputTokens: tokenCount(output.audio_tokens),
    outputTokens,
    reasoningTokens: Math.min(tokenCount(output.reasoning_tokens), outputTokens),
  };
}

/** Bytes of sound for a token: 24 kHz, 16 bits; ten tokens a second of what is heard, twenty of what is said. */
const BYTES_PER_INPUT_TOKEN = 4800;
const BYTES_PER_OUTPUT_TOKEN = 2400;
const CHARS_PER_TOKEN = 4;

/** What of a session was not accounted for by its provider: characters of text and bytes of sound. */
export interface Unaccounted {
  text: number;
  sound: number;
}

/** Usage of a response whose provider told none: what it had read before, and what came since, both ways. */
export function estimatedRealtimeUsage(contextTokens: number, heard: Unaccounted, said: Unaccounted): Usage {
  const audioInputTokens = Math.ceil(heard.sound / BYTES_PER_INPUT_TOKEN);
  const audioOutputTokens = Math.ceil(said.sound / BYTES_PER_OUTPUT_TOKEN);
  return {
    inputTokens: contextTokens + Math.ceil(heard.text / CHARS_PER_TOKEN) + audioInputTokens,
    cachedInputTokens: 0,
    cacheWriteInputTokens: 0,
    cacheWrite1hInputTokens: 0,
    audioInputTokens,
    audioOutputTokens,
    outputTokens: Math.ceil(said.text / CHARS_PER_TOKEN) + audioOutputTokens,
    reasoningTokens: 0,
  };
}
