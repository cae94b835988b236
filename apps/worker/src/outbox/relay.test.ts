import { newId } from '@parley/kernel/id';
import { noopLogger } from '@parley/telemetry/logger';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ownDatabase } from '../../test/own-database.ts';
import { testWorker } from '../../test/test-worker.ts';
import { usageEvent } from '../../test/usage-events.ts';
import { dispatchOutbox } from './dispatch.ts';
import { startRelay } from './relay.ts';

const database = await ownDatabase();
const worker = testWorker({ databaseUrl: database.workerUrl });
afterAll(async () => {
  await worker.close();
  await database.drop();
});
afterEach(async () => {
  await worker.rows('DELETE FROM outbox_entries');
  await worker.queue('mail').obliterate({ force: true });
  await worker.queue('snapshot').obliterate({ force: true });
});

async function announce(topic: string, payload: object, tenantId = newId()): Promise<string> {
  const [row] = await worker.rows<{ id: string }>(
    'INSERT INTO outbox_entries (tenant_id, topic, payload) VALUES ($1, $2, $3) RETURNING id',
    tenantId,
    topic,
    payload,
  );
  return row?.id as string;
}

const mail = (subject: string) => ({ tenantId: null, to: 'a@example.com', subject, text: 't', html: null });
const waiting = async (queue: 'mail' | 'snapshot') => (await worker.queue(queue).getWaiting()).reverse();
const undispatched = () => worker.rows('SELECT id FROM outbox_entries WHERE dispatched_at IS NULL');

describe('dispatching', () => {
  it('hands rows over in the order they were written, each once, page by page', async () => {
    const ids = [];
    for (let i = 0; i < 7; i++) ids.push(await announce('mail.send', mail(String(i))));
    expect(await dispatchOutbox(worker.pool, worker.producer, 3)).toBe(3);
    expect(await dispatchOutbox(worker.pool, worker.producer, 10)).toBe(4);
    expect(await dispatchOutbox(worker.pool, worker.producer)).toBe(0);
    const jobs = await worker.queue('mail').getWaiting();
    expect(jobs.map((job) => job.data.subject)).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    expect(jobs.map((job) => job.id)).toEqual(ids.map((id) => `outbox-${id}`));
    expect(await undispatched()).toEqual([]);
  });

  it('does not keep what a mail said, as it may hold a one-time link', async () => {
    await announce('mail.send', mail('secret link'));
    await dispatchOutbox(worker.pool, worker.producer);
    expect(await worker.rows('SELECT payload FROM outbox_entries')).toEqual([{ payload: {} }]);
    expect((await waiting('mail'))[0]?.data.subject).toBe('secret link');
  });

  it('by several workers at once takes each row once', async () => {
    for (let i = 0; i < 40; i++) await announce('mail.send', mail(String(i)));
    const taken = await Promise.all(Array.from({ length: 6 }, () => dispatchOutbox(worker.pool, worker.producer, 10)));
    expect(taken.reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(await waiting('mail')).toHaveLength(40);
  });

  it('that dies before it is marked is done again without doing the job twice', async () => {
    await announce('mail.send', mail('once'));
    const dying = {
      ...worker.producer,
      async enqueueAll(jobs: Parameters<typeof worker.producer.enqueueAll>[0]) {
        await worker.producer.enqueueAll(jobs);
        throw new Error('killed');
      },
    };
    await expect(dispatchOutbox(worker.pool, dying)).rejects.toThrow('killed');
    expect(await undispatched()).toHaveLength(1);
    await dispatchOutbox(worker.pool, worker.producer);
    expect((await waiting('mail')).map((job) => job.data.subject)).toEqual(['once']);
    expect(await undispatched()).toEqual([]);
  });

  it('merges announcements of one document that wait together', async () => {
    const [one, two] = [newId(), newId()];
    for (const tenantId of [one, two, one, one, two]) await announce('snapshot.tenant', { tenantId }, tenantId);
    await dispatchOutbox(worker.pool, worker.producer);
    const merged = (await waiting('snapshot')).map((job) => String(job.data.tenantId));
    expect(merged.sort((a, b) => a.localeCompare(b))).toEqual([one, two].sort((a, b) => a.localeCompare(b)));
  });

  it('puts what no job takes into the dead letters of its tenant, and goes on', async () => {
    const tenantId = newId();
    await announce('no.such.job', {}, tenantId);
    await announce('mail.send', { to: 'nobody' }, tenantId);
    await announce('usage.ingest', { segmentId: 's', events: [usageEvent()] }, tenantId);
    await announce('mail.send', mail('good'), tenantId);
    await dispatchOutbox(worker.pool, worker.producer);
    expect((await waiting('mail')).map((job) => job.data.subject)).toEqual(['good']);
    const letters = await worker.rows(
      'SELECT error FROM dead_letters WHERE tenant_id = $1 ORDER BY failed_at, error',
      tenantId,
    );
    expect(new Set(letters.map((letter) => letter.error.slice(0, 24)))).toEqual(
      new Set(['A tenant can only ask fo', 'No job is called no.such', 'The announcement is not ']),
    );
    expect(await undispatched()).toEqual([]);
  });

  it('keeps rows when Redis does not take them', async () => {
    await announce('mail.send', mail('kept'));
    const away = { ...worker.producer, enqueueAll: () => Promise.reject(new Error('Redis is away')) };
    await expect(dispatchOutbox(worker.pool, away)).rejects.toThrow('Redis is away');
    expect(await undispatched()).toHaveLength(1);
  });
});

describe('the relay', () => {
  it('brings a row over within 100 ms of its commit, and goes on after its connections are cut', async () => {
    const relay = startRelay({
      databaseUrl: database.workerUrl,
      pool: worker.pool,
      producer: worker.producer,
      log: noopLogger,
      pollMs: 60_000,
    });
    const listeners = () =>
      worker.rows<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'parley-relay' AND query LIKE 'LISTEN%'`,
      );
    const took = async (subject: string): Promise<number> => {
      const started = performance.now();
      await announce('mail.send', mail(subject));
      await waitFor('the job', async () => (await waiting('mail')).some((job) => job.data.subject === subject), {
        everyMs: 2,
      });
      return performance.now() - started;
    };
    const [first] = await waitFor('the relay to listen', async () => {
      const rows = await listeners();
      return rows.length > 0 && rows;
    });
    await took('warm');
    const times = [await took('a'), await took('b'), await took('c')];
    expect(Math.min(...times)).toBeLessThan(100);
    await worker.rows('SELECT pg_terminate_backend($1)', first?.pid);
    await waitFor('the relay to listen again', async () => (await listeners()).some((row) => row.pid !== first?.pid));
    await took('after');
    await relay.stop();
  });
});
