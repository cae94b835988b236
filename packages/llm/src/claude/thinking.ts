import type { Exchange } from '../neutral/arrange.ts';
import type { Call, Loss, Reasoning } from '../neutral/call.ts';
import type { Traits } from './traits.ts';

/** The least number of tokens a model can be told to think. */
const MIN_BUDGET = 1024;
/** Tokens left for the answer itself where only the budget is known. */
const ROOM_FOR_ANSWER = 4096;

const BUDGETS: Readonly<Record<NonNullable<Reasoning['effort']>, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  max: 32_000,
};

/** Where a number of tokens to think stands among the words for it. */
const EFFORT_UP_TO = [
  [2048, 'low'],
  [8192, 'medium'],
] as const;

export interface Thinking {
  /** For `thinking`. */
  readonly config: Readonly<Record<string, unknown>> | undefined;
  /** For `output_config.effort`. */
  readonly effort: string | undefined;
  readonly maxTokens: number;
}

function effortOf({ effort, budgetTokens }: Reasoning): string | undefined {
  if (effort !== undefined) return effort === 'minimal' ? 'low' : effort;
  if (budgetTokens === undefined) return undefined;
  for (const [tokens, word] of EFFORT_UP_TO) if (budgetTokens <= tokens) return word;
  return 'high';
}

/** With a budget, Claude wants the thoughts before tool calls whose results it is now given; a client may not have kept them. */
function lacksThoughts(exchanges: readonly Exchange[]): boolean {
  const last = exchanges.at(-1);
  if (last?.role !== 'user' || last.parts[0]?.part.kind !== 'tool_result') return false;
  const first = exchanges.at(-2)?.parts[0]?.part;
  return first?.kind !== 'reasoning' || first.proof?.protocol !== 'anthropic';
}

function forcesTool({ toolChoice }: Call): boolean {
  return toolChoice === 'any' || typeof toolChoice === 'object';
}

/** Why a model is not told to think although the client wants it; `null` for no reason. */
function obstacle(call: Call, traits: Traits, forced: boolean, exchanges: readonly Exchange[]): string | null {
  if (traits.thinking === 'none') return 'the model cannot think before it answers';
  if (forced || forcesTool(call)) return 'the model cannot think where it must call a tool';
  if (traits.thinking === 'adaptive') return null;
  return lacksThoughts(exchanges) ? 'the conversation lacks the thoughts before the last tool calls' : null;
}

/** Where the client gave no bound, room for the answer is added to the budget; else both must fit under it. */
function withBudget(reasoning: Reasoning, call: Call, maxTokens: number, modelMax: number | null): Thinking | null {
  const wanted = Math.max(MIN_BUDGET, Math.floor(reasoning.budgetTokens ?? BUDGETS[reasoning.effort ?? 'medium']));
  const open = call.maxOutputTokens === undefined;
  const room = open
    ? Math.min(Math.max(maxTokens, wanted + ROOM_FOR_ANSWER), modelMax ?? Number.MAX_SAFE_INTEGER)
    : maxTokens;
  const budget = Math.min(wanted, room - 1);
  if (budget < MIN_BUDGET) return null;
  return { config: { type: 'enabled', budget_tokens: budget }, effort: undefined, maxTokens: room };
}

/**
 * What a model is told about thinking. `forced`: the answer's form makes it call a tool. Budgets stay below `max_tokens`;
 * thoughts and forced tools exclude each other, and the tool wins.
 */
export function writeThinking(
  call: Call,
  traits: Traits,
  context: {
    readonly forced: boolean;
    readonly exchanges: readonly Exchange[];
    readonly maxTokens: number;
    readonly modelMax: number | null;
  },
  losses: Loss[],
): Thinking {
  const { reasoning } = call;
  const { maxTokens } = context;
  const silent: Thinking = { config: undefined, effort: undefined, maxTokens };
  const lose = (why: string): Thinking => {
    losses.push({ path: call.protocol === 'anthropic' ? 'thinking' : 'reasoning', why, essential: false });
    return silent;
  };
  if (reasoning === undefined) return silent;
  if (reasoning.mode === 'off') {
    if (traits.thinking !== 'adaptive') return silent;
    if (traits.alwaysThinks) return { ...lose('the model always thinks'), effort: 'low' };
    return { ...silent, config: { type: 'disabled' } };
  }
  const why = obstacle(call, traits, context.forced, context.exchanges);
  if (why !== null) return lose(why);
  if (traits.thinking === 'budget') {
    return withBudget(reasoning, call, maxTokens, context.modelMax) ?? lose('`max_tokens` leaves no room to think');
  }
  const display = reasoning.show === undefined ? {} : { display: reasoning.show ? 'summarized' : 'omitted' };
  return { config: { type: 'adaptive', ...display }, effort: effortOf(reasoning), maxTokens };
}
