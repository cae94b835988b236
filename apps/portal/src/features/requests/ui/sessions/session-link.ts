import type { RouterOutputs } from '@/trpc/root.ts';

export type Session = RouterOutputs['requests']['sessions']['items'][number];
export type SessionSide = 'published' | 'consumed';

/** Path of a session's page below the tenant's. */
export function sessionPath(sessionId: string, applicationId: string, side: SessionSide): string {
  const query = new URLSearchParams({ session: sessionId, application: applicationId, side });
  return `sessions/calls?${query}`;
}

export function sideOf(text: string): SessionSide {
  return text === 'consumed' ? 'consumed' : 'published';
}
