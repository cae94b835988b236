import type { Answer, FinishReason } from '../../core/answer.ts';
import type { Usage } from './usage.ts';

/** The wire shapes of OpenAI chat completions: one JSON body, or the chunks of a stream. */
export const SYSTEM_FINGERPRINT = 'parley-simulator';

/** A refusal ends with `stop`; the message says that it is one. */
export type ChatFinish = Exclude<FinishReason, 'refusal'>;

function chatFinish(reason: FinishReason): ChatFinish {
  return reason === 'refusal' ? 'stop' : reason;
}

export interface Completion {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
  readonly answers: readonly Answer[];
  readonly usage: Usage;
  /** `stream_options.include_usage` */
  readonly includeUsage: boolean;
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
      annotations: [];
      tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
    };
    logprobs: null;
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
  tool_calls?: ToolCallDelta[];
}

export interface Chunk {
  id: string;
  object: 'chat.completion.chunk';
  created: number;
  model: string;
  service_tier: 'default';
  system_fingerprint: string;
  choices: { index: number; delta: Delta; logprobs: null; finish_reason: ChatFinish | null }[];
  /** Absent unless usage was asked for; then `null` on all but the last. */
  usage?: Usage | null;
}

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
        content: answer.toolCalls.length > 0 || answer.finishReason === 'refusal' ? null : answer.pieces.join(''),
        refusal: answer.finishReason === 'refusal' ? answer.pieces.join('') : null,
        annotations: [],
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
      logprobs: null,
      finish_reason: chatFinish(answer.finishReason),
    })),
    usage: completion.usage,
    service_tier: 'default',
    system_fingerprint: SYSTEM_FINGERPRINT,
  };
}

/** Fragments of about eight characters, as models stream arguments. */
function fragments(text: string): string[] {
  return text.match(/[\s\S]{1,8}/gu) ?? [];
}

/** Deltas of one choice in order; the last is the empty one that carries the finish reason. */
function deltasOf(answer: Answer): Delta[] {
  if (answer.toolCalls.length === 0) {
    const refused = answer.finishReason === 'refusal';
    const texts = answer.pieces.map((text): Delta => (refused ? { refusal: text } : { content: text }));
    return [{ role: 'assistant', content: refused ? null : '', refusal: null }, ...texts, {}];
  }
  const calls = answer.toolCalls.flatMap((call, index): Delta[] => [
    { tool_calls: [{ index, id: `call_${call.id}`, type: 'function', function: { name: call.name, arguments: '' } }] },
    ...fragments(call.arguments).map((text): Delta => ({ tool_calls: [{ index, function: { arguments: text } }] })),
  ]);
  return [{ role: 'assistant', content: null, refusal: null }, ...calls, {}];
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
  const perChoice = completion.answers.map(deltasOf);
  const longest = Math.max(...perChoice.map((deltas) => deltas.length));
  const chunks: Chunk[] = [];
  for (let at = 0; at < longest; at++) {
    for (const [index, deltas] of perChoice.entries()) {
      const delta = deltas[at];
      if (!delta) continue;
      const finish = at === deltas.length - 1 ? chatFinish(completion.answers[index]?.finishReason ?? 'stop') : null;
      chunks.push(chunk([{ index, delta, logprobs: null, finish_reason: finish }], null));
    }
  }
  if (completion.includeUsage) chunks.push(chunk([], completion.usage));
  return chunks;
}
