import type { GuardrailsPolicy } from '@parley/contracts/policies/guardrails';
import type { GuardFinding } from '../verdict.ts';

export interface ModelTarget {
  readonly provider: string;
  /** Where the model runs, as the provider names it; undefined if nobody said. */
  readonly region: string | undefined;
}

export type Residency =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly rule: string; readonly reason: string };

/**
 * Whether a call may go to a target: every rule that concerns what the call holds must allow it. What was masked has not
 * left, so only findings that are not masked count. A region that nobody said is no allowed one.
 */
export function mayGoTo(
  rules: GuardrailsPolicy['residency'],
  findings: readonly GuardFinding[],
  { provider, region }: ModelTarget,
): Residency {
  const kinds = new Set(findings.filter(({ mode }) => mode !== 'mask').map(({ kind }) => kind));
  for (const { name, kinds: concerned, providers, regions } of rules) {
    if (!concerned.some((kind) => kind === 'any' || kinds.has(kind))) continue;
    if (providers.length > 0 && !providers.includes(provider)) {
      return {
        allowed: false,
        rule: name,
        reason: `The rule ${name} lets this data go to ${providers.join(', ')} only.`,
      };
    }
    if (regions.length > 0 && (region === undefined || !regions.includes(region))) {
      return {
        allowed: false,
        rule: name,
        reason: `The rule ${name} lets this data go to ${regions.join(', ')} only.`,
      };
    }
  }
  return { allowed: true };
}
