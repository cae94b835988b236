import type { Answer } from '../../core/answer.ts';
import type { CacheUse } from '../../core/breakpoint-cache.ts';
import { redactThinking, signThinking } from '../../core/signature.ts';
import type { StreamEvent, StreamPlan } from '../../deliver.ts';
import { brokenFrame, eventFrame } from './event-frame.ts';

/** One content block of an answer: as it opens (text and thinking do not), its deltas, and whole. */
interface OutBlock {
  readonly start: object | null;
  readonly deltas: readonly object[];
  readonly whole: object;
}

export interface Said {
  readonly answer: Answer;
  readonly stopReason: string;
  /** Thinking, one piece per token. */
  readonly thinking: readonly string[];
  readonly redacted: boolean;
  readonly emptyArguments: boolean;
  /** Prompt tokens, cached ones included. */
  readonly promptTokens: number;
  readonly cache: CacheUse;
  readonly withoutUsage: boolean;
  readonly unknownEvents: boolean;
}

function thinkingBlocks({ thinking, redacted }: Said): OutBlock[] {
  if (thinking.length === 0) return [];
  const text = thinking.join('');
  const signature = signThinking(text);
  const block: OutBlock = {
    start: null,
    deltas: [...thinking.map((piece) => ({ text: piece })), { signature }].map((reasoningContent) => ({
      reasoningContent,
    })),
    whole: { reasoningContent: { reasoningText: { text, signature } } },
  };
  if (!redacted) return [block];
  const hidden = { reasoningContent: { redactedContent: Buffer.from(redactThinking(text)).toString('base64') } };
  return [block, { start: null, deltas: [hidden], whole: hidden }];
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}

function blocksOf(said: Said): OutBlock[] {
  const { answer, emptyArguments } = said;
  const text: OutBlock = {
    start: null,
    deltas: answer.pieces.map((piece) => ({ text: piece })),
    whole: { text: answer.pieces.join('') },
  };
  const calls = answer.toolCalls.map((call): OutBlock => {
    const opening = { toolUseId: `tooluse_${call.id}`, name: call.name };
    const json = emptyArguments ? '' : call.arguments;
    return {
      start: { toolUse: opening },
      deltas: ['', ...(json.match(/[\s\S]{1,8}/gu) ?? [])].map((input) => ({ toolUse: { input } })),
      whole: { toolUse: { ...opening, input: parsed(json) } },
    };
  });
  return [...thinkingBlocks(said), ...(answer.pieces.length > 0 ? [text] : []), ...calls];
}

/** Bedrock's arithmetic: `inputTokens` has neither what was read from the cache nor what was written to it. */
function usageOf({ promptTokens, cache, answer }: Said): object {
  const written = cache.written['5m'] + cache.written['1h'];
  const details = (['1h', '5m'] as const).flatMap((ttl) =>
    cache.written[ttl] > 0 ? [{ ttl, inputTokens: cache.written[ttl] }] : [],
  );
  return {
    inputTokens: promptTokens - cache.read - written,
    outputTokens: answer.completionTokens,
    totalTokens: promptTokens + answer.completionTokens,
    cacheReadInputTokens: cache.read,
    cacheWriteInputTokens: written,
    ...(details.length > 0 ? { cacheDetails: details } : {}),
  };
}

/** The body of Converse. */
export function converseBody(said: Said, latencyMs: number): object {
  return {
    output: { message: { role: 'assistant', content: blocksOf(said).map(({ whole }) => whole) } },
    stopReason: said.stopReason,
    ...(said.withoutUsage ? {} : { usage: usageOf(said) }),
    metrics: { latencyMs },
  };
}

const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Events carry a padding `p`, so that their length does not tell what is in them. */
function event(type: string, payload: object): StreamEvent {
  const text = JSON.stringify(payload);
  const padded = JSON.stringify({ ...payload, p: PADDING.slice(0, 1 + (text.length % PADDING.length)) });
  const headers = { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' };
  const bytes = eventFrame(headers, Buffer.from(padded));
  return { bytes, broken: brokenFrame(bytes) };
}

/** An exception of the service's model, in the middle of a stream. */
function exception(type: string, payload: object): StreamEvent {
  const headers = { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' };
  const bytes = eventFrame(headers, Buffer.from(JSON.stringify(payload)));
  return { bytes, broken: brokenFrame(bytes) };
}

const ERROR = exception('modelStreamErrorException', {
  message: 'The model stopped answering. [simulated by Parley]',
  originalStatusCode: 500,
  originalMessage: 'Internal server error',
});

/** The events of ConverseStream: usage comes after messageStop, and only tool use has a contentBlockStart. */
export function converseStream(said: Said, latencyMs: number): StreamPlan {
  const unknown = said.unknownEvents ? [event('brandNewEvent', { simulated: true })] : [];
  const events = blocksOf(said).flatMap(({ start, deltas }, contentBlockIndex) => [
    ...(start ? [event('contentBlockStart', { start, contentBlockIndex })] : []),
    ...deltas.map((delta) => event('contentBlockDelta', { delta, contentBlockIndex })),
    ...unknown,
    event('contentBlockStop', { contentBlockIndex }),
  ]);
  const metadata = said.withoutUsage ? {} : { usage: usageOf(said) };
  return {
    contentType: 'application/vnd.amazon.eventstream',
    events: [event('messageStart', { role: 'assistant' }), ...events],
    closing: [
      event('messageStop', { stopReason: said.stopReason }),
      event('metadata', { ...metadata, metrics: { latencyMs } }),
    ],
    error: ERROR,
  };
}
