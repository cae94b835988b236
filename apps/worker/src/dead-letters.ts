import { JOBS, type JobName } from '@parley/contracts/jobs';
import { derivedId } from '@parley/kernel/derived-id';
import type { Pool } from 'pg';

/** Tenant of dead letters that belong to nobody: seen by the operator (in SQL), by no tenant. */
export const NO_TENANT = '00000000-0000-0000-0000-000000000000';

export interface DeadLetterEntry {
  readonly tenantId: string;
  readonly job: JobName;
  readonly payload: unknown;
  /** What went wrong, in a sentence. */
  readonly error: string;
  readonly attempts: number;
  /** The same key is recorded once. */
  readonly key: string;
}

/** Records a job, or a part of one, that failed for good. Safe to repeat with the same key. */
export async function recordDeadLetter(pool: Pool, entry: DeadLetterEntry): Promise<void> {
  await pool.query(
    `INSERT INTO dead_letters (tenant_id, id, queue, job, payload, error, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT DO NOTHING`,
    [
      entry.tenantId,
      derivedId('dead-letter', entry.job, entry.key),
      JOBS[entry.job].queue,
      entry.job,
      storableJson(entry.payload),
      storableText(entry.error).slice(0, 2_000),
      entry.attempts,
    ],
  );
}

/** JSON that `jsonb` takes: no NUL characters and no half surrogates, which PostgreSQL refuses. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) => (typeof field === 'string' ? storableText(field) : field));
}

export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
