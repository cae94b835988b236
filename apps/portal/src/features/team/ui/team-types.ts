import type { RouterOutputs } from '@/trpc/root.ts';

export type Member = RouterOutputs['team']['members']['items'][number];
export type Invitation = RouterOutputs['team']['invitations']['items'][number];
export type Role = RouterOutputs['team']['roles']['items'][number];
export type Team = RouterOutputs['team']['teams']['items'][number];
