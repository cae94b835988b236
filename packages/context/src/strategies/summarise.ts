import { sliding } from './in-order.ts';
import { type Choice, type Choosing, noteOf, type Piece, type Strategy } from './strategy.ts';

/** A new summary is due when what no summary covers takes more than this part of the room. */
const DUE_SHARE = 0.5;
/** It is to leave the newest turns out that take this part of the room. */
const KEPT_SHARE = 0.25;

const tokensOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { tokens }) => sum + tokens, 0);

/** The last turn, by sequence, that a new summary should cover; `null` where none is due. */
export function summaryDue({ pieces, room, summary }: Choosing): number | null {
  const uncovered = pieces.filter(({ to }) => summary === null || to > summary.to);
  let left = tokensOf(uncovered);
  if (left <= room * DUE_SHARE) return null;
  let upTo: number | null = null;
  for (const { tokens, to } of uncovered.slice(0, -1)) {
    if (left <= room * KEPT_SHARE) break;
    left -= tokens;
    upTo = to;
  }
  return upTo;
}

/**
 * What a summary covers is left out for it; the rest as `sliding` does. Where there is no summary (not yet, or no model made one) or
 * no room for it, all is as with `sliding`, and that is said.
 */
export const summarise: Strategy = {
  grain: 'turn',
  choose: (given) => {
    const { pieces, room, budget, summary } = given;
    const note = summary === null ? null : noteOf('summary', summary.text);
    const slid = (of: Choosing): Choice => {
      const all: Choice = { verdicts: of.pieces.map(() => 'recent'), notes: [] };
      return tokensOf(of.pieces) <= of.room ? all : (sliding.choose(of) ?? all);
    };
    if (summary === null || note === null || note.tokens > room) return { ...slid(given), fellBack: 'sliding' };
    const first = pieces.findIndex(({ to }) => to > summary.to);
    const covered = first === -1 ? pieces.length : first;
    const rest = slid({ ...given, pieces: pieces.slice(covered), room: room - note.tokens, budget });
    return {
      verdicts: [...pieces.slice(0, covered).map(() => 'summarised' as const), ...rest.verdicts],
      notes: [note],
    };
  },
};
