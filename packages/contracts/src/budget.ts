import { z } from 'zod';

/**
 * What a budget is about: all calls to the tenant's APIs, or those of one team, application or key, to one API or model, for
 * one end user, with one tag (`name=value`). A call counts with what it costs at the provider.
 */
export const BUDGET_SCOPES = ['tenant', 'team', 'application', 'key', 'api', 'model', 'endUser', 'tag'] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];

/** Calendar periods in the tenant's time zone, or all that is ever spent. */
export const BUDGET_PERIODS = ['day', 'week', 'month', 'total'] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

/** `hard` budgets refuse calls that could exceed them, `soft` ones only tell. */
export const BUDGET_MODES = ['hard', 'soft'] as const;

/** Nine million units: counters stay exact whole numbers of nano-units. */
export const MAX_BUDGET_NANO = 9_000_000n * 1_000_000_000n;

/** A hard budget as gateways keep it; increases that were granted are in the amount. */
export const budgetSnapshotSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  scope: z.enum(BUDGET_SCOPES),
  /** Id, model name, end user, or `name=value`; empty for the tenant. */
  subject: z.string(),
  period: z.enum(BUDGET_PERIODS),
  /** Nano-units of `currency`. */
  amountNano: z.string().regex(/^\d{1,16}$/),
  currency: z.string().length(3),
});
export type BudgetSnapshot = z.infer<typeof budgetSnapshotSchema>;
