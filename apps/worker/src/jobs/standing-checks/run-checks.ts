import { newId } from '@parley/kernel/id';
import { STANDING_CHECKS } from '@parley/services/standing-checks/checks';
import type { StandingCheck } from '@parley/services/standing-checks/standing-check';
import type { Pool, PoolClient } from 'pg';

export interface CheckOutcome {
  readonly name: string;
  /** Rows found, of all tenants. */
  readonly found: number;
  /** Of those, the ones nobody has been told of. */
  readonly fresh: number;
  readonly failure: string | null;
}

interface Found {
  readonly tenant_id: string;
  readonly subject: string;
  readonly detail: string;
  readonly about: Date | null;
}

/** What one check may take before it counts as failed. */
const TIMEOUT_MS = 300_000;
/** More rows than this say nothing more. */
const MOST_KEPT = 1_000;

/**
 * Makes every standing check over what happened since `from`, keeps what they find, tells the members of a tenant that may
 * see its system page of anything new, and mends what can be. Safe to run twice at once. A check that fails does not keep
 * others from being made. The pool must be a worker's: it sees all tenants.
 */
export async function runStandingChecks(
  pool: Pool,
  from: Date,
  checks: readonly StandingCheck[] = STANDING_CHECKS,
): Promise<readonly CheckOutcome[]> {
  const outcomes: CheckOutcome[] = [];
  for (const check of checks) outcomes.push(await runCheck(pool, check, from));
  return outcomes;
}

async function runCheck(pool: Pool, check: StandingCheck, from: Date): Promise<CheckOutcome> {
  const startedMs = performance.now();
  let outcome: CheckOutcome;
  try {
    outcome = { name: check.name, failure: null, ...(await within(pool, (client) => look(client, check, from))) };
  } catch (error) {
    outcome = { name: check.name, found: 0, fresh: 0, failure: (error as Error).message };
  }
  await pool.query(
    `INSERT INTO standing_checks (name, checked_at, took_ms, found, failure) VALUES ($1, clock_timestamp(), $2, $3, $4)
     ON CONFLICT (name) DO UPDATE SET checked_at = clock_timestamp(), took_ms = $2, found = $3, failure = $4`,
    [check.name, Math.round(performance.now() - startedMs), outcome.found, outcome.failure],
  );
  return outcome;
}

async function within<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(`BEGIN; SET LOCAL statement_timeout = ${TIMEOUT_MS}`);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    broken = error as Error;
    throw error;
  } finally {
    // A connection whose transaction failed is closed rather than given back half way through it.
    client.release(broken);
  }
}

/** Keeps what a check finds now, and resolves what it no longer finds among what it has looked at. */
async function look(client: PoolClient, check: StandingCheck, from: Date): Promise<{ found: number; fresh: number }> {
  const { rows: found } = await client.query<Found>(check.sql, [from]);
  const kept = found.slice(0, MOST_KEPT);
  const { rows: noted } = await client.query<{ tenant_id: string; is_new: boolean }>(
    `INSERT INTO standing_check_findings AS known (tenant_id, id, check_name, subject, detail, about, found_at, seen_at)
     SELECT tenant_id, id, $1, subject, detail, about, clock_timestamp(), clock_timestamp()
     FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[]) AS row (tenant_id, id, subject, detail, about)
     ON CONFLICT (tenant_id, check_name, subject) WHERE resolved_at IS NULL
     DO UPDATE SET seen_at = clock_timestamp(), detail = EXCLUDED.detail
     RETURNING tenant_id, (xmax = 0) AS is_new`,
    [
      check.name,
      kept.map((row) => row.tenant_id),
      kept.map(() => newId()),
      kept.map((row) => row.subject),
      kept.map((row) => row.detail),
      kept.map((row) => row.about),
    ],
  );
  const fresh = noted.filter((row) => row.is_new);
  await client.query(
    `UPDATE standing_check_findings SET resolved_at = clock_timestamp()
     WHERE check_name = $1 AND resolved_at IS NULL AND (about IS NULL OR about >= $2)
       AND (tenant_id, subject) NOT IN (SELECT * FROM unnest($3::uuid[], $4::text[]))`,
    [check.name, from, found.map((row) => row.tenant_id), found.map((row) => row.subject)],
  );
  if (check.shared === undefined) await tell(client, check, [...new Set(fresh.map((row) => row.tenant_id))]);
  if (check.mend !== undefined && found.length > 0) await client.query(check.mend, [from]);
  return { found: found.length, fresh: fresh.length };
}

async function tell(client: PoolClient, check: StandingCheck, tenantIds: readonly string[]): Promise<void> {
  const payload = {
    permission: 'system.read',
    userId: null,
    kind: 'standing_check',
    title: `This does not hold: ${check.title.toLowerCase()}`,
    body: check.meaning,
    mail: true,
  };
  await client.query(
    `INSERT INTO outbox_entries (tenant_id, topic, payload)
     SELECT id, 'notify.members', $2::jsonb || jsonb_build_object('tenantId', id, 'href', format('/t/%s/system', slug))
     FROM tenants WHERE id = ANY($1::uuid[])`,
    [tenantIds, JSON.stringify(payload)],
  );
}
