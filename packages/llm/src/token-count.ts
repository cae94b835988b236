import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base';

/** Longest text that is counted in full; of a longer one this much is counted and the rest taken in proportion. */
const MAX_COUNTED_CHARS = 65_536;
/** An unbroken run costs the square of its length to count, so longer ones are cut (one-letter bombs). */
const LONGEST_RUN = 64;
const LONG_RUN = new RegExp(`\\S{${LONGEST_RUN}}(?=\\S)`, 'g');
/** Markers such as `<|endoftext|>` in a user's text are text, not an error. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/**
 * Estimates how many tokens a text is, by OpenAI's `o200k_base` encoding: exact for ordinary text of that family, a
 * good guess for others. Bounded work whatever the text. For estimates only: bills follow the provider's own usage.
 */
export function countTokens(text: string): number {
  if (text === '') return 0;
  const sample = text.length > MAX_COUNTED_CHARS ? text.slice(0, MAX_COUNTED_CHARS) : text;
  const counted = countO200k(sample.replace(LONG_RUN, '$& '), AS_TEXT);
  return text.length > sample.length ? Math.ceil((counted * text.length) / sample.length) : counted;
}
