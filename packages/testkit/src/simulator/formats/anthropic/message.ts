import type { CacheUse } from '../../core/breakpoint-cache.ts';
import { type StreamEvent, type StreamPlan, sseEvent } from '../../deliver.ts';
import type { OutBlock } from './answer-blocks.ts';

export interface Ending {
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly stop_details: object | null;
}

/** A whole answer, before it is one body or a stream. */
export interface FinishedMessage {
  readonly id: string;
  readonly model: string;
  readonly blocks: readonly OutBlock[];
  readonly ending: Ending;
  /** Prompt tokens, cached ones included. */
  readonly promptTokens: number;
  readonly cache: CacheUse;
  readonly outputTokens: number;
  readonly thinkingTokens: number;
  /** Usage is left out (fault). */
  readonly withoutUsage: boolean;
}

/** Anthropic's arithmetic: `input_tokens` has neither what was read from the cache nor what was written to it. */
function usageOf({ promptTokens, cache, thinkingTokens }: FinishedMessage, outputTokens: number): object {
  const written = cache.written['5m'] + cache.written['1h'];
  return {
    input_tokens: promptTokens - cache.read - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cache.read,
    cache_creation: {
      ephemeral_5m_input_tokens: cache.written['5m'],
      ephemeral_1h_input_tokens: cache.written['1h'],
    },
    output_tokens: outputTokens,
    output_tokens_details: { thinking_tokens: Math.min(thinkingTokens, outputTokens) },
    service_tier: 'standard',
    inference_geo: 'not_available',
  };
}

const opening = ({ id, model }: FinishedMessage): object => ({ id, type: 'message', role: 'assistant', model });

/** The body of an answer that is not streamed. */
export function messageBody(message: FinishedMessage): object {
  return {
    ...opening(message),
    content: message.blocks.map(({ whole }) => whole),
    ...message.ending,
    ...(message.withoutUsage ? {} : { usage: usageOf(message, message.outputTokens) }),
  };
}

const event = (data: { type: string }): StreamEvent => sseEvent(JSON.stringify(data), data.type);
const PING = event({ type: 'ping' });
const UNKNOWN = sseEvent('{"type":"brand_new_event","simulated":true}', 'brand_new_event');

function blockEvents(block: OutBlock, index: number): StreamEvent[] {
  const start = event({ type: 'content_block_start', index, content_block: block.start } as { type: string });
  const deltas = block.deltas.map((delta) => event({ type: 'content_block_delta', index, delta } as { type: string }));
  return [
    start,
    ...(index === 0 ? [PING] : []),
    ...deltas,
    event({ type: 'content_block_stop', index } as { type: string }),
  ];
}

/**
 * The events of a stream: message_start, each block opened, filled and closed before the next, message_delta with the
 * final usage, message_stop (Anthropic docs, Streaming messages). `unknownEvents` puts events of an unknown type between.
 */
export function messageStream(message: FinishedMessage, error: object, unknownEvents: boolean): StreamPlan {
  const { blocks, withoutUsage, ending } = message;
  const usage = (outputTokens: number) => (withoutUsage ? {} : { usage: usageOf(message, outputTokens) });
  const start = {
    type: 'message_start',
    message: {
      ...opening(message),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      ...usage(Math.min(1, message.outputTokens)),
    },
  };
  const end = { type: 'message_delta', delta: { ...ending }, ...usage(message.outputTokens) };
  const events = [event(start), ...(blocks.length === 0 ? [PING] : []), ...blocks.flatMap(blockEvents), event(end)];
  return {
    events: unknownEvents ? events.flatMap((found) => [found, UNKNOWN]) : events,
    closing: [event({ type: 'message_stop' })],
    error: sseEvent(JSON.stringify(error), 'error'),
  };
}
