import { type Answer, type FinishReason, seedOf, thinkingPieces } from '../../core/answer.ts';
import type { Conversation } from '../../core/conversation.ts';
import { isWritten, type Modality, mediaPart } from './media-output.ts';
import type { Part } from './request.ts';
import { signatureOf } from './signature.ts';

/** Why a candidate ended, in Gemini's words. A refusal is an answer like any other there. */
export const FINISH_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  tool_calls: 'STOP',
  refusal: 'STOP',
  length: 'MAX_TOKENS',
  content_filter: 'SAFETY',
};

export interface PartSettings {
  readonly includeThoughts: boolean;
  /** Whether calls have ids: not on Vertex AI, and not from every model. */
  readonly callIds: boolean;
  /** The text is one member of an enum, bare (`text/x.enum`). */
  readonly bareEnum: boolean;
  readonly emptyArguments: boolean;
  readonly modalities: readonly Modality[];
}

/** One step of a candidate: a part, and how many tokens of thinking and of answer it is. */
export interface Step {
  readonly part: Part;
  readonly thoughts: number;
  readonly tokens: number;
}

/** About this many tokens of thought in a part of a stream. */
const THOUGHT_STEP = 32;

function thoughtSteps(thoughts: readonly string[], shown: boolean): Step[] {
  if (!shown) return [];
  const steps: Step[] = [];
  for (let at = 0; at < thoughts.length; at += THOUGHT_STEP) {
    const pieces = thoughts.slice(at, at + THOUGHT_STEP);
    steps.push({ part: { text: pieces.join(''), thought: true }, thoughts: pieces.length, tokens: 0 });
  }
  return steps;
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function callSteps(answer: Answer, seed: string, settings: PartSettings): Step[] {
  const rest = answer.completionTokens - answer.thinkingTokens - answer.pieces.length;
  return answer.toolCalls.map((call, at): Step => {
    const args = settings.emptyArguments ? {} : parsed(call.arguments);
    const functionCall = { ...(settings.callIds ? { id: call.id.slice(0, 8) } : {}), name: call.name, args };
    // Of parallel calls only the first is signed (Gemini API, thought signatures).
    const signed = at === 0 && answer.thinkingTokens > 0;
    const part: Part = { functionCall };
    return {
      part: signed ? { ...part, thoughtSignature: signatureOf(part, seed) } : part,
      thoughts: 0,
      tokens: at === 0 ? rest : 0,
    };
  });
}

/** A candidate step by step: thoughts when they are to be shown, then calls or text, and the signature of a text last. */
export function stepsOf(conversation: Conversation, answer: Answer, settings: PartSettings): Step[] {
  const seed = seedOf(conversation);
  const thoughts = thoughtSteps(thinkingPieces(conversation, answer), settings.includeThoughts);
  const whole = answer.pieces.join('');
  const pieces = settings.bareEnum ? [whole.replace(/^"|"$/g, '')] : answer.pieces;
  const each = settings.bareEnum ? answer.completionTokens - answer.thinkingTokens : 1;
  const texts = pieces.map((text): Step => ({ part: { text }, thoughts: 0, tokens: each }));
  const media = mediaPart(answer, settings.modalities);
  if (media) {
    const step = { part: media.part, thoughts: 0, tokens: media.tokens };
    return [...thoughts, ...(isWritten(settings.modalities) ? texts : []), step];
  }
  if (answer.toolCalls.length > 0) return [...thoughts, ...texts, ...callSteps(answer, seed, settings)];
  if (answer.thinkingTokens === 0 || texts.length === 0) return [...thoughts, ...texts];
  const empty: Part = { text: '' };
  const signature: Step = {
    part: { ...empty, thoughtSignature: signatureOf(empty, seed) },
    thoughts: 0,
    tokens: 0,
  };
  return [...thoughts, ...texts, signature];
}

/** The parts of a whole answer: texts of a kind in one, the signature on the text it ends. */
export function joinedParts(steps: readonly Step[]): Part[] {
  const parts: Part[] = [];
  for (const { part } of steps) {
    const last = parts.at(-1);
    if (last?.text !== undefined && part.text !== undefined && last.thought === part.thought) {
      parts[parts.length - 1] = { ...last, ...part, text: last.text + part.text };
    } else parts.push(part);
  }
  return parts;
}
