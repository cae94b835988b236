import type { AnswerView } from '@parley/llm/codec';
import { offlineEmbedding } from '@parley/llm/meaning/offline';
import { likeness } from '@parley/llm/meaning/vector';
import { isProviderError, outputOf } from '@parley/llm/translate';
import { codecOf } from '@parley/llm/ways';

function words(view: AnswerView, text: string): string | null {
  const answer = codecOf(view.call.protocol)?.provider?.readAnswer(text) ?? null;
  return answer === null || isProviderError(answer) ? null : outputOf(answer);
}

/** How alike two answers in one client protocol are, -1 to 1 by the spelling of what they say; `null` where one says nothing. */
export function agreementOf(view: AnswerView, given: string, kept: string): number | null {
  const [a, b] = [words(view, given), words(view, kept)];
  if (a === null || b === null) return null;
  if (a === b) return 1;
  const [left, right] = [offlineEmbedding(a), offlineEmbedding(b)];
  return left === null || right === null ? null : Math.round(likeness(left, right) * 1000) / 1000;
}
