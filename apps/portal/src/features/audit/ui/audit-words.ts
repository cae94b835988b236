import type { RouterOutputs } from '@/trpc/root.ts';

export type AuditEntry = RouterOutputs['audit']['list']['items'][number];

/** What a verb did, for a reader; a verb that is not here is written as it is. */
const PAST: Readonly<Record<string, string>> = {
  accept: 'Accepted',
  acceptAsNew: 'Accepted',
  add: 'Added',
  addMember: 'Added a member to',
  approve: 'Approved',
  archive: 'Archived',
  cancel: 'Cancelled',
  changeRole: 'Changed the role of',
  create: 'Created',
  delete: 'Deleted',
  deprecate: 'Deprecated',
  disable: 'Switched off',
  enable: 'Switched on',
  leave: 'Left:',
  publish: 'Published',
  refuse: 'Refused',
  remove: 'Removed',
  removeMember: 'Took a member out of',
  request: 'Asked for',
  resend: 'Sent again:',
  resume: 'Resumed',
  retire: 'Retired',
  retry: 'Retried',
  revoke: 'Revoked',
  rotate: 'Rotated',
  suspend: 'Suspended',
  update: 'Changed',
};

function spaced(camel: string): string {
  return camel.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** `managementTokens.revoke` of a `management token` → `Revoked management token`. */
export function deedWords(action: string, subjectKind: string): string {
  const verb = action.slice(action.indexOf('.') + 1);
  return `${PAST[verb] ?? sentence(spaced(verb))} ${subjectKind.replaceAll('-', ' ')}`;
}

/** `managementTokens.revoke` → `Management tokens: revoke`. */
export function actionWords(action: string): string {
  return sentence(spaced(action).replace('.', ': '));
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The name without the address, for a narrow column. */
export function actorWords(label: string): string {
  return label.replace(/ <[^>]*>$/, '');
}

const HOUR = 3_600_000;

/** Spans that the time filter offers, in milliseconds; an absent one means everything. */
export const SPANS: readonly { value: string; label: string; ms: number | null }[] = [
  { value: '', label: 'All time', ms: null },
  { value: '1h', label: 'Last hour', ms: HOUR },
  { value: '24h', label: 'Last 24 hours', ms: 24 * HOUR },
  { value: '7d', label: 'Last 7 days', ms: 168 * HOUR },
  { value: '30d', label: 'Last 30 days', ms: 720 * HOUR },
];
