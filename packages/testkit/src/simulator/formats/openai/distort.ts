import type { ActiveFaults, FaultName } from '../../faults.ts';
import type { Chunk, CompletionBody, Delta, ToolCallDelta } from './chat-completion.ts';
import type { Usage } from './usage.ts';

/** Faults that change what is said, not how it is sent: each a function over the whole list of chunks. */
type ChunkChange = (chunks: Chunk[], usage: Usage) => Chunk[];

const eachDelta =
  (change: (delta: Delta, first: boolean) => Delta): ChunkChange =>
  (chunks) =>
    chunks.map((chunk, at) => ({
      ...chunk,
      choices: chunk.choices.map((choice) => ({ ...choice, delta: change(choice.delta, at === 0) })),
    }));

const eachToolCall = (change: (call: ToolCallDelta) => ToolCallDelta): ChunkChange =>
  eachDelta((delta) => (delta.tool_calls ? { ...delta, tool_calls: delta.tool_calls.map(change) } : delta));

function withoutRole(delta: Delta): Delta {
  const { role: _, ...rest } = delta;
  return rest;
}

function withoutIndex(call: ToolCallDelta): ToolCallDelta {
  const { index: _, ...rest } = call;
  return rest;
}

function withoutUsage(chunks: Chunk[]): Chunk[] {
  return chunks
    .filter((chunk) => !chunk.usage)
    .map((chunk) => {
      const { usage: _, ...rest } = chunk;
      return rest;
    });
}

function runningUsage(usage: Usage, share: number): Usage {
  const completion = Math.round(usage.completion_tokens * share);
  return { ...usage, completion_tokens: completion, total_tokens: usage.prompt_tokens + completion };
}

const CHUNK_CHANGES: Partial<Record<FaultName, ChunkChange>> = {
  'no-choices': (chunks) => chunks.map((chunk) => ({ ...chunk, choices: [] })),
  'usage-missing': withoutUsage,
  'usage-on-finish': (chunks, usage) =>
    withoutUsage(chunks).map((chunk) =>
      chunk.choices.some((choice) => choice.finish_reason) ? { ...chunk, usage } : chunk,
    ),
  'usage-every-chunk': (chunks, usage) =>
    withoutUsage(chunks).map((chunk, at, all) => ({ ...chunk, usage: runningUsage(usage, (at + 1) / all.length) })),
  'role-absent': eachDelta(withoutRole),
  'role-empty': eachDelta((delta) => ({ ...delta, role: '' })),
  'tool-index-missing': eachToolCall(withoutIndex),
  'tool-index-gaps': eachToolCall((call) => ({ ...call, index: (call.index ?? 0) * 3 + 1 })),
  'tool-index-reused': eachToolCall((call) => ({ ...call, index: 0 })),
  'tool-arguments-empty': eachToolCall((call) => ({ ...call, function: { ...call.function, arguments: '' } })),
};

type BodyChange = (body: CompletionBody) => CompletionBody;
type Message = CompletionBody['choices'][number]['message'];

const eachMessage =
  (change: (message: Message) => Message): BodyChange =>
  (body) => ({ ...body, choices: body.choices.map((choice) => ({ ...choice, message: change(choice.message) })) });

const BODY_CHANGES: Partial<Record<FaultName, BodyChange>> = {
  'no-choices': (body) => ({ ...body, choices: [] }),
  'usage-missing': ({ usage: _, ...rest }) => rest,
  'role-absent': eachMessage(({ role: _, ...rest }) => rest),
  'role-empty': eachMessage((message) => ({ ...message, role: '' })),
  'tool-arguments-empty': eachMessage((message) =>
    message.tool_calls
      ? {
          ...message,
          tool_calls: message.tool_calls.map((call) => ({ ...call, function: { ...call.function, arguments: '' } })),
        }
      : message,
  ),
};

export function distortChunks(chunks: Chunk[], usage: Usage, faults: ActiveFaults): Chunk[] {
  return [...faults.keys()].reduce((all, name) => CHUNK_CHANGES[name]?.(all, usage) ?? all, chunks);
}

export function distortBody(body: CompletionBody, faults: ActiveFaults): CompletionBody {
  return [...faults.keys()].reduce((all, name) => BODY_CHANGES[name]?.(all) ?? all, body);
}
