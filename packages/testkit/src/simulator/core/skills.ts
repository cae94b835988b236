import type { AskedLength } from './length.ts';
import { topicOf, type Writer } from './prose.ts';

/** What a skill may look at. */
export interface Asked {
  /** The last user message. */
  readonly user: string;
  /** Earlier user messages, oldest first. */
  readonly earlier: readonly string[];
  readonly length: AskedLength;
  readonly writer: Writer;
}

interface Skill {
  readonly name: string;
  /** The answer, or null when the message does not ask for this. */
  answer(asked: Asked): string | null;
}

const EXACTLY =
  /\b(?:reply|respond|answer|say|output|return|repeat|write)\s+(?:with\s+)?(?:exactly|only|just|verbatim|after me)\s*:?\s*["“']?([^"”\n]+?)["”']?\s*$/i;
const SUM =
  /(?:what(?:'s| is)|calculate|compute|^)\s*(-?\d+(?:\.\d+)?)\s*([+\-*/x×÷])\s*(-?\d+(?:\.\d+)?)\s*[=?.]*\s*$/i;
const ASKS_NAME = /\bwhat(?:'s| is) my name\b/i;
const GIVES_NAME = /\b(?:my name is|i am called|call me)\s+(\p{Lu}[\p{L}'-]*)/iu;
const SUMMARY = /\b(?:summari[sz]e|tl;?dr|shorten|condense)\b[^:\n]*[:\n]\s*([\s\S]+)/i;
const TRANSLATE = /\b[Tt]ranslate\b[^:\n]*?\b(?:in)?to ([A-Z][a-z]+)\b[^:\n]*[:\n]\s*["“]?([\s\S]+?)["”]?\s*$/;
const GREETING = /^\s*(?:hi|hello|hey|good (?:morning|afternoon|evening))\b[^.?\n]{0,30}[.!]?\s*$/i;

const SIGNS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  x: (a, b) => a * b,
  '×': (a, b) => a * b,
  '/': (a, b) => a / b,
  '÷': (a, b) => a / b,
};

const sentences = (count: number, writer: Writer): string =>
  Array.from({ length: count }, () => writer.sentence()).join(' ');

function words(count: number, writer: Writer): string {
  const made: string[] = [];
  while (made.length < count) made.push(...writer.sentence().split(' '));
  return `${made
    .slice(0, count)
    .join(' ')
    .replace(/[.,;:]+$/, '')}.`;
}

/** The first that answers wins. */
const SKILLS: readonly Skill[] = [
  { name: 'say exactly', answer: ({ user }) => EXACTLY.exec(user)?.[1] ?? null },
  {
    name: 'arithmetic',
    answer({ user }) {
      const match = SUM.exec(user);
      const sign = SIGNS[match?.[2]?.toLowerCase() ?? ''];
      return match && sign ? `The answer is ${Number(sign(Number(match[1]), Number(match[3])).toFixed(9))}.` : null;
    },
  },
  {
    name: 'remember a name',
    answer({ user, earlier }) {
      if (!ASKS_NAME.test(user)) return null;
      const name = earlier.map((text) => GIVES_NAME.exec(text)?.[1]).findLast((found) => found !== undefined);
      return name ? `Your name is ${name}.` : 'You have not told me your name in this conversation.';
    },
  },
  {
    name: 'summarise',
    answer({ user, length }) {
      const source = SUMMARY.exec(user)?.[1]?.trim();
      if (!source) return null;
      const parts = source.match(/[^.!?]+[.!?]*/g) ?? [source];
      const kept = parts
        .slice(0, length.sentences ?? 1)
        .join('')
        .trim();
      const limited = length.words ? kept.split(/\s+/).slice(0, length.words).join(' ') : kept;
      return `In short: ${limited}`;
    },
  },
  {
    name: 'translate',
    answer({ user }) {
      const match = TRANSLATE.exec(user);
      return match ? `“${match[2]?.trim()}” — here a real model would say this in ${match[1]}.` : null;
    },
  },
  {
    name: 'greet',
    answer: ({ user }) => (GREETING.test(user) ? 'Hello! How can I help you today?' : null),
  },
  {
    name: 'list',
    answer({ length, writer }) {
      if (!length.items) return null;
      return Array.from({ length: length.items }, (_, at) => `${at + 1}. ${writer.sentence()}`).join('\n');
    },
  },
  { name: 'count words', answer: ({ length, writer }) => (length.words ? words(length.words, writer) : null) },
  {
    name: 'count paragraphs',
    answer({ length, writer }) {
      if (!length.paragraphs) return null;
      return Array.from({ length: length.paragraphs }, () => sentences(3, writer)).join('\n\n');
    },
  },
  {
    name: 'count sentences',
    answer: ({ length, writer }) => (length.sentences ? sentences(length.sentences, writer) : null),
  },
  {
    name: 'write',
    answer: ({ user, writer }) => `You asked about ${topicOf(user)}. ${sentences(3, writer)}`,
  },
];

/** Answers a message with the first skill that fits it. */
export function answerText(asked: Asked): string {
  for (const skill of SKILLS) {
    const text = skill.answer(asked);
    if (text !== null) return text;
  }
  throw new Error('the last skill answers everything');
}
