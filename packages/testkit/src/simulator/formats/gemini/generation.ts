import { type Answer, answers, seedOf } from '../../core/answer.ts';
import type { Conversation } from '../../core/conversation.ts';
import { promptTokens } from '../../core/prompt.ts';
import { asAllowed } from '../../endings.ts';
import type { ActiveFaults } from '../../faults.ts';
import { FINISH_REASONS, joinedParts, type PartSettings, type Step, stepsOf } from './answer-parts.ts';
import { billed } from './media-output.ts';
import type { Part } from './request.ts';

/** The wire shape of `GenerateContentResponse`, whole or one chunk of a stream. */
export interface UsageMetadata {
  promptTokenCount: number;
  cachedContentTokenCount?: number;
  /** Without thinking. */
  candidatesTokenCount?: number;
  thoughtsTokenCount?: number;
  totalTokenCount: number;
  promptTokensDetails: { modality: string; tokenCount: number }[];
}

interface Candidate {
  content: { parts?: Part[]; role: 'model' };
  finishReason?: string;
  finishMessage?: string;
  index: number;
  safetyRatings?: object[];
}

export interface GenerateResponse {
  candidates?: Candidate[];
  promptFeedback?: { blockReason: string; safetyRatings: object[] };
  usageMetadata?: UsageMetadata;
  modelVersion: string;
  responseId: string;
}

const UNSAFE = [{ category: 'HARM_CATEGORY_DANGEROUS_CONTENT', probability: 'HIGH', blocked: true }];

export interface Generation {
  readonly conversation: Conversation;
  readonly answers: readonly Answer[];
  readonly settings: PartSettings;
  readonly prompt: number;
  readonly cached: number;
  readonly faults: ActiveFaults;
}

/** Makes `count` answers to a conversation. */
export function generate(
  conversation: Conversation,
  count: number,
  rest: { readonly settings: PartSettings; readonly cached: number; readonly faults: ActiveFaults },
): Generation {
  return {
    conversation,
    answers: answers(conversation, count)
      .map((answer) => asAllowed(answer, rest.faults))
      .map((answer) => billed(answer, rest.settings.modalities)),
    prompt: promptTokens(conversation),
    ...rest,
  };
}

/** The tokens of all output, thinking included: what it takes to generate. */
export function outputTokens(generation: Generation): number {
  return generation.answers.reduce((sum, answer) => sum + answer.completionTokens, 0);
}

function usage({ prompt, cached }: Generation, thoughts: number, tokens: number): UsageMetadata {
  return {
    promptTokenCount: prompt,
    ...(cached > 0 ? { cachedContentTokenCount: Math.min(cached, prompt) } : {}),
    ...(tokens > 0 ? { candidatesTokenCount: tokens } : {}),
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
    totalTokenCount: prompt + thoughts + tokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }],
  };
}

function envelope(
  generation: Generation,
  rest: Omit<GenerateResponse, 'modelVersion' | 'responseId'>,
): GenerateResponse {
  const { conversation, faults } = generation;
  const { usageMetadata, ...others } = rest;
  return {
    ...others,
    ...(usageMetadata && !faults.has('usage-missing') ? { usageMetadata } : {}),
    modelVersion: conversation.model,
    responseId: `sim${seedOf(conversation).slice(0, 20)}`,
  };
}

/** What is answered when the prompt itself is blocked: feedback and no candidate. */
function blocked(generation: Generation): GenerateResponse {
  return envelope(generation, {
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT', safetyRatings: UNSAFE },
    usageMetadata: usage(generation, 0, 0),
  });
}

function ending({ faults }: Generation, answer: Answer): Partial<Candidate> {
  if (faults.has('malformed-call')) {
    const [call] = answer.toolCalls;
    const finishMessage = `Malformed function call: print(default_api.${call?.name ?? 'f'}(`;
    return { finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage };
  }
  const finishReason = FINISH_REASONS[answer.finishReason];
  return finishReason === 'SAFETY' ? { finishReason, safetyRatings: UNSAFE } : { finishReason };
}

const stepsIn = (generation: Generation, answer: Answer): Step[] =>
  generation.faults.has('malformed-call') ? [] : stepsOf(generation.conversation, answer, generation.settings);

/** The answer in one body. */
export function wholeResponse(generation: Generation): GenerateResponse {
  const { faults } = generation;
  if (faults.has('prompt-blocked')) return blocked(generation);
  const thoughts = generation.answers.reduce((sum, answer) => sum + answer.thinkingTokens, 0);
  const usageMetadata = usage(generation, thoughts, outputTokens(generation) - thoughts);
  if (faults.has('no-choices')) return envelope(generation, { usageMetadata });
  const candidates = generation.answers.map((answer, index): Candidate => {
    const parts = joinedParts(stepsIn(generation, answer));
    return {
      content: parts.length > 0 ? { parts, role: 'model' } : { role: 'model' },
      ...ending(generation, answer),
      index,
    };
  });
  return envelope(generation, { candidates, usageMetadata });
}

/** The chunks of a stream; usage is a running total in each, the reason why it ended is in a last one of its own. */
export function streamedResponses(generation: Generation): GenerateResponse[] {
  const { faults } = generation;
  if (faults.has('prompt-blocked')) return [blocked(generation)];
  let thoughts = 0;
  let tokens = 0;
  const chunks: GenerateResponse[] = [];
  for (const [index, answer] of generation.answers.entries()) {
    const before = thoughts;
    for (const step of stepsIn(generation, answer)) {
      thoughts += step.thoughts;
      // Thinking that is not shown is done before the first part.
      if (step.thoughts === 0) thoughts = before + answer.thinkingTokens;
      tokens += step.tokens;
      const candidates: Candidate[] = [{ content: { parts: [step.part], role: 'model' }, index }];
      chunks.push(envelope(generation, { candidates, usageMetadata: usage(generation, thoughts, tokens) }));
    }
    thoughts = before + answer.thinkingTokens;
    const text = answer.toolCalls.length === 0 && answer.pieces.length > 0;
    const content: Candidate['content'] = text ? { parts: [{ text: '' }], role: 'model' } : { role: 'model' };
    const candidates = [{ content, ...ending(generation, answer), index }];
    chunks.push(envelope(generation, { candidates, usageMetadata: usage(generation, thoughts, tokens) }));
  }
  if (!faults.has('no-choices')) return chunks;
  return chunks.map(({ candidates: _, ...rest }) => rest);
}
