import type { Turn as Message } from '@parley/llm/neutral/call';
import { estimateTurnTokens } from '@parley/llm/neutral/estimate';
import type { SessionTurn } from '../src/session.ts';
import { FACTS } from './facts.ts';

export const TALK_TURNS = 500;
/** Facts are told within the first turns; a window of a few thousand tokens is long past them. */
const TOLD_WITHIN = 160;
const TURNS_OF_A_TOPIC = 14;

/** What is spoken about beside the facts: words of each topic, some of which the facts use as well. */
const TOPICS: readonly (readonly string[])[] = [
  ['garden', 'tomatoes', 'soil', 'compost', 'seedlings', 'slugs', 'watering', 'greenhouse', 'mulch', 'pruning'],
  ['database', 'index', 'query', 'migration', 'deadlock', 'replica', 'latency', 'schema', 'rows', 'backup'],
  ['marathon', 'training', 'pace', 'stretching', 'shoes', 'recovery', 'interval', 'hydration', 'knee', 'route'],
  ['kitchen', 'oven', 'dough', 'flour', 'recipe', 'simmer', 'onions', 'butter', 'knife', 'cake'],
  ['holiday', 'flight', 'hotel', 'luggage', 'museum', 'train', 'ticket', 'beach', 'passport', 'airport'],
  ['invoice', 'tax', 'receipt', 'deduction', 'quarter', 'accountant', 'balance', 'payment', 'deposit', 'bank'],
  ['novel', 'chapter', 'character', 'plot', 'dialogue', 'narrator', 'draft', 'editor', 'scene', 'ending'],
  ['guitar', 'chord', 'rhythm', 'strings', 'melody', 'concert', 'practice', 'tuning', 'song', 'choir'],
  ['house', 'insulation', 'roof', 'windows', 'boiler', 'plumber', 'paint', 'door', 'floor', 'heating'],
  ['school', 'homework', 'teacher', 'exam', 'grade', 'lesson', 'reading', 'maths', 'friend', 'bus'],
  ['server', 'deploy', 'container', 'certificate', 'port', 'proxy', 'logs', 'alert', 'shift', 'rollback'],
  ['doctor', 'sleep', 'diet', 'vitamin', 'appointment', 'exercise', 'pulse', 'headache', 'rest', 'clinic'],
];
const SHAPES = [
  (a: string, b: string, c: string) =>
    `I have been thinking about the ${a} again, mostly because of the ${b} and what it does to the ${c}.`,
  (a: string, b: string, c: string) =>
    `Could you compare two ways to handle the ${a} when there is little time for the ${b} or the ${c}?`,
  (a: string, b: string, c: string) =>
    `Yesterday the ${a} went wrong and I blamed the ${b}, but perhaps the ${c} was the real reason.`,
  (a: string, b: string, c: string) =>
    `Somebody told me that a good ${a} needs a better ${b}; is that so, or is the ${c} enough?`,
];

/** Mulberry32: the same numbers every time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const text = (role: Message['role'], said: string): Message => ({ role, parts: [{ kind: 'text', text: said }] });
const idOf = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const asTurn = (sequence: number, messages: readonly Message[]): SessionTurn => ({
  id: idOf(sequence),
  sequence,
  state: 'complete',
  atMs: sequence * 60_000,
  model: 'fast',
  dialect: 'openai_chat',
  messages,
  tokens: messages.map(estimateTurnTokens),
});

/** A long talk of many topics, with tools and pictures, in whose beginning the facts are told, one a turn. The same every time. */
export function longTalk(): SessionTurn[] {
  const pick = numbers(7);
  const toldAt = new Map(FACTS.map((fact, i) => [Math.floor(((i + 0.5) * TOLD_WITHIN) / FACTS.length), fact]));
  return Array.from({ length: TALK_TURNS }, (_, at) => {
    const words = TOPICS[Math.floor(at / TURNS_OF_A_TOPIC) % TOPICS.length] as readonly string[];
    const word = (): string => words[pick(words.length)] as string;
    const sentence = (): string => (SHAPES[pick(SHAPES.length)] as (typeof SHAPES)[number])(word(), word(), word());
    const fact = toldAt.get(at);
    const asked = [sentence(), ...(fact === undefined ? [] : [fact.told]), sentence()].join(' ');
    const messages: Message[] = [text('user', asked)];
    if (at % 7 === 3) {
      const id = `call_${at}`;
      const found = JSON.stringify({
        topic: word(),
        found: [sentence(), sentence()],
        reference: `X${pick(90_000) + 10_000}`,
      });
      messages.push({
        role: 'assistant',
        parts: [{ kind: 'tool_call', id, name: 'look_up', arguments: JSON.stringify({ about: word() }) }],
      });
      messages.push({
        role: 'user',
        parts: [{ kind: 'tool_result', callId: id, parts: [{ kind: 'text', text: found }] }],
      });
    }
    if (at % 11 === 5) {
      const source = { kind: 'url', url: `https://pictures.example/${at}.png` } as const;
      messages[0] = { role: 'user', parts: [...(messages[0]?.parts ?? []), { kind: 'image', source }] };
    }
    messages.push(text('assistant', `${sentence()} ${sentence()} So I would begin with the ${word()}.`));
    return asTurn(at + 1, messages);
  });
}
