import type { RouterOutputs } from '@/trpc/root.ts';

export type Application = RouterOutputs['applications']['get'];
export type Key = RouterOutputs['applications']['keys']['list']['items'][number];
export type RevealedKey = RouterOutputs['applications']['keys']['create'];
export type Subscription = RouterOutputs['applications']['subscriptions']['list']['items'][number];

/** Length of a page of the list. */
export const APPLICATIONS_AT_ONCE = 100;
export type Job = RouterOutputs['applications']['jobs']['items'][number];
export type Batch = RouterOutputs['applications']['batches']['list']['items'][number];
export type WebhookSecret = RouterOutputs['applications']['webhookSecrets']['list']['items'][number];
