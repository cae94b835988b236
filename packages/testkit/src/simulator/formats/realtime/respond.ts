import { type Answer, answers } from '../../core/answer.ts';
import type { Conversation, Turn } from '../../core/conversation.ts';
import { promptTokens } from '../../core/prompt.ts';
import { takeDirectives } from '../../faults.ts';
import type { Item, Session } from './session.ts';

/** 24 kHz, 16 bits: ten tokens a second of what is heard, twenty of what is said (OpenAI, Realtime costs). */
export const BYTES_PER_INPUT_TOKEN = 4800;
const BYTES_PER_OUTPUT_TOKEN = 2400;
/** Sound of one spoken token of text: a tenth of a second of silence. */
export const SPOKEN = Buffer.alloc(2 * BYTES_PER_OUTPUT_TOKEN).toString('base64');
const SPOKEN_TOKENS = 2;

function textOf({ content = [] }: Item): string {
  return content.map((part) => part.text ?? part.transcript ?? '').join('\n');
}

const soundTokens = ({ soundBytes = 0 }: Item): number => Math.ceil(soundBytes / BYTES_PER_INPUT_TOKEN);

function turnOf(item: Item): Turn {
  if (item.type === 'function_call_output') return { role: 'tool', text: item.output ?? '' };
  if (item.type === 'function_call') {
    return { role: 'assistant', text: '', calls: [{ name: item.name ?? '', arguments: item.arguments ?? '{}' }] };
  }
  const { text } = takeDirectives(textOf(item));
  const tokens = soundTokens(item);
  if (item.role !== 'user') return { role: item.role ?? 'user', text };
  return { role: 'user', text, ...(tokens > 0 ? { media: [{ kind: 'audio' as const, tokens }] } : {}) };
}

/** What of a conversation a response reads, and its answer. */
export function answerTo(session: Session, items: readonly Item[]): { answer: Answer; usage: InputUsage } {
  const { instructions, tools, tool_choice: choice, max_output_tokens: most } = session;
  const conversation: Conversation = {
    model: session.model,
    turns: [{ role: 'system', text: instructions }, ...items.map(turnOf)],
    tools: tools.map(({ name, description, parameters }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
    })),
    toolChoice: typeof choice === 'string' ? choice : { name: choice.name },
    parallel: true,
    output: { type: 'text' },
    stop: [],
    maxTokens: most === 'inf' ? undefined : most,
    thinkingTokens: 0,
    variation: [],
  };
  const audio = items.reduce((sum, item) => sum + soundTokens(item), 0);
  const [answer] = answers(conversation, 1);
  return { answer: answer as Answer, usage: { total: promptTokens(conversation), audio } };
}

/** Instructions to the simulator in what was said last. */
export function askedOf(items: readonly Item[]): string {
  const last = items.findLast(({ role }) => role === 'user');
  return last === undefined ? '' : takeDirectives(textOf(last)).asked;
}

interface InputUsage {
  readonly total: number;
  readonly audio: number;
}

/** Usage of a response: what was read before counts as cached once there was a response. */
export function usageOf(input: InputUsage, cached: InputUsage, text: number, spoken: number) {
  const audioOut = spoken * SPOKEN_TOKENS;
  const cachedTotal = Math.min(cached.total, input.total);
  const cachedAudio = Math.min(cached.audio, input.audio);
  return {
    total_tokens: input.total + text + audioOut,
    input_tokens: input.total,
    output_tokens: text + audioOut,
    input_token_details: {
      text_tokens: input.total - input.audio,
      audio_tokens: input.audio,
      image_tokens: 0,
      cached_tokens: cachedTotal,
      cached_tokens_details: { text_tokens: cachedTotal - cachedAudio, audio_tokens: cachedAudio, image_tokens: 0 },
    },
    output_token_details: { text_tokens: text, audio_tokens: audioOut },
  };
}
