import { countTokens } from '@parley/llm/token-count';
import { type Topic, topicsOf } from '../topics.ts';
import { spokenText } from '../words.ts';
import { byScore, RECENT_SHARE, scoresOf, wordsOfPieces } from './relevance.ts';
import { Room } from './room.ts';
import { type Choosing, type Note, noteOf, type Strategy } from './strategy.ts';

/** Of the budget, for what earlier topics began with. */
const OUTLINE_SHARE = 0.1;
/** Of what is left for older turns, for one topic. */
const TOPIC_SHARE = 0.5;
const MOST_TOPICS = 6;
/** Turns that make a topic's score: one good turn is worth more than many middling ones. */
const BEST_OF_TOPIC = 3;
const LINE_CHARS = 100;
const MOST_LINES = 200;
/** What of a message is looked at for its first words: media are not text. */
const MOST_LOOKED_AT = 2000;

/** Characters that are one to a reader are not cut through. */
function beginning(text: string): string {
  const line = text.slice(0, MOST_LOOKED_AT).replace(/\s+/gu, ' ').trim();
  const letters = Array.from(line);
  return letters.length <= LINE_CHARS ? line : `${letters.slice(0, LINE_CHARS).join('').trimEnd()}…`;
}

function lineOf({ from, to }: Topic, { pieces }: Choosing): string {
  const within = pieces.slice(from, to + 1);
  const asked = within.flatMap(({ messages }) => messages).find((one) => one.role === 'user' && spokenText(one) !== '');
  const begins = asked === undefined ? '' : `: ${JSON.stringify(beginning(spokenText(asked)))}`;
  return `- turns ${pieces[from]?.from} to ${pieces[to]?.to}${begins}`;
}

const written = (lines: readonly string[]): string =>
  `[Written by the gateway, not by the user. Earlier topics of this conversation and what each began with:\n${lines.join('\n')}]`;

/** What earlier topics began with, the newest of them as there is room; `null` for none. */
function outline(topics: readonly Topic[], given: Choosing): Note | null {
  const most = Math.min(given.room, given.budget * OUTLINE_SHARE);
  const lines: string[] = [];
  let about = 0;
  for (const topic of topics.slice(-MOST_LINES).reverse()) {
    const line = lineOf(topic, given);
    about += countTokens(line);
    if (about > most) break;
    lines.unshift(line);
  }
  // Lines together are not the sum of each: what is too much goes, the oldest first.
  for (; lines.length > 0; lines.shift()) {
    const note = noteOf('outline', written(lines));
    if (note.tokens <= most) return note;
  }
  return null;
}

function topicScore({ from, to }: Topic, scores: readonly number[]): number {
  const best = scores.slice(from, to + 1).sort((a, b) => b - a);
  return best.slice(0, BEST_OF_TOPIC).reduce((sum, score) => sum + score, 0);
}

/**
 * Session → topic → turn: an outline of the earlier topics; the newest turns of the topic that is spoken about; of the earlier
 * topics that share most with what the user says now, their best turns, each with the turn that follows; then what is newest.
 */
export const hierarchical: Strategy = {
  grain: 'turn',
  choose: (given) => {
    const words = wordsOfPieces(given);
    const topics = topicsOf(words);
    const current = topics.at(-1) as Topic;
    const earlier = topics.slice(0, -1);
    const note = outline(earlier, given);
    const room = new Room(given, given.room - (note?.tokens ?? 0));
    room.takeNewest(room.left * RECENT_SHARE, current.from);
    const scores = scoresOf(given, words);
    // Turns of the topic at hand count as well: what of it is too old for the newest half.
    const ranked = byScore(topics.map((topic) => topicScore(topic, scores))).slice(0, MOST_TOPICS);
    for (const number of ranked) {
      const { from, to } = topics[number] as Topic;
      const least = room.left * (1 - TOPIC_SHARE);
      for (const at of byScore(scores.slice(from, to + 1))) {
        if (room.left <= least) break;
        if (room.take(from + at, 'topic') && from + at < to && room.left > least) room.take(from + at + 1, 'topic');
      }
    }
    room.takeNewest(given.room);
    return { verdicts: room.verdicts, notes: note === null ? [] : [note] };
  },
};
