import type { Transaction } from '@parley/db/client';
import type { Context } from './context.ts';

/** The same context inside an open transaction: verbs called with it join that transaction, all or nothing. */
export function nested(context: Context, tx: Transaction): Context {
  return { ...context, db: { within: (_scope, work) => work(tx), close: async () => {} } };
}
