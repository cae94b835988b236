import type { Conversation, Turn } from './conversation.ts';
import { fingerprint } from './seeded.ts';
import { countTokens } from './tokens.ts';

/** Tokens that frame a message and prime the answer (OpenAI cookbook). */
const PER_MESSAGE = 3;
const PRIMING = 3;

export function turnTokens(turn: Turn): number {
  let total = PER_MESSAGE + countTokens(turn.role) + countTokens(turn.text) + (turn.otherTokens ?? 0);
  if (turn.name) total += 1 + countTokens(turn.name);
  for (const { tokens } of turn.media ?? []) total += tokens;
  for (const call of turn.calls ?? []) total += PER_MESSAGE + countTokens(call.name) + countTokens(call.arguments);
  return total;
}

/** Tokens of the tools, as their JSON text. */
export function toolTokens(tools: Conversation['tools']): number {
  return tools.length > 0 ? countTokens(JSON.stringify(tools)) : 0;
}

/**
 * Prompt tokens of a conversation: o200k_base tokens of every text, 3 per turn, 3 for priming, media at their price,
 * and tools and answer schema as their JSON text. The same for the same conversation in every format.
 */
export function promptTokens(conversation: Conversation): number {
  const { turns, tools, output } = conversation;
  const said = turns.reduce((sum, turn) => sum + turnTokens(turn), PRIMING + toolTokens(tools));
  return output.type === 'schema' ? said + countTokens(JSON.stringify(output.schema)) : said;
}

const CACHE_LEAST = 1024;
const CACHE_STEP = 128;
const CACHE_SIZE = 2000;

export interface PromptCache {
  /** Tokens of the longest prefix seen before; remembers this conversation. */
  cachedTokens(conversation: Conversation): number;
  clear(): void;
}

/**
 * A provider's implicit prompt cache: remembers prefixes of conversations, turn by turn, and counts those seen before
 * as cached, from 1,024 tokens in steps of 128 (OpenAI, prompt caching).
 */
export function promptCache(): PromptCache {
  const seen = new Map<string, true>();
  return {
    clear: () => seen.clear(),
    cachedTokens({ model, tools, turns }) {
      let key = fingerprint([model, tools]);
      let tokens = PRIMING + toolTokens(tools);
      let cached = 0;
      for (const turn of turns) {
        key = fingerprint([key, turn]);
        tokens += turnTokens(turn);
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
