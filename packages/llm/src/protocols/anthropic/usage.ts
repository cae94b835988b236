import { tokenCount, type Usage } from '../../neutral/usage.ts';
import { defined, isObject } from '../../object.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * Gathers what a stream or an answer tells of its tokens. Members of later events replace those of earlier ones: they are
 * totals, and left out where they have not changed.
 */
export class UsageReader {
  #seen: Record<string, unknown> = {};

  /** Takes a `usage` member; all of it so far, or `null` when it is none. */
  read(usage: unknown): Usage | null {
    if (!isObject(usage)) return null;
    for (const [key, value] of Object.entries(usage)) {
      if (value !== null && value !== undefined && key !== '__proto__') this.#seen[key] = value;
    }
    return fromMembers(this.#seen);
  }
}

/** Anthropic's `input_tokens` exclude what was read from the cache and written into it; ours include both. */
function fromMembers(usage: Members): Usage {
  const read = tokenCount(usage.cache_read_input_tokens);
  const split = isObject(usage.cache_creation) ? usage.cache_creation : {};
  const oneHour = tokenCount(split.ephemeral_1h_input_tokens);
  const written = Math.max(
    tokenCount(usage.cache_creation_input_tokens),
    oneHour + tokenCount(split.ephemeral_5m_input_tokens),
  );
  const outputTokens = tokenCount(usage.output_tokens);
  const details = isObject(usage.output_tokens_details) ? usage.output_tokens_details : {};
  return {
    inputTokens: tokenCount(usage.input_tokens) + read + written,
    cachedInputTokens: read,
    cacheWriteInputTokens: written,
    cacheWrite1hInputTokens: oneHour,
    outputTokens,
    reasoningTokens: Math.min(tokenCount(details.thinking_tokens), outputTokens),
  };
}

/** The `usage` of a whole answer; `null` when it is none. */
export function readUsage(usage: unknown): Usage | null {
  return new UsageReader().read(usage);
}

/** Usage as a client of this protocol adds it up: every token in one member only. */
export function writeUsage(usage: Usage | null): Members {
  if (usage === null) return { input_tokens: 0, output_tokens: 0 };
  const written = usage.cacheWriteInputTokens;
  const oneHour = Math.min(usage.cacheWrite1hInputTokens, written);
  return defined({
    input_tokens: Math.max(0, usage.inputTokens - usage.cachedInputTokens - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: usage.cachedInputTokens,
    cache_creation: { ephemeral_5m_input_tokens: written - oneHour, ephemeral_1h_input_tokens: oneHour },
    output_tokens: usage.outputTokens,
    output_tokens_details: usage.reasoningTokens > 0 ? { thinking_tokens: usage.reasoningTokens } : undefined,
  });
}
