import { POLICY_GROUPS, type PolicyGroup } from '@parley/domain/policies/groups';
import type { PolicyForm } from './use-policies.ts';

export interface GroupedForms {
  readonly title: string;
  readonly forms: readonly PolicyForm[];
}

/** Policies by what they are about, in the groups' order; groups without one are left out. */
export function inGroups(forms: readonly PolicyForm[]): GroupedForms[] {
  return (Object.keys(POLICY_GROUPS) as PolicyGroup[])
    .map((group) => ({ title: POLICY_GROUPS[group], forms: forms.filter((form) => form.group === group) }))
    .filter((group) => group.forms.length > 0);
}
