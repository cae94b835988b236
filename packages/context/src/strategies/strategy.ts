import type { Turn as Message } from '@parley/llm/neutral/call';
import { estimateTurnTokens } from '@parley/llm/neutral/estimate';

/** Messages a strategy decides about together: one unit of `units.ts`, or whole turns. */
export interface Piece {
  readonly messages: readonly Message[];
  readonly tokens: number;
  /** Sequence of its first and last turn. */
  readonly from: number;
  readonly to: number;
}

export interface Choosing {
  /** In order, the oldest first; neither pinned nor answered by the request. There is no room for all of them. */
  readonly pieces: readonly Piece[];
  /** Tokens there are for them, and for the whole call. */
  readonly room: number;
  readonly budget: number;
  /** What the user says now; `null` where nobody said anything yet. */
  readonly question: Message | null;
  /** What stands for turns up to a sequence; `null` where there is none that holds. */
  readonly summary: { readonly text: string; readonly to: number } | null;
}

/** Why a piece is in or out. */
export type Verdict = 'recent' | 'relevant' | 'topic' | 'summarised' | 'budget';

/** What the gateway says of the conversation itself, in front of it. */
export interface Note {
  readonly kind: 'outline' | 'summary';
  readonly text: string;
  readonly tokens: number;
}

/** A note as it is sent: as something a user says, never as an instruction, for it is made of what parties said (CP-10.3). */
export function noteMessage({ text }: Pick<Note, 'text'>): Message {
  return { role: 'user', parts: [{ kind: 'text', text }] };
}

export function noteOf(kind: Note['kind'], text: string): Note {
  return { kind, text, tokens: estimateTurnTokens(noteMessage({ text })) };
}

export interface Choice {
  /** Of each piece. Together with the notes, those that are in are never more than the room. */
  readonly verdicts: readonly Verdict[];
  readonly notes: readonly Note[];
  /** It had to do as another strategy does. */
  readonly fellBack?: 'sliding';
}

/** One way to choose (CP-6.5): pure, the same for the same. `null`: refuse the call. */
export interface Strategy {
  /** What its pieces are. */
  readonly grain: 'message' | 'turn';
  choose(given: Choosing): Choice | null;
}
