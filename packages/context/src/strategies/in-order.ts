import type { Choice, Choosing, Strategy } from './strategy.ts';

/** The window slides by this part of the budget. */
const SLIDE_SHARE = 0.25;

/** Everything from the first piece on at which at least `over` tokens have been left out. */
function without(over: number, { pieces }: Choosing): Choice {
  let dropped = 0;
  const verdicts = pieces.map(({ tokens }) => {
    if (dropped >= over) return 'recent';
    dropped += tokens;
    return 'budget';
  });
  return { verdicts, notes: [] };
}

function excess({ pieces, room }: Choosing): number {
  return pieces.reduce((sum, { tokens }) => sum + tokens, 0) - room;
}

export const none: Strategy = { grain: 'message', choose: () => null };

export const truncate: Strategy = { grain: 'message', choose: (given) => without(excess(given), given) };

export const sliding: Strategy = {
  grain: 'message',
  choose: (given) => {
    const step = Math.max(1, Math.floor(given.budget * SLIDE_SHARE));
    return without(Math.ceil(excess(given) / step) * step, given);
  },
};
