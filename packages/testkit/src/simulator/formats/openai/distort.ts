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

/** Each call whole in its first delta, as providers do that do not stream arguments. */
function wholeCalls(chunks: Chunk[]): Chunk[] {
  const texts = new Map<string, string>();
  const place = (choice: number, call: ToolCallDelta): string => `${choice}:${call.index}`;
  for (const { choices } of chunks) {
    for (const { index, delta } of choices) {
      for (const call of delta.tool_calls ?? []) {
        texts.set(place(index, call), (texts.get(place(index, call)) ?? '') + call.function.arguments);
      }
    }
  }
  return chunks
    .map((chunk) => ({
      ...chunk,
      choices: chunk.choices.flatMap((choice) => {
        const calls = choice.delta.tool_calls;
        if (!calls) return [choice];
        const opened = calls.filter((call) => call.id !== undefined);
        const tool_calls = opened.map((call) => ({
          ...call,
          function: { ...call.function, arguments: texts.get(place(choice.index, call)) ?? '' },
        }));
        return tool_calls.length > 0 ? [{ ...choice, delta: { ...choice.delta, tool_calls } }] : [];
      }),
    }))
    .filter((chunk) => chunk.choices.length > 0 || chunk.usage);
}

/** Id and name of a call in each of its deltas, not in the first alone. */
function repeatedIds(chunks: Chunk[]): Chunk[] {
  const opened = new Map<string, ToolCallDelta>();
  return chunks.map((chunk) => ({
    ...chunk,
    choices: chunk.choices.map((choice) => {
      const tool_calls = choice.delta.tool_calls?.map((call) => {
        const key = `${choice.index}:${call.index}`;
        const first = opened.get(key) ?? call;
        opened.set(key, first);
        return { ...first, function: { ...first.function, arguments: call.function.arguments } };
      });
      return tool_calls ? { ...choice, delta: { ...choice.delta, tool_calls } } : choice;
    }),
  }));
}

const finishedStop: ChunkChange = (chunks) =>
  chunks.map((chunk) => ({
    ...chunk,
    choices: chunk.choices.map((choice) =>
      choice.finish_reason === 'tool_calls' ? { ...choice, finish_reason: 'stop' as const } : choice,
    ),
  }));

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
  'tool-arguments-whole': wholeCalls,
  'tool-id-repeated': repeatedIds,
  'tool-id-empty': eachToolCall((call) => (call.id === undefined ? { ...call, id: '' } : call)),
  'tool-finish-stop': finishedStop,
  'tool-calls-empty': eachDelta((delta) => (delta.tool_calls ? delta : { ...delta, tool_calls: [] })),
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
  'tool-finish-stop': (body) => ({
    ...body,
    choices: body.choices.map((choice) =>
      choice.finish_reason === 'tool_calls' ? { ...choice, finish_reason: 'stop' as const } : choice,
    ),
  }),
  'tool-calls-empty': eachMessage((message) => (message.tool_calls ? message : { ...message, tool_calls: [] })),
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
