import type { Answer, FinishReason } from '../../core/answer.ts';
import { type AudioMessage, audioDeltas, audioMessage, isSaid, type Spoken } from './chat-audio.ts';
import { type Logprobs, logprobsOf } from './logprobs.ts';
import type { Usage } from './usage.ts';

/** The wire shapes of OpenAI chat completions: one JSON body, or the chunks of a stream. */
export const SYSTEM_FINGERPRINT = 'parley-simulator';

/** A refusal ends with `stop`; the message says that it is one. */
export type ChatFinish = Exclude<FinishReason, 'refusal'>;

function chatFinish(reason: FinishReason): ChatFinish {
  return reason === 'refusal' ? 'stop' : reason;
}

export type ThinkingField = 'reasoning_content' | 'reasoning';

export interface Completion {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
  readonly answers: readonly Answer[];
  readonly usage: Usage;
  /** `stream_options.include_usage` */
  readonly includeUsage: boolean;
  /** Set when answers are to be spoken. */
  readonly spoken: Spoken | null;
  /** How many alternatives each token is told with; null when no `logprobs` were asked for. */
  readonly topLogprobs: number | null;
  /** What the models of some compatible providers show of their thinking, by choice, and the field they show it in. */
  readonly shown: { readonly field: ThinkingField; readonly thoughts: readonly (readonly string[])[] } | null;
}

export interface CompletionBody {
  id: string;
  object: 'chat.completion';
  created: number;
  model: string;
  choices: {
    index: number;
    message: {
      role?: string;
      content: string | null;
      refusal: string | null;
      reasoning_content?: string;
      reasoning?: string;
      audio?: AudioMessage;
      annotations: [];
      tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
    };
    logprobs: Logprobs | null;
    finish_reason: ChatFinish;
  }[];
  usage?: Usage;
  service_tier: 'default';
  system_fingerprint: string;
}

export interface ToolCallDelta {
  index?: number;
  id?: string;
  type?: 'function';
  function: { name?: string; arguments: string };
}

export interface Delta {
  role?: string;
  content?: string | null;
  refusal?: string | null;
  reasoning_content?: string;
  reasoning?: string;
  audio?: Partial<AudioMessage>;
  tool_calls?: ToolCallDelta[];
}

export interface Chunk {
  id: string;
  object: 'chat.completion.chunk';
  created: number;
  model: string;
  service_tier: 'default';
  system_fingerprint: string;
  choices: { index: number; delta: Delta; logprobs: Logprobs | null; finish_reason: ChatFinish | null }[];
  /** Absent unless usage was asked for; then `null` on all but the last. */
  usage?: Usage | null;
}

/** Log probabilities of the pieces `from` … `to` of a choice. */
function logprobsFor(completion: Completion, index: number, from = 0, to?: number): Logprobs | null {
  const answer = completion.answers[index];
  if (completion.topLogprobs === null || !answer?.pieces.length) return null;
  const found = logprobsOf(answer.pieces.slice(from, to), completion.topLogprobs, `${completion.id}:${index}`, from);
  return answer.finishReason === 'refusal' ? { content: null, refusal: found } : { content: found, refusal: null };
}

const audioId = (completion: Completion, index: number): string => `audio_${completion.id}${index}`;

export function completionBody(completion: Completion): CompletionBody {
  return {
    id: completion.id,
    object: 'chat.completion',
    created: completion.created,
    model: completion.model,
    choices: completion.answers.map((answer, index) => ({
      index,
      message: {
        role: 'assistant',
        content: completion.spoken && isSaid(answer) ? null : contentOf(answer),
        refusal: answer.finishReason === 'refusal' ? answer.pieces.join('') : null,
        annotations: [],
        ...(completion.spoken && isSaid(answer)
          ? { audio: audioMessage(answer, completion.spoken, audioId(completion, index)) }
          : {}),
        ...(completion.shown ? { [completion.shown.field]: completion.shown.thoughts[index]?.join('') ?? '' } : {}),
        ...(answer.toolCalls.length > 0
          ? {
              tool_calls: answer.toolCalls.map((call) => ({
                id: `call_${call.id}`,
                type: 'function' as const,
                function: { name: call.name, arguments: call.arguments },
              })),
            }
          : {}),
      },
      logprobs: logprobsFor(completion, index),
      finish_reason: chatFinish(answer.finishReason),
    })),
    usage: completion.usage,
    service_tier: 'default',
    system_fingerprint: SYSTEM_FINGERPRINT,
  };
}

/** Null where there is none: before tool calls, and when the words are a refusal. */
function contentOf(answer: Answer): string | null {
  if (answer.finishReason === 'refusal') return null;
  return answer.toolCalls.length > 0 && answer.pieces.length === 0 ? null : answer.pieces.join('');
}

/** Fragments of about eight characters, as models stream arguments. */
function fragments(text: string): string[] {
  return text.match(/[\s\S]{1,8}/gu) ?? [];
}

interface Step {
  readonly delta: Delta;
  readonly logprobs: Logprobs | null;
}

const plain = (delta: Delta): Step => ({ delta, logprobs: null });

/** Deltas of one choice in order; the last is the empty one that carries the finish reason. */
function stepsOf(completion: Completion, answer: Answer, index: number): Step[] {
  const { shown } = completion;
  const thoughts = (shown?.thoughts[index] ?? []).map((text) => plain({ [shown?.field ?? 'reasoning']: text }));
  if (completion.spoken && isSaid(answer)) {
    const said = audioDeltas(answer, completion.spoken, audioId(completion, index));
    const first = plain({ role: 'assistant', content: null, refusal: null });
    return [first, ...thoughts, ...said.map((audio) => plain({ audio })), plain({})];
  }
  if (answer.toolCalls.length === 0) {
    const refused = answer.finishReason === 'refusal';
    const texts = answer.pieces.map(
      (text, at): Step => ({
        delta: refused ? { refusal: text } : { content: text },
        logprobs: logprobsFor(completion, index, at, at + 1),
      }),
    );
    const first = plain({ role: 'assistant', content: refused ? null : '', refusal: null });
    return [first, ...thoughts, ...texts, plain({})];
  }
  const calls = answer.toolCalls.flatMap((call, at): Delta[] => [
    {
      tool_calls: [
        { index: at, id: `call_${call.id}`, type: 'function', function: { name: call.name, arguments: '' } },
      ],
    },
    ...fragments(call.arguments).map((text): Delta => ({ tool_calls: [{ index: at, function: { arguments: text } }] })),
  ]);
  const before = answer.pieces.map((content): Delta => ({ content }));
  const first = plain({ role: 'assistant', content: null, refusal: null });
  return [first, ...thoughts, ...[...before, ...calls].map(plain), plain({})];
}

/** The chunks of a stream; those of several choices take turns. */
export function completionChunks(completion: Completion): Chunk[] {
  const chunk = (choices: Chunk['choices'], usage: Usage | null): Chunk => ({
    id: completion.id,
    object: 'chat.completion.chunk',
    created: completion.created,
    model: completion.model,
    service_tier: 'default',
    system_fingerprint: SYSTEM_FINGERPRINT,
    choices,
    ...(completion.includeUsage ? { usage } : {}),
  });
  const perChoice = completion.answers.map((answer, index) => ({ answer, steps: stepsOf(completion, answer, index) }));
  const longest = Math.max(...perChoice.map(({ steps }) => steps.length));
  const chunks: Chunk[] = [];
  for (let at = 0; at < longest; at++) {
    for (const [index, { answer, steps }] of perChoice.entries()) {
      const step = steps[at];
      if (!step) continue;
      const finish = at === steps.length - 1 ? chatFinish(answer.finishReason) : null;
      chunks.push(chunk([{ index, ...step, finish_reason: finish }], null));
    }
  }
  if (completion.includeUsage) chunks.push(chunk([], completion.usage));
  return chunks;
}
