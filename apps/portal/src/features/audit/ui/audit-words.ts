import type { RouterOutputs } from '@/trpc/root.ts';

export type AuditEntry = RouterOutputs['audit']['list']['items'][number];

function spaced(camel: string): string {
  return camel.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** `managementTokens.revoke` → `Management tokens: revoke`. */
export function actionWords(action: string): string {
  return sentence(spaced(action).replace('.', ': '));
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
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
