import { endUserOf, tagsOf } from '@parley/contracts/attribution';
import type { BudgetSnapshot } from '@parley/contracts/budget';
import { priceAt } from '@parley/domain/pricing';
import { formatAmount } from '@parley/kernel/money';
import type { Exchange } from '../../exchange.ts';
import type { Caller } from '../../ports/keys/keys.ts';
import { Calendar, type CompiledRule } from '../../ports/limiter/rule.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import { modelsOf } from './most.ts';

const PERIODS: Readonly<Record<BudgetSnapshot['period'], string>> = {
  day: 'a day',
  week: 'a week',
  month: 'a month',
  total: 'in total',
};

/** A budget of the publisher as one more limit of cost, counted where every endpoint of its counts. */
export function compileBudget(budget: BudgetSnapshot, timeZone: string): CompiledRule {
  return {
    kind: 'quota',
    name: budget.name,
    scope: 'api',
    tag: '',
    counts: 'cost',
    amount: Number(budget.amountNano),
    currency: budget.currency,
    periodMs: 0,
    burst: 0,
    calendar: new Calendar(budget.period, timeZone),
    shadow: false,
    restored: true,
    openWhenDown: false,
    identity: `budget:${budget.id}`,
    refusalCode: 'budget_exhausted',
    message: `The budget “${budget.name}” is ${formatAmount(BigInt(budget.amountNano))} ${budget.currency} ${PERIODS[budget.period]}`,
    budget: { id: budget.id, model: budget.scope === 'model' ? budget.subject : null },
  };
}

/** Scopes of which only the body tells whether a call is meant. */
export const TOLD_BY_BODY: ReadonlySet<BudgetSnapshot['scope']> = new Set(['model', 'endUser']);

type Applies = (subject: string, exchange: Exchange, caller: Caller) => boolean;

const APPLIES: Readonly<Record<BudgetSnapshot['scope'], Applies>> = {
  tenant: () => true,
  // Only of the publisher's own: another tenant's teams have other ids.
  team: (subject, _, { application }) => application.doc.teamId === subject,
  application: (subject, _, { application }) => application.id === subject,
  key: (subject, _, { key }) => key.id === subject,
  api: (subject, { api }) => api?.id === subject,
  // Any that may answer; in the end only the one that did counts.
  model: (subject, exchange) => modelsOf(exchange).some(({ slug }) => slug === subject),
  endUser: (subject, { userHeader, chat, operation }) => endUserOf(userHeader, (chat ?? operation)?.body) === subject,
  tag: (subject, { tagsHeader }) => {
    const at = subject.indexOf('=');
    return tagsOf(tagsHeader)?.[subject.slice(0, at)] === subject.slice(at + 1);
  },
};

/** The budgets that a call counts in. */
export function budgetsOf(
  budgets: readonly BudgetSnapshot[],
  exchange: Exchange,
  caller: Caller,
): readonly BudgetSnapshot[] {
  return budgets.filter(({ scope, subject }) => APPLIES[scope](subject, exchange, caller));
}

/** Why a call cannot be counted in a budget: what it would cost is not known, or not in the budget's currency. */
export function beyondBudgets(budgets: readonly BudgetSnapshot[], exchange: Exchange, nowMs: number): Refusal | null {
  if (budgets.length === 0 || exchange.kind === 'models') return null;
  for (const { slug, prices } of modelsOf(exchange)) {
    const currency = priceAt(prices, nowMs)?.rates.currency;
    if (currency !== undefined && budgets.every((budget) => budget.currency === currency)) continue;
    const what = currency === undefined ? 'has no price' : `is priced in ${currency}, and the budget is not`;
    const message = `A budget holds what calls may cost here, and the model “${slug}” ${what}.`;
    return refusal('price_missing', { message });
  }
  return null;
}
