import { JOBS, type JobName, OUTBOX_TOPICS, type OutboxTopic } from '@parley/contracts/jobs';
import type { JobRequest, Producer } from '@parley/jobs/producer';
import { derivedId } from '@parley/kernel/derived-id';
import type { Pool, PoolClient } from 'pg';

interface OutboxRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly topic: string;
  readonly payload: unknown;
  readonly created_at: Date;
}

const BATCH = 200;

/**
 * Hands the oldest waiting outbox rows to their queues, in order, and marks them, in one transaction. Rows that another
 * worker holds are passed over. A crash between the two hands a row over again under the same job id. Returns how many
 * rows were taken; fewer than `limit` means that none wait.
 */
export async function dispatchOutbox(pool: Pool, producer: Producer, limit: number = BATCH): Promise<number> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<OutboxRow>(
      `SELECT tenant_id, id, topic, payload, created_at FROM outbox_entries
       WHERE dispatched_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`,
      [limit],
    );
    if (rows.length > 0) {
      await send(client, producer, rows);
      await client.query(
        // A mail may hold a one-time link: it is not kept once it is on its way.
        `UPDATE outbox_entries SET dispatched_at = clock_timestamp(),
           payload = CASE WHEN topic = 'mail.send' THEN '{}'::jsonb ELSE payload END
         WHERE dispatched_at IS NULL AND id = ANY ($1::bigint[])`,
        [rows.map((row) => row.id)],
      );
    }
    await client.query('COMMIT');
    return rows.length;
  } catch (error) {
    broken = error as Error;
    await client.query('ROLLBACK').then(
      () => {
        broken = undefined;
      },
      () => undefined,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}

async function send(client: PoolClient, producer: Producer, rows: readonly OutboxRow[]): Promise<void> {
  const jobs: JobRequest[] = [];
  for (const row of rows) {
    const job = toJob(row);
    if (typeof job === 'string') await refuse(client, row, job);
    else jobs.push(job);
  }
  await producer.enqueueAll(jobs);
}

/** The job a row asks for, or a sentence that says why there is none. */
function toJob(row: OutboxRow): JobRequest | string {
  if (!isTopic(row.topic)) return `No job is called ${row.topic}.`;
  const parsed = JOBS[row.topic].schema.safeParse(row.payload);
  if (!parsed.success) return `The announcement is not what ${row.topic} takes: ${parsed.error.message}`;
  if (row.topic === 'usage.ingest' && !isOwnUsage(row)) return 'A tenant can only ask for its own usage to be stored.';
  return { name: row.topic, payload: parsed.data, jobId: `outbox-${row.id}`, sinceMs: row.created_at.getTime() };
}

/** Whoever can write a tenant's outbox must not be able to write another tenant's usage through it. */
function isOwnUsage(row: OutboxRow): boolean {
  const parsed = JOBS['usage.ingest'].schema.safeParse(row.payload);
  if (!parsed.success || !('events' in parsed.data)) return false;
  return parsed.data.events.every((event) => event.tenantId === row.tenant_id);
}

function isTopic(topic: string): topic is OutboxTopic {
  return (OUTBOX_TOPICS as readonly string[]).includes(topic);
}

async function refuse(client: PoolClient, row: OutboxRow, error: string): Promise<void> {
  const job = row.topic as JobName;
  await client.query(
    `INSERT INTO dead_letters (tenant_id, id, queue, job, payload, error, attempts) VALUES ($1, $2, 'outbox', $3, $4, $5, 1)
     ON CONFLICT DO NOTHING`,
    [row.tenant_id, derivedId('outbox', row.id), job, JSON.stringify(row.payload), error.slice(0, 2_000)],
  );
}
