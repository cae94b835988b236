import type { JobName } from '@parley/contracts/jobs';
import { derivedId } from '@parley/kernel/derived-id';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testWorker } from '../test/test-worker.ts';
import { type AnyJob, defineJob, GivenUp } from './job.ts';
import { JOB_TABLE } from './job-table.ts';
import { isOutage } from './outage.ts';
import { startRuntime } from './runtime.ts';
import { SCHEDULES } from './schedules.ts';

const worker = testWorker();

/** What the handler of a segment's job does: the first entry on the first try, and so on; then it succeeds. */
const failures = new Map<string, Error[]>();
const tries = new Map<string, number>();

const fake = (name: JobName): AnyJob =>
  defineJob({
    name,
    schema: z.object({ tenantId: z.uuid(), subject: z.string() }),
    tenantOf: ({ tenantId }) => tenantId,
    async handle({ payload }) {
      tries.set(payload.subject, (tries.get(payload.subject) ?? 0) + 1);
      const failure = failures.get(payload.subject)?.shift();
      if (failure) throw failure;
    },
  });

const runtime = startRuntime(worker, {
  ...JOB_TABLE,
  'mail.send': fake('mail.send'),
  'snapshot.tenant': fake('snapshot.tenant'),
});
afterAll(async () => {
  await runtime.drain();
  await worker.close();
});

const letters = (tenantId: string) =>
  worker.rows('SELECT job, error, attempts, payload FROM dead_letters WHERE tenant_id = $1', tenantId);

async function send(
  given: Error[],
  name: 'mail' | 'snapshot' = 'mail',
): Promise<{ subject: string; tenantId: string }> {
  const [subject, tenantId] = [newId(), newId()];
  failures.set(subject, given);
  const job = name === 'mail' ? 'mail.send' : 'snapshot.tenant';
  // Sent without the producer's table of pauses, so that tries follow at once.
  await worker.queue(name).add(job, { tenantId, subject }, { attempts: 1_000_000, backoff: 1 });
  return { subject, tenantId };
}

const triesOf = (subject: string, count: number) =>
  waitFor(`${count} tries`, () => tries.get(subject) === count, { timeoutMs: 10_000 });

describe('a job', () => {
  it('that fails is tried again until it succeeds, and leaves no dead letter', async () => {
    const { subject, tenantId } = await send([new Error('no'), new Error('no')]);
    await triesOf(subject, 3);
    expect(await letters(tenantId)).toEqual([]);
  });

  it('that uses up its tries is kept as a dead letter of its tenant', async () => {
    const { subject, tenantId } = await send(
      Array.from({ length: 50 }, () => new Error('broken template')),
      'snapshot',
    );
    const kept = await waitFor('the dead letter', async () => {
      const rows = await letters(tenantId);
      return rows.length > 0 && rows;
    });
    expect(kept).toEqual([
      { job: 'snapshot.tenant', error: 'broken template', attempts: 8, payload: { tenantId, subject } },
    ]);
    expect(tries.get(subject)).toBe(8);
  });

  it('that cannot succeed is not tried again', async () => {
    const { subject, tenantId } = await send([new GivenUp('no such mailbox')]);
    await waitFor('the dead letter', async () => (await letters(tenantId)).length === 1);
    expect(tries.get(subject)).toBe(1);
  });

  it('outlasts an outage of any length: that uses up no tries', async () => {
    const outage = (): Error =>
      new Error('query failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) });
    const { subject, tenantId } = await send(Array.from({ length: 30 }, outage));
    await triesOf(subject, 31);
    expect(await letters(tenantId)).toEqual([]);
  });

  it('with a payload that its contract refuses goes to the dead letters unseen', async () => {
    const job = await worker.queue('usage').add('usage.ingest', { segmentId: newId(), events: 'none' });
    const id = derivedId('dead-letter', 'usage.ingest', `${job.id}:${job.timestamp}`);
    const [row] = await waitFor('the dead letter', async () => {
      const rows = await worker.rows('SELECT error FROM dead_letters WHERE id = $1', id);
      return rows.length > 0 && rows;
    });
    expect(row?.error).toContain('usage.ingest');
  });
});

it('an outage is told from a fault of the job', () => {
  expect(isOutage(Object.assign(new Error('terminating connection'), { code: '57P01' }))).toBe(true);
  expect(isOutage(new Error('Connection terminated unexpectedly'))).toBe(true);
  expect(isOutage(new Error('Command timed out'))).toBe(true);
  expect(isOutage(Object.assign(new Error('duplicate key'), { code: '23505' }))).toBe(false);
  expect(isOutage(new TypeError('x is undefined'))).toBe(false);
  expect(isOutage('nothing')).toBe(false);
});

it('every job has a handler under its own name, and schedules name jobs that are', () => {
  for (const [name, job] of Object.entries(JOB_TABLE)) expect(job.name).toBe(name);
  expect(new Set(SCHEDULES.map((schedule) => schedule.id)).size).toBe(SCHEDULES.length);
});
