import type { ChatRequest } from './chat-request.ts';
import { lastUserText, messageText } from './chat-request.ts';
import { askedLength } from './length.ts';
import { properNames, topicOf, writer } from './prose.ts';
import { schemaInstance } from './schema-instance.ts';
import { fingerprint, seededDice } from './seeded.ts';
import { answerText } from './skills.ts';
import { tokenize, tokenTexts } from './tokens.ts';
import { type ToolCall, toolCalls } from './tool-calls.ts';

export const MARKER = '[simulated by Parley]';

export type FinishReason = 'stop' | 'length' | 'tool_calls';

/** One choice of an answer, before it is put on the wire. */
export interface Answer {
  /** Text, one piece per token; empty when the choice is tool calls. */
  readonly pieces: readonly string[];
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: FinishReason;
  readonly reasoningTokens: number;
  /** Everything billed as output: text or tool calls, and reasoning. */
  readonly completionTokens: number;
}

/** Tokens spent on reasoning before the answer. */
const REASONING_TOKENS = { none: 0, minimal: 0, low: 64, medium: 192, high: 512, xhigh: 1024 } as const;

function reasoningTokens(request: ChatRequest): number {
  const effort = request.reasoning_effort ?? (request.model.startsWith('sim-reasoner') ? 'medium' : 'none');
  return REASONING_TOKENS[effort];
}

/** Everything that decides the words of an answer; how it is delivered (stream, limits, stop) does not. */
function seedOf(request: ChatRequest): string {
  const { model, messages, seed, temperature, top_p, tools, tool_choice, response_format, reasoning_effort } = request;
  return fingerprint([
    model,
    messages,
    seed ?? null,
    temperature ?? null,
    top_p ?? null,
    tools ?? null,
    tool_choice ?? null,
    response_format ?? null,
    reasoning_effort ?? null,
  ]);
}

function plainText(request: ChatRequest, seed: string): string {
  const dice = seededDice(seed);
  const last = request.messages.at(-1);
  const results = request.messages.slice(request.messages.findLastIndex((found) => found.role !== 'tool') + 1);
  if (last?.role === 'tool') return `From the tools I learned: ${results.map(messageText).join('; ')}.`;

  const user = lastUserText(request.messages);
  const system = request.messages.filter((found) => found.role === 'system' || found.role === 'developer');
  const images = request.messages
    .flatMap((found) => (found.role === 'user' && typeof found.content !== 'string' ? found.content : []))
    .filter((part) => part.type === 'image_url').length;
  const text = answerText({
    user,
    earlier: request.messages.filter((found) => found.role === 'user').map(messageText),
    length: { ...askedLength(system.map(messageText).join('\n')), ...askedLength(user) },
    writer: writer(user || system.map(messageText).join(' '), dice),
  });
  return images > 0 ? `I was shown ${images} image${images > 1 ? 's' : ''}. ${text}` : text;
}

function contentText(request: ChatRequest, seed: string): string {
  const format = request.response_format;
  if (!format || format.type === 'text') return `${MARKER} ${plainText(request, seed)}`;
  const dice = seededDice(seed);
  const user = lastUserText(request.messages);
  const { sentence } = writer(user, dice);
  if (format.type === 'json_object') {
    return JSON.stringify({ simulated_by: 'Parley', topic: topicOf(user), answer: plainText(request, seed) });
  }
  const schema = format.json_schema.schema ?? { type: 'object' };
  return JSON.stringify(schemaInstance(schema, { text: user, names: properNames(user), sentence, dice }));
}

/** Cuts before the first stop sequence. The marker is not searched: an answer always says that it is simulated. */
function cutAtStop(text: string, stop: ChatRequest['stop']): string {
  const sequences = (typeof stop === 'string' ? [stop] : (stop ?? [])).filter((found) => found !== '');
  const from = text.startsWith(MARKER) ? MARKER.length : 0;
  const ends = sequences.map((found) => text.indexOf(found, from)).filter((at) => at >= 0);
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}

function callAnswer(calls: readonly ToolCall[], request: ChatRequest, reasoning: number, budget: number): Answer {
  const kept: ToolCall[] = [];
  let spent = 0;
  for (const call of calls) {
    if (spent >= budget) break;
    spent += tokenize(call.name).length;
    const tokens = tokenize(call.arguments);
    const room = Math.max(0, budget - spent);
    kept.push(tokens.length > room ? { ...call, arguments: tokenTexts(tokens.slice(0, room)).join('') } : call);
    spent += Math.min(tokens.length, room);
  }
  const whole = kept.length === calls.length && kept.at(-1)?.arguments === calls.at(-1)?.arguments;
  // OpenAI reports `stop`, not `tool_calls`, when a function was forced by name.
  const finished = typeof request.tool_choice === 'object' && request.tool_choice ? 'stop' : 'tool_calls';
  return {
    pieces: [],
    toolCalls: kept,
    finishReason: whole ? finished : 'length',
    reasoningTokens: reasoning,
    completionTokens: reasoning + spent,
  };
}

/** The choices of a request, `n` of them; a function of the request alone. */
export function answers(request: ChatRequest): Answer[] {
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY;
  const reasoning = Math.min(reasoningTokens(request), limit);
  const budget = limit - reasoning;
  const base = seedOf(request);
  return Array.from({ length: request.n ?? 1 }, (_, at) => {
    const seed = `${base}:${at}`;
    const calls = toolCalls(request, seed);
    if (calls.length > 0) return callAnswer(calls, request, reasoning, budget);
    const tokens = tokenize(cutAtStop(contentText(request, seed), request.stop));
    const cut = tokens.length > budget;
    const kept = cut ? tokens.slice(0, budget) : tokens;
    return {
      pieces: tokenTexts(kept),
      toolCalls: [],
      finishReason: cut ? 'length' : 'stop',
      reasoningTokens: reasoning,
      completionTokens: reasoning + kept.length,
    } satisfies Answer;
  });
}

/** Id of the completion, as much a function of the request as its words. */
export function completionId(request: ChatRequest): string {
  return `chatcmpl-sim${seedOf(request).slice(0, 26)}`;
}
