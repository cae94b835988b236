import { type Answer, MARKER } from './core/answer.ts';
import { tokenize, tokenTexts } from './core/tokens.ts';
import type { ActiveFaults } from './faults.ts';

const REFUSAL = `${MARKER} I'm sorry, but I cannot help with that.`;

function refused(answer: Answer): Answer {
  const pieces = tokenTexts(tokenize(REFUSAL));
  const completionTokens = answer.thinkingTokens + pieces.length;
  return { ...answer, pieces, toolCalls: [], finishReason: 'refusal', stopSequence: null, completionTokens };
}

function filtered(answer: Answer, after: number): Answer {
  const pieces = answer.pieces.slice(0, after);
  const completionTokens = answer.thinkingTokens + pieces.length;
  return { ...answer, pieces, toolCalls: [], finishReason: 'content_filter', stopSequence: null, completionTokens };
}

/** An answer as the model's maker lets it end: refused, or stopped by its filter, when that was asked for. */
export function asAllowed(answer: Answer, faults: ActiveFaults): Answer {
  if (faults.has('refusal')) return refused(answer);
  const filter = faults.get('content-filter');
  return filter ? filtered(answer, filter.value) : answer;
}
