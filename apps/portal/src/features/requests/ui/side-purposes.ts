import type { RequestItem } from './request-item.ts';

/** What the gateway asks models for itself, in words. */
export const SIDE_PURPOSE_WORDS: Readonly<Record<NonNullable<RequestItem['purpose']>, string>> = {
  cache: 'Meaning of a question, for the model cache',
  routing: 'Meaning of a question, to choose a model',
  judge: 'Judgement, for guardrails',
  hedge: 'A second try of the call, let go when the other began to answer',
  moderation: 'Moderation, for guardrails',
};
