import type { RouterOutputs } from '@/trpc/root.ts';

/** One call as the log lists it. */
export type RequestItem = RouterOutputs['requests']['list']['items'][number];

/** One call with all that is known of it. */
export type RequestFacts = RouterOutputs['requests']['get'];

const NONE = 'unknown';

/** What a thing is called, when it still is. */
export function nameOf(named: { readonly id: string; readonly name: string | null } | null): string {
  if (named === null) return '–';
  return named.name ?? `${NONE} …${named.id.slice(-8)}`;
}
