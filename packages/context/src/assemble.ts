import type { Turn as Message } from '@parley/llm/neutral/call';
import { estimateTurnTokens } from '@parley/llm/neutral/estimate';
import type { SessionSettings, SessionTurn } from './session.ts';
import { pairUp, type Unit } from './units.ts';

/** Beside the reserve, for models whose tokenizer is not the one we count with (CP-6.3). */
const UNKNOWN_TOKENIZER_SHARE = 0.1;
/** The window slides by this part of the budget (CP-6.5). */
const SLIDE_SHARE = 0.25;
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
}

/** Why a message is sent or not. */
export type Why = 'pinned' | 'answered_by_request' | 'recent' | 'budget' | 'open' | 'stray_tool_part';

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

/** Number of the first of these units that is sent; the ones before are left out. */
function firstSent(
  sizes: readonly number[],
  room: number,
  strategy: SessionSettings['strategy'],
  budget: number,
): number {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= room) return 0;
  if (strategy === 'none') return -1;
  let over = total - room;
  if (strategy === 'sliding') {
    const step = Math.max(1, Math.floor(budget * SLIDE_SHARE));
    over = Math.ceil(over / step) * step;
  }
  let dropped = 0;
  for (let i = 0; i < sizes.length; i++) {
    if (dropped >= over) return i;
    dropped += sizes[i] as number;
  }
  return sizes.length;
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

/**
 * What of a session a call is sent (CP-6): pure, deterministic, linear in the messages. Never more than the budget: where even
 * what must be sent does not fit, an `Overflow`.
 */
export function assemble(input: AssemblyInput): Assembled | Overflow {
  const { settings, turns, request, requestTokens } = input;
  const budget = inputBudget(input);
  const instructions = [settings.system, settings.persona].filter((text) => text !== '');
  const instructionTokens = instructions.reduce((sum, text) => sum + estimateTurnTokens(instruction(text)), 0);
  const { open, given } = sendable(turns);
  const pairs = pairUp([...given.map(({ message }) => message), ...request]);
  const manifest = new Map<Placed, ManifestEntry>();
  const note = (placed: Placed, sent: boolean, why: Why, tokens = placed.tokens): void => {
    const { turn, at } = placed;
    manifest.set(placed, { turn: turn.id, sequence: turn.sequence, message: at, sent, why, tokens });
  };
  for (const placed of open) note(placed, false, 'open');
  const pinned = new Set(settings.pinned);
  const cleaned = given.map((placed, i) => withoutStrays(placed, (part) => pairs.isStray(i, part)));
  const sizeOf = ({ from, to }: Unit): number => {
    let size = 0;
    for (let i = from; i <= Math.min(to, given.length - 1); i++) size += cleaned[i]?.tokens ?? 0;
    return size;
  };
  const first: Unit[] = [];
  const last: Unit[] = [];
  const rest: Unit[] = [];
  for (const unit of pairs.units) {
    if (unit.from >= given.length) continue;
    const isPinned = given.slice(unit.from, unit.to + 1).some(({ turn }) => pinned.has(turn.id));
    if (unit.to >= given.length) last.push(unit);
    else (isPinned ? first : rest).push(unit);
  }
  const must = instructionTokens + requestTokens + [...first, ...last].reduce((sum, unit) => sum + sizeOf(unit), 0);
  const sizes = rest.map(sizeOf);
  const from = must > budget ? -1 : firstSent(sizes, budget - must, settings.strategy, budget);
  if (from === -1) {
    const needed = settings.strategy === 'none' ? must + sizes.reduce((sum, size) => sum + size, 0) : must;
    return { overflow: true, budget, tokens: needed };
  }
  const history: Message[] = [];
  let tokens = instructionTokens + requestTokens;
  const take = (units: readonly Unit[], sent: boolean, why: Why): void => {
    for (const unit of units) {
      for (let i = unit.from; i <= Math.min(unit.to, given.length - 1); i++) {
        const placed = given[i] as Placed;
        const clean = cleaned[i] ?? null;
        if (clean === null) note(placed, false, 'stray_tool_part');
        else note(placed, sent, why, clean.tokens);
        if (clean === null || !sent) continue;
        history.push(clean.message);
        tokens += clean.tokens;
      }
    }
  };
  take(first, true, 'pinned');
  take(rest.slice(0, from), false, 'budget');
  take(rest.slice(from), true, 'recent');
  take(last, true, 'answered_by_request');
  const entries = [...manifest.values()].sort(
    (a, b) => a.sequence - b.sequence || (a.turn < b.turn ? -1 : a.turn > b.turn ? 1 : a.message - b.message),
  );
  return { instructions, history, manifest: entries, budget, tokens };
}

function instruction(text: string): Message {
  return { role: 'system', parts: [{ kind: 'text', text }] };
}
