import { loadTestEnv } from '@parley/env/test';
import { newId } from '@parley/kernel/id';
import { freePort } from '@parley/testkit/free-port';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { JOB_RULES, retryDelayMs } from './job-options.ts';
import { createProducer } from './producer.ts';
import { jobsOn, QUEUES } from './queues.ts';

const { redisUrl } = loadTestEnv();
const prefix = `{test-${newId()}}`;
const producer = createProducer({ redisUrl, prefix });
const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
const queue = (name: string) => new Queue(name, { connection: redis, prefix });
const snapshot = queue('snapshot');
const mail = queue('mail');

afterAll(async () => {
  await producer.close();
  await Promise.all([snapshot.obliterate({ force: true }), mail.obliterate({ force: true })]);
  await Promise.all([snapshot.close(), mail.close()]);
  redis.disconnect();
});

const letter = { tenantId: null, to: 'a@example.com', subject: 's', text: 't', html: null };

describe('enqueue', () => {
  it('hands a job to the queue of its name, under the given id, once', async () => {
    const jobId = `outbox-${newId()}`;
    await producer.enqueue('mail.send', letter, { jobId, sinceMs: 1_700_000_000_000 });
    await producer.enqueue('mail.send', { ...letter, subject: 'again' }, { jobId });
    const job = await mail.getJob(jobId);
    expect(job).toMatchObject({ name: 'mail.send', data: letter, timestamp: 1_700_000_000_000 });
    await job?.remove();
  });

  it('sends nothing that its contract does not know, and refuses what is wrong', async () => {
    const jobId = `outbox-${newId()}`;
    await producer.enqueue('mail.send', { ...letter, extra: 1 } as typeof letter, { jobId });
    const job = await mail.getJob(jobId);
    expect(job?.data).toEqual(letter);
    await job?.remove();
    await expect(producer.enqueue('mail.send', { ...letter, to: 'nobody' })).rejects.toThrow(/email/i);
    await expect(producer.enqueue('mail.send', letter, { jobId: 'a:b' })).rejects.toThrow('not a job id');
    await expect(producer.enqueue('mail.send', letter, { jobId: '17' })).rejects.toThrow('not a job id');
  });

  it('merges waiting jobs for one document, and keeps those of different documents apart', async () => {
    const [one, two] = [newId(), newId()];
    const jobs = [one, one, two, one].map((tenantId) => ({ name: 'snapshot.tenant', payload: { tenantId } }) as const);
    await producer.enqueueAll(jobs);
    await producer.enqueue('snapshot.tenant', { tenantId: two });
    const waiting = (await snapshot.getJobs(['waiting'])).filter((job) => [one, two].includes(job.data.tenantId));
    expect(waiting).toHaveLength(2);
    expect(new Set(waiting.map((job) => job.data.tenantId))).toEqual(new Set([one, two]));
    await Promise.all(waiting.map((job) => job.remove()));
  });

  it('rejects in time when Redis is away', async () => {
    const away = createProducer({ redisUrl: `redis://127.0.0.1:${await freePort()}`, timeoutMs: 200 });
    const started = performance.now();
    await expect(away.enqueue('mail.send', letter)).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(3_000);
    await away.close();
  });
});

describe('the tables', () => {
  it('put every job on exactly one queue', () => {
    expect(QUEUES.flatMap(jobsOn).sort()).toEqual(Object.keys(JOB_RULES).sort());
  });

  it('pause longer with each try, up to the cap', () => {
    const pauses = [1, 2, 3, 4, 50].map((made) => retryDelayMs('usage.ingest', made, 0));
    expect(pauses).toEqual([200, 400, 800, 1600, 30_000]);
    expect(retryDelayMs('usage.ingest', 1, 1)).toBe(160);
  });
});
