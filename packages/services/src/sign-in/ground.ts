import type { Context } from '../context.ts';

/** What every context stands on, whoever acts. */
export type Ground = Pick<Context, 'db' | 'settings'>;

/** A visitor who has not signed in: public verbs only. */
export function anonymousContext(ground: Ground): Context {
  return {
    ...ground,
    actor: { kind: 'anonymous', id: null, label: 'a visitor' },
    tenantId: null,
    userId: null,
    permissions: new Set(),
  };
}
