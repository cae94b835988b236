import { estimateTurnTokens } from '@parley/llm/neutral/estimate';
import { type Assembled, type AssemblyInput, assemble } from '../src/assemble.ts';
import { type SessionTurn, settingsSchema } from '../src/session.ts';
import type { StrategyName } from '../src/strategies/table.ts';
import { askForSummary, type Summary, type SummaryAsk } from '../src/summary.ts';
import { spokenText } from '../src/words.ts';
import { FACTS, type Fact } from './facts.ts';

export interface Recall {
  /** Of the facts of each wording, the share that is in what is sent when it is asked for. */
  readonly found: Readonly<Record<Fact['wording'] | 'all', number>>;
  /** Tokens of a call, the mean over all questions; and of one that is sent everything. */
  readonly tokens: number;
  readonly allTokens: number;
}

type Asking = { readonly strategy: StrategyName; readonly window: number; readonly settings?: object } & Partial<
  Omit<AssemblyInput, 'settings' | 'window' | 'turns'>
>;

/** The summary a session has after all these turns, as if each had been a call on a model with this window; and how many were made. */
export function rolledUp(
  turns: readonly SessionTurn[],
  window: number,
  { make, tokens }: { readonly make: (question: string) => string; readonly tokens: number },
): { readonly summary: Summary | null; readonly made: number } {
  let summary: Summary | null = null;
  let made = 0;
  for (let count = 1; count <= turns.length; count++) {
    const before = turns.slice(0, count);
    const { summaryDue } = askedAfter(before, 'and now?', { strategy: 'summarise', window, summary });
    const ask: SummaryAsk | null =
      summaryDue === null ? null : askForSummary(before, summary, { upTo: summaryDue, tokens });
    if (ask === null) continue;
    made++;
    summary = { ...NOBODY, text: make(ask.messages[1]?.content ?? ''), covers: ask.covers };
  }
  return { summary, made };
}

const NOBODY = {
  model: 'sim',
  requestId: '',
  inputTokens: 0,
  outputTokens: 0,
  costNano: '0',
  currency: 'USD',
  atMs: 0,
};

/** What is sent when this is asked after all these turns. Throws where nothing can be. */
export function askedAfter(
  turns: readonly SessionTurn[],
  asked: string,
  { strategy, window, settings, ...more }: Asking,
): Assembled {
  const question = { role: 'user', parts: [{ kind: 'text', text: asked }] } as const;
  const made = assemble({
    settings: settingsSchema.parse({ strategy, summary_model: 'sim', ...settings }),
    turns,
    request: [question],
    requestTokens: estimateTurnTokens(question) + 3,
    window,
    maxOutputTokens: 500,
    modelMaxOutputTokens: null,
    exact: true,
    ...more,
  });
  if ('overflow' in made) throw new Error(`does not fit: ${made.tokens} tokens, ${made.budget} allowed`);
  return made;
}

/** Whether the answer is in what is sent, for every fact: what a model needs to answer, not that it does. */
export function recallOf(
  turns: readonly SessionTurn[],
  strategy: StrategyName,
  window: number,
  more: Partial<Asking> = {},
): Recall {
  const allTokens = turns.reduce((sum, turn) => sum + turn.tokens.reduce((all, count) => all + count, 0), 0);
  let tokens = 0;
  const hits = FACTS.map((fact) => {
    const made = askedAfter(turns, fact.asked, { ...more, strategy, window });
    tokens += made.tokens;
    return made.history.some((message) => spokenText(message).includes(fact.answer));
  });
  const share = (of: (fact: Fact) => boolean): number => {
    const among = hits.filter((_, i) => of(FACTS[i] as Fact));
    return among.filter(Boolean).length / among.length;
  };
  return {
    found: {
      same: share(({ wording }) => wording === 'same'),
      near: share(({ wording }) => wording === 'near'),
      other: share(({ wording }) => wording === 'other'),
      all: share(() => true),
    },
    tokens: Math.round(tokens / FACTS.length),
    allTokens,
  };
}
