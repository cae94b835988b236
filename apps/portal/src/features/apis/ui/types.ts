import type { RouterOutputs } from '@/trpc/root.ts';

export type Api = RouterOutputs['apis']['get'];
export type Version = RouterOutputs['apis']['versions']['items'][number];
export type Definition = NonNullable<Version['definition']>;
export type Plan = RouterOutputs['apis']['plans']['items'][number];
