import { seededDice } from '../../core/seeded.ts';

/** `logprobs` of a chat completion: made up, the same for the same words, falling from the chosen token on. */
interface TokenLogprob {
  token: string;
  logprob: number;
  bytes: number[];
}
export interface ChosenLogprob extends TokenLogprob {
  top_logprobs: TokenLogprob[];
}
export interface Logprobs {
  content: ChosenLogprob[] | null;
  refusal: ChosenLogprob[] | null;
}

const OTHERS = ' the| a| and| of| to| in| is| that| it| for| on| with| as| at| by| this| from| or| an| be'.split('|');

const entry = (token: string, logprob: number): TokenLogprob => ({ token, logprob, bytes: [...Buffer.from(token)] });

/**
 * One entry for each piece of text, with `top` alternatives, the chosen one first. `first` is the place of the first
 * piece in the whole text.
 */
export function logprobsOf(pieces: readonly string[], top: number, seed: string, first: number): ChosenLogprob[] {
  return pieces.map((piece, at) => {
    const dice = seededDice(`${seed}:logprob:${first + at}`);
    const chosen = entry(piece, -Number((dice.fraction() * 0.7).toFixed(6)));
    const others = OTHERS.filter((token) => token !== piece).slice(0, Math.max(0, top - 1));
    const rest = others.map((token, rank) => entry(token, Number((chosen.logprob - rank - 0.5).toFixed(6))));
    return { ...chosen, top_logprobs: top > 0 ? [chosen, ...rest] : [] };
  });
}
