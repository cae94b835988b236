import type { Policies, PolicyKind } from '@parley/contracts/policies';

type Summaries = { readonly [Kind in PolicyKind]: (policy: NonNullable<Policies[Kind]>) => string };

/** One plain sentence for each policy, as people read it in the portal, in diffs and in the dry run. */
const SUMMARIES: Summaries = {
  ipAccess: ({ allow, deny }) =>
    [
      allow.length > 0 ? `Only ${addresses(allow)} may call.` : 'Every address may call.',
      deny.length > 0 ? `${capital(addresses(deny))} may not.` : '',
    ]
      .filter(Boolean)
      .join(' '),
};

/** What a policy does, in a sentence. */
export function summaryOf<Kind extends PolicyKind>(kind: Kind, policy: NonNullable<Policies[Kind]>): string {
  return SUMMARIES[kind](policy);
}

function addresses(list: readonly string[]): string {
  return list.length <= 3 ? list.join(', ') : `${list.slice(0, 2).join(', ')} and ${list.length - 2} more ranges`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
