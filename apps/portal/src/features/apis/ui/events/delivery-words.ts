import type { Tone } from '@parley/ui/badge';
import type { RouterOutputs } from '@/trpc/root.ts';

export type Delivery = RouterOutputs['apis']['deliveries']['items'][number];
export type DeliveryDetail = RouterOutputs['apis']['delivery'];
export type Destination = RouterOutputs['apis']['destinations']['items'][number];

interface Words {
  readonly label: string;
  readonly tone: Tone;
}

/** What each state is called, and the colour it deserves. */
export const STATES: Readonly<Record<Delivery['state'], Words>> = {
  waiting: { label: 'Waiting', tone: 'info' },
  sending: { label: 'Being sent', tone: 'info' },
  delivered: { label: 'Delivered', tone: 'success' },
  failed: { label: 'Failed', tone: 'danger' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
};

/** States that a list can be narrowed to; empty is all of them. */
export const SHOWN = [
  { value: '', label: 'All' },
  { value: 'waiting', label: 'Waiting' },
  { value: 'delivered', label: 'Delivered' },
  { value: 'failed', label: 'Failed' },
  { value: 'cancelled', label: 'Cancelled' },
] as const;

/** How the last try ended, in a few words. */
export function lastTry({ lastStatus, lastError }: Pick<Delivery, 'lastStatus' | 'lastError'>): string {
  if (lastStatus !== null) return `Answered ${lastStatus}`;
  return lastError ?? 'Not tried yet';
}

export function hasEnded(state: Delivery['state']): boolean {
  return state === 'delivered' || state === 'failed' || state === 'cancelled';
}
