import { rank } from '../rank.ts';
import { charsOfEach, type Words, wordsOf } from '../words.ts';
import { Room } from './room.ts';
import type { Choosing, Strategy } from './strategy.ts';

/** Of the room, for what was said last. */
export const RECENT_SHARE = 0.5;

/** The words of each piece's messages. */
export function wordsOfPieces({ pieces }: Choosing): Words[][] {
  const chars = charsOfEach(pieces.reduce((sum, { messages }) => sum + messages.length, 0));
  return pieces.map(({ messages }) => messages.map((message) => wordsOf(message, chars)));
}

/** How well each piece answers to what the user says now. */
export function scoresOf({ question }: Choosing, words: readonly (readonly Words[])[]): number[] {
  if (question === null) return words.map(() => 0);
  return rank(wordsOf(question, charsOfEach(1)), words);
}

/** Those above nothing, the best first; of equals the newest. */
export function byScore(scores: readonly number[]): number[] {
  return scores
    .map((score, at) => ({ score, at }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || b.at - a.at)
    .map(({ at }) => at);
}

/**
 * Half of the room for the newest turns; the rest for older ones that share the rarest words with what the user says now, the
 * best first; what is left for the next newest. They are sent in their own order.
 */
export const relevance: Strategy = {
  grain: 'turn',
  choose: (given) => {
    const room = new Room(given, given.room);
    const recent = room.takeNewest(given.room * RECENT_SHARE);
    const scores = scoresOf(given, wordsOfPieces(given)).slice(0, recent);
    for (const at of byScore(scores)) room.take(at, 'relevant');
    room.takeNewest(given.room);
    return { verdicts: room.verdicts, notes: [] };
  },
};
