import type { Transaction } from '@parley/db/client';
import type { StandingCheck } from '../standing-checks/standing-check.ts';

/** What standing checks find in the books of the open tenant, of all times: `name: subject: detail`. */
export async function rowsFound(tx: Transaction, checks: readonly StandingCheck[]): Promise<string[]> {
  const found: string[] = [];
  for (const { name, sql } of checks) {
    const rows = await tx.$queryRawUnsafe<{ subject: string; detail: string }[]>(sql, new Date(0));
    for (const { subject, detail } of rows) found.push(`${name}: ${subject}: ${detail}`);
  }
  return found;
}
