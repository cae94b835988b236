import { type Conversation, lastUserText, type Turn } from './conversation.ts';
import { judgement } from './judging.ts';
import { askedLength } from './length.ts';
import { properNames, topicOf, writer } from './prose.ts';
import { schemaInstance } from './schema-instance.ts';
import { fingerprint, seededDice } from './seeded.ts';
import { answerText } from './skills.ts';
import { memory } from './summarising.ts';
import { tokenize, tokenTexts } from './tokens.ts';
import { type ToolCall, toolCalls } from './tool-calls.ts';

export const MARKER = '[simulated by Parley]';

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'refusal' | 'content_filter';

/** One choice of an answer, before a format puts it on the wire. */
export interface Answer {
  /** Text, one piece per token; before tool calls there is none unless it was asked for. */
  readonly pieces: readonly string[];
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: FinishReason;
  /** The stop sequence that ended it. */
  readonly stopSequence: string | null;
  readonly thinkingTokens: number;
  /** Everything billed as output: text or tool calls, and thinking. */
  readonly completionTokens: number;
}

/** Everything that decides the words of an answer; how it is delivered (stream, limits, stop) does not. */
export function seedOf(conversation: Conversation): string {
  const { model, turns, tools, toolChoice, output, variation } = conversation;
  const said = turns.map(({ role, text, name, media, calls }) => [
    role,
    text,
    name ?? null,
    media?.map(({ kind }) => kind) ?? [],
    calls?.map((call) => [call.name, call.arguments]) ?? [],
  ]);
  const offered = tools.map(({ name, description, parameters }) => [name, description ?? null, parameters ?? null]);
  // What was not set does not count, however many such parameters a format has.
  const set = variation.slice(0, variation.findLastIndex((value) => value !== null) + 1);
  return fingerprint([model, said, offered, tools.length > 0 ? toolChoice : null, output, set]);
}

function shown(turns: readonly Turn[]): string {
  const media = turns.flatMap((turn) => turn.media ?? []);
  const kinds = [...new Set(media.map(({ kind }) => kind))].map((kind) => {
    const count = media.filter((found) => found.kind === kind).length;
    return `${count} ${kind}${count > 1 && kind !== 'audio' ? 's' : ''}`;
  });
  return kinds.length > 0 ? `I was shown ${kinds.join(' and ')}. ` : '';
}

function plainText(conversation: Conversation, seed: string): string {
  const { turns } = conversation;
  const dice = seededDice(seed);
  if (turns.at(-1)?.role === 'tool') {
    const results = turns.slice(turns.findLastIndex((found) => found.role !== 'tool') + 1);
    return `From the tools I learned: ${results.map(({ text }) => text).join('; ')}.`;
  }
  const user = lastUserText(turns);
  const system = turns.filter((found) => found.role === 'system').map(({ text }) => text);
  const text = answerText({
    user,
    earlier: turns.filter((found) => found.role === 'user').map((found) => found.text),
    length: { ...askedLength(system.join('\n')), ...askedLength(user) },
    writer: writer(user || system.join(' '), dice),
  });
  return `${shown(turns.filter((found) => found.role === 'user'))}${text}`;
}

function contentText(conversation: Conversation, seed: string): string {
  const { output } = conversation;
  if (output.type === 'text') {
    const asked = lastUserText(conversation.turns);
    return judgement(asked) ?? memory(asked) ?? `${MARKER} ${plainText(conversation, seed)}`;
  }
  const dice = seededDice(seed);
  const user = lastUserText(conversation.turns);
  if (output.type === 'json') {
    return JSON.stringify({ simulated_by: 'Parley', topic: topicOf(user), answer: plainText(conversation, seed) });
  }
  const { sentence } = writer(user, dice);
  return JSON.stringify(schemaInstance(output.schema, { text: user, names: properNames(user), sentence, dice }));
}

/** Cuts before the first stop sequence. The marker is not searched: an answer always says that it is simulated. */
function cutAtStop(text: string, stop: readonly string[]): { text: string; hit: string | null } {
  const from = text.startsWith(MARKER) ? MARKER.length : 0;
  const ends = stop
    .filter((sequence) => sequence !== '')
    .map((sequence) => ({ sequence, at: text.indexOf(sequence, from) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  const first = ends[0];
  return first ? { text: text.slice(0, first.at), hit: first.sequence } : { text, hit: null };
}

function callAnswer(
  calls: readonly ToolCall[],
  { textBeforeTools }: Conversation,
  thinking: number,
  budget: number,
): Answer {
  const kept: ToolCall[] = [];
  const said = textBeforeTools ? tokenize(`${MARKER} I will use ${calls[0]?.name}.`).slice(0, budget) : [];
  let spent = said.length;
  for (const call of calls) {
    if (spent >= budget) break;
    spent += tokenize(call.name).length;
    const tokens = tokenize(call.arguments);
    const room = Math.max(0, budget - spent);
    kept.push(tokens.length > room ? { ...call, arguments: tokenTexts(tokens.slice(0, room)).join('') } : call);
    spent += Math.min(tokens.length, room);
  }
  const whole = kept.length === calls.length && kept.at(-1)?.arguments === calls.at(-1)?.arguments;
  return {
    pieces: tokenTexts(said),
    toolCalls: kept,
    finishReason: whole ? 'tool_calls' : 'length',
    stopSequence: null,
    thinkingTokens: thinking,
    completionTokens: thinking + spent,
  };
}

/** `choices` answers to a conversation; a function of the conversation alone. */
export function answers(conversation: Conversation, choices = 1): Answer[] {
  const limit = conversation.maxTokens ?? Number.POSITIVE_INFINITY;
  const thinking = Math.min(conversation.thinkingTokens, limit);
  const budget = limit - thinking;
  const base = seedOf(conversation);
  return Array.from({ length: choices }, (_, at) => {
    const seed = `${base}:${at}`;
    const calls = toolCalls(conversation, seed);
    if (calls.length > 0) return callAnswer(calls, conversation, thinking, budget);
    const said = cutAtStop(contentText(conversation, seed), conversation.stop);
    const tokens = tokenize(said.text);
    const cut = tokens.length > budget;
    const kept = cut ? tokens.slice(0, budget) : tokens;
    return {
      pieces: tokenTexts(kept),
      toolCalls: [],
      finishReason: cut ? 'length' : 'stop',
      stopSequence: cut ? null : said.hit,
      thinkingTokens: thinking,
      completionTokens: thinking + kept.length,
    } satisfies Answer;
  });
}

/** The thinking before an answer, one piece per token: as many as `thinkingTokens` says. */
export function thinkingPieces(conversation: Conversation, answer: Answer): string[] {
  if (answer.thinkingTokens === 0) return [];
  const { sentence } = writer(lastUserText(conversation.turns), seededDice(`${seedOf(conversation)}:thinking`));
  const tokens: number[] = tokenize(MARKER);
  while (tokens.length < answer.thinkingTokens) tokens.push(...tokenize(` ${sentence()}`));
  return tokenTexts(tokens.slice(0, answer.thinkingTokens));
}
