import type { RouterInputs, RouterOutputs } from '@/trpc/root.ts';

export type Inspected = RouterOutputs['partyTokens']['inspect'];
export type Claims = NonNullable<Inspected['claims']>;
export type Party = Claims['parties'][number];
export type Rule = NonNullable<Claims['rules']>[number];
export type Action = RouterInputs['partyTokens']['explain']['action'];
type Permission = NonNullable<Party['permissions']>[number];

export const KINDS: readonly { readonly value: Party['kind']; readonly label: string }[] = [
  { value: 'user', label: 'Person' },
  { value: 'agent', label: 'Agent' },
  { value: 'service', label: 'Service' },
  { value: 'model', label: 'Model' },
];

export function kindWord(kind: Party['kind']): string {
  return KINDS.find(({ value }) => value === kind)?.label ?? kind;
}

/** What parties may do (docs/party-tokens.md, PT-4.2), in words. */
export const ACTIONS: Readonly<Record<Action, string>> = {
  'model:ask': 'ask models',
  'model:list': 'list models',
  'prompt:run': 'run prompts',
  'api:read': 'read from APIs',
  'api:write': 'change through APIs',
  'session:read': 'read the conversation',
  'session:append': 'add to the conversation',
  'session:edit': 'change its settings',
  'session:fork': 'fork it',
  'session:archive': 'archive it',
  'session:export': 'export it',
  'session:delete': 'delete it',
  'token:exchange': 'hand over',
  'session:create': 'open conversations',
};
export const ACTION_NAMES = Object.keys(ACTIONS) as Action[];

const GROUPS: Readonly<Record<string, string>> = {
  '*': 'do anything',
  'api:*': 'read and change through APIs',
  'prompt:*': 'run prompts',
  'model:*': 'list and ask models',
  'session:*': 'do anything with the conversation',
  'token:*': 'hand over',
};

/** A permission as a sentence's end: `ask models on model:aurora/*`. */
export function permissionWords({ actions, resources, when }: Permission): string {
  const hands = actions.every((action) => action.startsWith('token:'));
  if (hands && resources.every((resource) => resource.startsWith('party:'))) {
    return `hand over to ${listed(resources.map((resource) => resource.slice('party:'.length)))}${whenWords(when)}`;
  }
  const what = actions.map((action) => GROUPS[action] ?? ACTIONS[action as Action] ?? action);
  return `${listed(what)} on ${listed(resources)}${whenWords(when)}`;
}

function whenWords(when: Permission['when']): string {
  if (when === undefined) return '';
  const conditions = [
    when.stages && `the stage is ${listed(when.stages, 'or')}`,
    when.present && `${listed(when.present)} takes part`,
    when.kindsPresent && `a ${listed(when.kindsPresent)} takes part`,
    when.absent && `no ${listed(when.absent, 'or')} takes part`,
  ].filter(Boolean);
  return conditions.length === 0 ? '' : `, while ${conditions.join(' and ')}`;
}

/** Whom a rule is about. */
export function whoWords({ who }: Rule): string {
  if (who === undefined) return 'Whoever acts';
  const parts = [
    who.ids && listed(who.ids, 'or'),
    who.kinds && `a ${listed(who.kinds, 'or')}`,
    who.roles && `somebody in the role ${listed(who.roles, 'or')}`,
  ].filter(Boolean);
  return parts.length === 0 ? 'Whoever acts' : sentence(parts.join(', being '));
}

function listed(words: readonly string[], join = 'and'): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} ${join} ${words.at(-1)}`;
}

export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The rule that a decision names (PT-4.6), in words; `null` for one that is no row of the table. */
export function ruleInWords(claims: Claims, rule: string): string | null {
  const own = /^parties\[(\d+)\]\.permissions\[(\d+)\]/.exec(rule);
  if (own) {
    const party = claims.parties[Number(own[1])];
    const permission = party?.permissions?.[Number(own[2])];
    return party && permission ? `${party.id} may ${permissionWords(permission)}.` : null;
  }
  const shared = /^rules\[(\d+)\]/.exec(rule);
  const row = shared ? claims.rules?.[Number(shared[1])] : undefined;
  return row ? ruleWords(row) : null;
}

export function ruleWords(rule: Rule): string {
  return `${whoWords(rule)} ${rule.effect === 'allow' ? 'may' : 'may not'} ${permissionWords(rule)}.`;
}
