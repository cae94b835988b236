import { base64Bytes, mediaTokens } from '../media-tokens.ts';
import { countTokens } from '../token-count.ts';
import type { Call, MediaSource, Part, Turn } from './call.ts';

/** What each turn costs beside its content, and what begins the answer. */
const TOKENS_PER_TURN = 3;
const TOKENS_TO_BEGIN = 3;
/** What a request with tools costs beside their schemas. */
const TOKENS_FOR_TOOLS = 300;

function bytesOf(source: MediaSource): number | null {
  return source.kind === 'data' ? base64Bytes(source.data.length) : null;
}

/** Texts of a part are added to `texts`; the tokens of what is no text are the result. */
function partTokens(part: Part, texts: string[]): number {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      texts.push(part.text);
      return 0;
    case 'reasoning':
      // What is encrypted in a proof costs about as much as its size in base64 of four characters a token.
      if (part.redacted) return Math.ceil((part.proof?.value.length ?? 0) / 4);
      texts.push(part.text);
      return 0;
    case 'tool_call':
      texts.push(part.name, part.arguments);
      return 0;
    case 'tool_result': {
      let tokens = 0;
      for (const piece of part.parts) tokens += partTokens(piece, texts);
      return tokens;
    }
    case 'document':
      if (part.name !== undefined) texts.push(part.name);
      if (part.source.kind !== 'text') return mediaTokens('document', bytesOf(part.source));
      texts.push(part.source.text);
      return 0;
    case 'image':
    case 'audio':
    case 'video':
      return mediaTokens(part.kind, bytesOf(part.source));
    default:
      texts.push(JSON.stringify(part.raw) ?? '');
      return 0;
  }
}

/** Estimates what one turn adds to a call. Bounded work. */
export function estimateTurnTokens(turn: Turn): number {
  const texts: string[] = [];
  let tokens = TOKENS_PER_TURN;
  for (const part of turn.parts) tokens += partTokens(part, texts);
  return tokens + countTokens(texts.join('\n'));
}

/**
 * Estimates the input tokens of a call: its texts, tools and output form counted, pictures and documents by their size. An
 * estimate for admission and for clients that ask beforehand; bills follow the provider's own usage. Bounded work.
 */
export function estimateCallTokens(call: Call): number {
  const texts: string[] = [];
  let tokens = TOKENS_TO_BEGIN + call.turns.length * TOKENS_PER_TURN;
  for (const turn of call.turns) for (const part of turn.parts) tokens += partTokens(part, texts);
  for (const tool of call.tools) {
    if (tool.kind === 'other') texts.push(JSON.stringify(tool.raw) ?? '');
    else texts.push(tool.name, tool.description ?? '', JSON.stringify(tool.parameters ?? {}));
  }
  if (call.tools.length > 0) tokens += TOKENS_FOR_TOOLS;
  if (call.output?.kind === 'json_schema') texts.push(JSON.stringify(call.output.schema));
  return tokens + countTokens(texts.join('\n'));
}
