import type { Turn as Message } from '@parley/llm/neutral/call';
import { estimateTurnTokens } from '@parley/llm/neutral/estimate';
import type { SessionSettings, SessionTurn } from './session.ts';
import { type Choice, type Note, noteMessage, type Piece, type Verdict } from './strategies/strategy.ts';
import { summaryDue } from './strategies/summarise.ts';
import { STRATEGIES } from './strategies/table.ts';
import { type Summary, summaryOver } from './summary.ts';
import { pairUp, type Unit } from './units.ts';

/** Beside the reserve, for models whose tokenizer is not the one we count with (CP-6.3). */
const UNKNOWN_TOKENIZER_SHARE = 0.1;
/** Of the window, for answers of models that could fill all of it (CP-6.2). */
const MOST_RESERVE_SHARE = 0.25;

export interface AssemblyInput {
  readonly settings: Pick<
    SessionSettings,
    'system' | 'persona' | 'pinned' | 'strategy' | 'token_budget' | 'output_reserve'
  >;
  /** In order. */
  readonly turns: readonly SessionTurn[];
  /** Of the request, without its instructions. */
  readonly request: readonly Message[];
  /** Of the whole request: messages, instructions, tools. */
  readonly requestTokens: number;
  readonly window: number;
  /** The call's own bound of its answer, and the model's. */
  readonly maxOutputTokens: number | null;
  readonly modelMaxOutputTokens: number | null;
  /** The model's tokenizer is the one tokens are counted with. */
  readonly exact: boolean;
  /** The one the session has, for `summarise`. */
  readonly summary?: Summary | null;
}

/** Why a message is sent or not. */
export type Why = Verdict | 'pinned' | 'answered_by_request' | 'open' | 'stray_tool_part';

const SENT: Readonly<Record<Why, boolean>> = {
  pinned: true,
  answered_by_request: true,
  recent: true,
  relevant: true,
  topic: true,
  summarised: false,
  budget: false,
  open: false,
  stray_tool_part: false,
};

/** CP-1.4: one message of the session. */
export interface ManifestEntry {
  readonly turn: string;
  readonly sequence: number;
  /** Number of the message in its turn. */
  readonly message: number;
  readonly sent: boolean;
  readonly why: Why;
  readonly tokens: number;
}

export interface Assembled {
  /** The session's own, in order; the request's follow. */
  readonly instructions: readonly string[];
  /** What stands before the request's messages. */
  readonly history: readonly Message[];
  readonly manifest: readonly ManifestEntry[];
  /** What of the history the gateway itself wrote; its tokens are among all. */
  readonly notes: readonly Note[];
  /** What the strategy did as, where it could not do as it should. */
  readonly fellBack: 'sliding' | null;
  /** A new summary is due, up to the turn of this sequence. */
  readonly summaryDue: number | null;
  readonly budget: number;
  /** Of everything that is sent. */
  readonly tokens: number;
}

/** What must be sent is more than may be. */
export interface Overflow {
  readonly overflow: true;
  readonly budget: number;
  readonly tokens: number;
}

interface Placed {
  readonly turn: SessionTurn;
  readonly at: number;
  readonly message: Message;
  readonly tokens: number;
}

/** Tokens a call may take in (CP-6.2, CP-6.3). */
export function inputBudget(input: Omit<AssemblyInput, 'turns' | 'request' | 'requestTokens'>): number {
  const { settings, window, maxOutputTokens, modelMaxOutputTokens, exact } = input;
  const usual = Math.min(modelMaxOutputTokens ?? Number.POSITIVE_INFINITY, Math.floor(window * MOST_RESERVE_SHARE));
  const reserve = maxOutputTokens ?? settings.output_reserve ?? usual;
  const margin = exact ? 0 : Math.ceil(window * UNKNOWN_TOKENIZER_SHARE);
  return Math.max(0, Math.min(settings.token_budget ?? Number.POSITIVE_INFINITY, window - reserve - margin));
}

/** A message without parts that providers refuse; `null` where nothing is left of it. */
function withoutStrays(placed: Placed, isStray: (part: number) => boolean): Placed | null {
  const { message } = placed;
  if (!message.parts.some((_, part) => isStray(part))) return placed;
  const parts = message.parts.filter((_, part) => !isStray(part));
  // Thoughts without the call they led to are nothing by themselves.
  if (!parts.some(({ kind }) => kind !== 'reasoning')) return null;
  const left = { ...message, parts };
  return { ...placed, message: left, tokens: estimateTurnTokens(left) };
}

/** Everything of the session that could be sent, and what is known from the beginning not to be. */
function sendable(turns: readonly SessionTurn[]): {
  readonly open: readonly Placed[];
  readonly given: readonly Placed[];
} {
  const open: Placed[] = [];
  const given: Placed[] = [];
  for (const turn of turns) {
    const to = turn.state === 'open' ? open : given;
    turn.messages.forEach((message, at) => {
      to.push({ turn, at, message, tokens: turn.tokens[at] ?? 0 });
    });
  }
  return { open, given };
}

/** Units that a strategy decides about together: each by itself, or all that share turns. */
function grouped(units: readonly Unit[], given: readonly Placed[], grain: 'message' | 'turn'): Unit[][] {
  const groups: Unit[][] = [];
  for (const unit of units) {
    const last = groups.at(-1);
    const before = last === undefined ? undefined : given[last.at(-1)?.to ?? -1]?.turn;
    if (grain === 'turn' && last !== undefined && before === given[unit.from]?.turn) last.push(unit);
    else groups.push([unit]);
  }
  return groups;
}

function pieceOf(units: readonly Unit[], given: readonly Placed[], cleaned: readonly (Placed | null)[]): Piece {
  const [first, last] = [units[0]?.from ?? 0, units.at(-1)?.to ?? 0];
  const within = cleaned.slice(first, last + 1).filter((placed) => placed !== null);
  return {
    messages: within.map(({ message }) => message),
    tokens: within.reduce((sum, { tokens }) => sum + tokens, 0),
    from: given[first]?.turn.sequence ?? 0,
    to: given[last]?.turn.sequence ?? 0,
  };
}

const speaks = ({ role, parts }: Message): boolean => role === 'user' && parts.some(({ kind }) => kind === 'text');

/** What the user says now: in the request, else before it. */
function questionIn(request: readonly Message[], given: readonly Placed[]): Message | null {
  return request.findLast(speaks) ?? given.findLast(({ message }) => speaks(message))?.message ?? null;
}

const total = (pieces: readonly { readonly tokens: number }[]): number =>
  pieces.reduce((sum, { tokens }) => sum + tokens, 0);

/**
 * What of a session a call is sent (CP-6): pure, deterministic. Never more than the budget: where even what must be sent does not
 * fit, an `Overflow`. Linear in the messages; strategies that look at words, in those as well, up to 2 Mi characters.
 */
export function assemble(input: AssemblyInput): Assembled | Overflow {
  const { settings, turns, request, requestTokens } = input;
  const budget = inputBudget(input);
  const instructions = [settings.system, settings.persona].filter((text) => text !== '');
  const instructionTokens = instructions.reduce((sum, text) => sum + estimateTurnTokens(instruction(text)), 0);
  const { open, given } = sendable(turns);
  const pairs = pairUp([...given.map(({ message }) => message), ...request]);
  const manifest: ManifestEntry[] = [];
  const note = ({ turn, at }: Placed, why: Why, tokens: number): void => {
    manifest.push({ turn: turn.id, sequence: turn.sequence, message: at, sent: SENT[why], why, tokens });
  };
  for (const placed of open) note(placed, 'open', placed.tokens);
  const pinned = new Set(settings.pinned);
  const cleaned = given.map((placed, i) => withoutStrays(placed, (part) => pairs.isStray(i, part)));
  const first: Unit[] = [];
  const last: Unit[] = [];
  const rest: Unit[] = [];
  for (const unit of pairs.units) {
    if (unit.from >= given.length) continue;
    const isPinned = given.slice(unit.from, unit.to + 1).some(({ turn }) => pinned.has(turn.id));
    if (unit.to >= given.length) last.push({ from: unit.from, to: given.length - 1 });
    else (isPinned ? first : rest).push(unit);
  }
  const strategy = STRATEGIES[settings.strategy];
  const groups = grouped(rest, given, strategy.grain);
  const pieces = groups.map((units) => pieceOf(units, given, cleaned));
  const fixed = [...first, ...last].map((unit) => pieceOf([unit], given, cleaned));
  const must = instructionTokens + requestTokens + total(fixed);
  const room = budget - must;
  const all: Choice = { verdicts: pieces.map(() => 'recent'), notes: [] };
  const summary = settings.strategy === 'summarise' ? summaryOver(input.summary ?? null, turns) : null;
  const choosing = { pieces, room, budget, question: questionIn(request, given), summary };
  const chosen = room < 0 ? null : total(pieces) <= room ? all : strategy.choose(choosing);
  if (chosen === null) return { overflow: true, budget, tokens: must + (room < 0 ? 0 : total(pieces)) };
  const history: Message[] = [];
  let tokens = instructionTokens + requestTokens + total(chosen.notes);
  const take = (units: readonly Unit[], why: Why): void => {
    for (const { from, to } of units) {
      for (let i = from; i <= to; i++) {
        const clean = cleaned[i] ?? null;
        if (clean === null) note(given[i] as Placed, 'stray_tool_part', (given[i] as Placed).tokens);
        else note(clean, why, clean.tokens);
        if (clean === null || !SENT[why]) continue;
        history.push(clean.message);
        tokens += clean.tokens;
      }
    }
  };
  take(first, 'pinned');
  history.push(...chosen.notes.map(noteMessage));
  groups.forEach((units, at) => {
    take(units, chosen.verdicts[at] ?? 'budget');
  });
  take(last, 'answered_by_request');
  manifest.sort(
    (a, b) => a.sequence - b.sequence || (a.turn < b.turn ? -1 : a.turn > b.turn ? 1 : a.message - b.message),
  );
  const { notes, fellBack = null } = chosen;
  const due = settings.strategy === 'summarise' ? summaryDue(choosing) : null;
  return { instructions, history, manifest, notes, fellBack, summaryDue: due, budget, tokens };
}

function instruction(text: string): Message {
  return { role: 'system', parts: [{ kind: 'text', text }] };
}
