import { afterEach, beforeEach, expect, it } from 'vitest';
import { type TestWorker, testWorker } from '../test/test-worker.ts';
import { watchRedis } from './redis-watch.ts';
import { applySchedules, mendSchedules } from './schedules.ts';

let worker: TestWorker;
beforeEach(() => {
  worker = testWorker();
});
afterEach(() => worker.close());

const TEN_MINUTES_MS = 600_000;
const mended = () => mendSchedules(worker.redis, worker.queuePrefix, Date.now());
const every5s = async (): Promise<number> =>
  Number(await worker.redis.zscore(`${worker.queuePrefix}:rollup:repeat`, 'rollup-new-events'));

it('schedules that are there are left alone, and those Redis has lost are written again', async () => {
  await applySchedules(worker.redis, worker.queuePrefix);
  await applySchedules(worker.redis, worker.queuePrefix);
  expect(await mended()).toEqual([]);
  await worker.redis.zrem(`${worker.queuePrefix}:rollup:repeat`, 'checks');
  expect(await mended()).toEqual(['checks']);
  expect(await mended()).toEqual([]);
});

it('what a clock that was ahead put far away is done soon again', async () => {
  const realNow = Date.now;
  try {
    Date.now = () => realNow() + TEN_MINUTES_MS;
    await applySchedules(worker.redis, worker.queuePrefix);
  } finally {
    Date.now = realNow;
  }
  expect(await every5s()).toBeGreaterThan(Date.now() + TEN_MINUTES_MS / 2);
  const watch = watchRedis(worker, 20);
  try {
    await expect.poll(every5s, { timeout: 5_000 }).toBeLessThan(Date.now() + 60_000);
  } finally {
    await watch.stop();
  }
  const jobs = await worker.queue('rollup').getDelayed();
  const far = jobs.filter(
    ({ name, timestamp, delay }) => name === 'usage.rollup' && timestamp + delay > Date.now() + 60_000,
  );
  expect(far.map(({ id }) => id)).toEqual([]);
});
