import type { LimitRecord } from '@parley/contracts/usage-event';
import type { Exchange } from '../exchange.ts';
import type { Admission } from '../ports/limiter/admission.ts';
import type { CompiledRule } from '../ports/limiter/rule.ts';
import type { CompiledLimit } from '../snapshot/compiled.ts';
import { NEVER_S } from './limit-facts.ts';

/** Which limit had no room for a call, for whoever asks later; `undefined` for one that fitted as it came. */
export function limitRecord({ admission, short }: Exchange): LimitRecord | undefined {
  if (short !== null) return short;
  return admission === null || admission.failed === -1 ? undefined : recordOf(admission);
}

function sourceOf(rule: CompiledRule | undefined): LimitRecord['source'] {
  if (rule === undefined) return 'plan';
  if (rule.credit) return 'credit';
  return rule.budget === undefined ? 'policy' : 'budget';
}

/** The same of a decision that refused. */
export function recordOf({ limits, failed, remaining, resetSeconds, wanted, held }: Admission): LimitRecord {
  const { rule, requests } = limits[failed] as CompiledLimit;
  const seconds = resetSeconds[failed] as number;
  return {
    source: sourceOf(rule),
    name: (rule?.name ?? 'plan').slice(0, 200),
    budgetId: rule?.budget?.id ?? null,
    counts: rule?.counts ?? 'requests',
    currency: rule?.currency ?? '',
    amount: rule?.amount ?? requests,
    left: remaining[failed] as number,
    held: held ?? 0,
    wanted: wanted ?? 1,
    resetSeconds: seconds < NEVER_S ? seconds : null,
  };
}
