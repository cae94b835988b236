import type { Call, Loss } from './call.ts';

/** Settings that several protocols have no place for, and whether an answer would be another one without them. */
const SETTINGS = {
  topK: ['top_k', false],
  seed: ['seed', false],
  frequencyPenalty: ['frequency_penalty', false],
  presencePenalty: ['presence_penalty', false],
  choices: ['n', true],
  logprobs: ['logprobs', true],
  metadata: ['metadata', false],
  user: ['user', false],
  parallelToolCalls: ['parallel_tool_calls', false],
} as const satisfies Partial<Record<keyof Call, readonly [string, boolean]>>;

/** What asks for nothing: as if it had not been set. */
function isIdle(key: keyof typeof SETTINGS, call: Call): boolean {
  const value = call[key];
  if (value === undefined) return true;
  if (key === 'choices') return value === 1;
  if (key === 'parallelToolCalls') return value === true;
  return value === 0 && key !== 'seed';
}

/** Names the settings of a call that a protocol has no place for. */
export function loseSettings(call: Call, keys: readonly (keyof typeof SETTINGS)[], losses: Loss[]): void {
  for (const key of keys) {
    const [path, essential] = SETTINGS[key];
    if (!isIdle(key, call)) losses.push({ path, why: 'the provider’s protocol has no such setting', essential });
  }
}
