import { decodeGenerator, encode } from 'gpt-tokenizer/encoding/o200k_base';

/** Special tokens in a user's text are text. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };
const LONG_RUN = /\S{257}|\s{257}/;
/** Byte-pair encoding is quadratic in the length of an unbroken run, so runs are cut at 256 characters. */
const PIECES = /\s{0,256}\S{1,256}|\s{1,256}/gu;

/** o200k_base tokens of a text. */
export function tokenize(text: string): number[] {
  if (!LONG_RUN.test(text)) return encode(text, AS_TEXT);
  return (text.match(PIECES) ?? []).flatMap((piece) => encode(piece, AS_TEXT));
}

/** Text pieces of the tokens, never splitting a UTF-16 character; joined they are the text. */
export function tokenTexts(tokens: readonly number[]): string[] {
  return [...decodeGenerator(tokens)];
}

export function countTokens(text: string): number {
  return tokenize(text).length;
}
