import type { RouterOutputs } from '@/trpc/root.ts';

export type Approval = RouterOutputs['approvals']['inbox']['items'][number];
export type Move = 'approve' | 'refuse' | 'suspend' | 'resume' | 'revoke';
export type Show = 'waiting' | 'live' | 'history';

/** What each move is called, what it needs, and what it leads to for the applicant. */
export const MOVES: Readonly<
  Record<Move, { label: string; done: string; to: Approval['state']; needsReason: boolean; danger: boolean }>
> = {
  approve: { label: 'Approve', done: 'approved', to: 'approved', needsReason: false, danger: false },
  refuse: { label: 'Refuse', done: 'refused', to: 'refused', needsReason: true, danger: true },
  suspend: { label: 'Pause', done: 'paused', to: 'suspended', needsReason: true, danger: true },
  resume: { label: 'Resume', done: 'resumed', to: 'approved', needsReason: false, danger: false },
  revoke: { label: 'Revoke', done: 'revoked', to: 'revoked', needsReason: true, danger: true },
};

/** Moves the publisher may make from each state. */
export const MOVES_FROM: Readonly<Record<Approval['state'], readonly Move[]>> = {
  requested: ['approve', 'refuse'],
  approved: ['suspend', 'revoke'],
  suspended: ['resume', 'revoke'],
  refused: [],
  revoked: [],
  expired: [],
  cancelled: [],
};
