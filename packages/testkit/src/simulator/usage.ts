import type { ChatMessage, ChatRequest } from './chat-request.ts';
import { fingerprint } from './seeded.ts';
import { countTokens } from './tokens.ts';

/** OpenAI's `usage` object of a chat completion. */
export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number; audio_tokens: number };
  completion_tokens_details: {
    reasoning_tokens: number;
    audio_tokens: number;
    accepted_prediction_tokens: number;
    rejected_prediction_tokens: number;
  };
}

/** Tokens that frame a message and prime the answer, and tokens of an image (OpenAI cookbook, 512-pixel tiles). */
const PER_MESSAGE = 3;
const PRIMING = 3;
const IMAGE_LOW = 85;
const IMAGE_HIGH = 765;

function messageTokens(message: ChatMessage): number {
  let total = PER_MESSAGE + countTokens(message.role);
  if (typeof message.content === 'string') total += countTokens(message.content);
  else {
    for (const part of message.content ?? []) {
      if (part.type === 'text' && 'text' in part) total += countTokens(String(part.text));
      if (part.type === 'image_url' && 'image_url' in part) {
        const { detail } = part.image_url as { detail?: string };
        total += detail === 'low' ? IMAGE_LOW : IMAGE_HIGH;
      }
    }
  }
  if ('name' in message && message.name) total += 1 + countTokens(message.name);
  if (message.role === 'assistant') {
    for (const call of message.tool_calls ?? []) {
      total += PER_MESSAGE + countTokens(call.function.name) + countTokens(call.function.arguments);
    }
  }
  return total;
}

/**
 * Prompt tokens of a request: o200k_base tokens of every text, 3 per message, 3 for priming, images at their flat
 * price, and tools and response schema as their JSON text.
 */
export function promptTokens(request: ChatRequest): number {
  let total = PRIMING;
  for (const message of request.messages) total += messageTokens(message);
  if (request.tools) total += countTokens(JSON.stringify(request.tools));
  if (request.response_format?.type === 'json_schema') total += countTokens(JSON.stringify(request.response_format));
  return total;
}

const CACHE_LEAST = 1024;
const CACHE_STEP = 128;
const CACHE_SIZE = 2000;

/**
 * A provider's prompt cache: remembers prefixes of conversations, message by message, and counts those seen before as
 * cached, from 1,024 tokens in steps of 128 (OpenAI, prompt caching).
 */
export function promptCache(): { cachedTokens(request: ChatRequest): number; clear(): void } {
  const seen = new Map<string, true>();
  return {
    clear: () => seen.clear(),
    cachedTokens(request) {
      let key = fingerprint([request.model, request.tools ?? null]);
      let tokens = PRIMING + (request.tools ? countTokens(JSON.stringify(request.tools)) : 0);
      let cached = 0;
      for (const message of request.messages) {
        key = fingerprint([key, message]);
        tokens += messageTokens(message);
        if (seen.has(key)) cached = tokens;
        seen.delete(key);
        seen.set(key, true);
      }
      for (const oldest of seen.keys()) {
        if (seen.size <= CACHE_SIZE) break;
        seen.delete(oldest);
      }
      return cached < CACHE_LEAST ? 0 : cached - (cached % CACHE_STEP);
    },
  };
}

export function usageOf(prompt: number, completion: number, reasoning: number, cached: number): Usage {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: Math.min(cached, prompt), audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
