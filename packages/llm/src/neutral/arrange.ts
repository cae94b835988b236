import type { Loss, Part, ToolCallPart, ToolResultPart, Turn } from './call.ts';

/** A part and where the client has it. */
export interface Placed<P extends Part = Part> {
  readonly part: P;
  readonly path: string;
}

/** What one side says until the other answers. */
export interface Exchange {
  readonly role: 'user' | 'assistant';
  parts: Placed[];
}

export interface Arranged {
  /** Instructions of the whole conversation, also those given in the middle of it. */
  readonly system: readonly Placed[];
  readonly exchanges: readonly Exchange[];
}

/** What is said for a side that said nothing where the protocol wants it to. */
const FILLER: Part = { kind: 'text', text: 'Continue.' };

function isResult(placed: Placed): placed is Placed<ToolResultPart> {
  return placed.part.kind === 'tool_result';
}

function isCall(placed: Placed): placed is Placed<ToolCallPart> {
  return placed.part.kind === 'tool_call';
}

function merge(turns: readonly Turn[], system: Placed[]): Exchange[] {
  const exchanges: Exchange[] = [];
  for (const [i, turn] of turns.entries()) {
    const placed = turn.parts.map((part, j): Placed => {
      return { part, path: part.kind === 'other' ? part.path : `messages[${i}].content[${j}]` };
    });
    if (turn.role === 'system') {
      system.push(...placed);
      continue;
    }
    const last = exchanges.at(-1);
    if (last?.role === turn.role) last.parts.push(...placed);
    else if (placed.length > 0) exchanges.push({ role: turn.role, parts: placed });
  }
  return exchanges;
}

/** Gives every call an id of its own that the protocol takes. */
class Ids {
  readonly #taken = new Set<string>();
  readonly #write: (id: string) => string;

  constructor(write: (id: string) => string) {
    this.#write = write;
  }

  next(id: string): string {
    const written = this.#write(id);
    let own = written;
    for (let i = 2; this.#taken.has(own); i++) own = this.#write(`${id}_${i}`);
    this.#taken.add(own);
    return own;
  }
}

function missing(call: Placed<ToolCallPart>, callId: string, losses: Loss[]): Placed {
  losses.push({
    path: call.path,
    why: 'the call has no result: the model is told that there is none',
    essential: false,
  });
  const parts = [{ kind: 'text', text: 'There is no result of this call.' }] as const;
  return { path: call.path, part: { kind: 'tool_result', callId, name: call.part.name, parts, isError: true } };
}

/** A result on its way from where the client has it to the turn after its call. */
interface Moving {
  readonly placed: Placed<ToolResultPart>;
  readonly home: number;
}

/** Takes all results out of the exchanges, in order, by the call they answer. */
function takeResults(exchanges: readonly Exchange[]): Map<string, Moving[]> {
  const byCall = new Map<string, Moving[]>();
  for (const [home, exchange] of exchanges.entries()) {
    if (!exchange.parts.some(isResult)) continue;
    for (const placed of exchange.parts) {
      if (!isResult(placed)) continue;
      const list = byCall.get(placed.part.callId);
      if (list) list.push({ placed, home });
      else byCall.set(placed.part.callId, [{ placed, home }]);
    }
    exchange.parts = exchange.parts.filter((placed) => !isResult(placed));
  }
  return byCall;
}

/** A result whose call is not in the conversation: a protocol that matches them would refuse it, so its content is told. */
function asContent({ part, path }: Placed<ToolResultPart>, losses: Loss[]): Placed[] {
  losses.push({ path, why: 'the call it answers is not there: its content is told as the user’s', essential: false });
  const head: Placed = { path, part: { kind: 'text', text: `Result of the tool call ${part.callId}:` } };
  return [head, ...part.parts.map((piece, i) => ({ part: piece, path: `${path}.content[${i}]` }))];
}

/**
 * Puts a conversation into the order that Anthropic and Bedrock insist on: sides alternate and the user begins; each call has
 * an id of its own; its results stand first in the user's next turn, in the order of the calls, and none is missing. Linear.
 */
export function arrange(turns: readonly Turn[], writeId: (id: string) => string, losses: Loss[]): Arranged {
  const system: Placed[] = [];
  const exchanges = merge(turns, system);
  const results = takeResults(exchanges);
  const ids = new Ids(writeId);
  const first = new Map<number, Placed[]>();
  const strays: Moving[] = [];
  const resultFor = (call: string, i: number): Placed<ToolResultPart> | undefined => {
    const list = results.get(call);
    // A result that stands before its call answers another one, which is gone.
    while (list?.[0] && list[0].home <= i) strays.push(list.shift() as Moving);
    return list?.shift()?.placed;
  };
  for (const [i, exchange] of exchanges.entries()) {
    if (exchange.role !== 'assistant' || !exchange.parts.some(isCall)) continue;
    const isLast = i === exchanges.length - 1;
    const found: Placed[] = [];
    exchange.parts = exchange.parts.map((placed) => {
      if (!isCall(placed)) return placed;
      const id = ids.next(placed.part.id);
      const given = resultFor(placed.part.id, i);
      if (given) found.push({ path: given.path, part: { ...given.part, callId: id } });
      else if (!isLast) found.push(missing(placed, id, losses));
      return { path: placed.path, part: { ...placed.part, id } };
    });
    first.set(i + 1, found);
  }
  for (const left of results.values()) strays.push(...left);
  for (const { placed, home } of strays) {
    const content = asContent(placed, losses);
    const list = first.get(home);
    if (list) list.push(...content);
    else first.set(home, content);
  }
  for (const [i, exchange] of exchanges.entries()) {
    const found = first.get(i);
    if (found) exchange.parts = [...found, ...exchange.parts];
    if (exchange.parts.length === 0) exchange.parts.push({ part: FILLER, path: 'messages' });
  }
  if (exchanges[0]?.role !== 'user') exchanges.unshift({ role: 'user', parts: [{ part: FILLER, path: 'messages' }] });
  return { system, exchanges };
}
