import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { kill } from '../src/kill.ts';
import { withQueue } from '../src/queues.ts';
import { running } from '../src/running.ts';
import { troubleWebhooks } from './payments.ts';

/** A blow to the running product; what keeps it running is its own business. */
export interface Fault {
  readonly name: string;
  strike(): Promise<void> | void;
}

const TEN_MINUTES_MS = 600_000;
/** A repeated job comes up to this much later than it would have. */
const LATEST_MS = 20_000;

const killed = (name: string): Fault => ({ name: `kill -9 ${name}`, strike: () => kill(name) });

/** Everything Redis knows is gone at once: queues, counters, configuration, receipts. */
async function loseRedis(): Promise<void> {
  const { hostname, port, password } = new URL(running().redisUrl);
  const socket = connect({ host: hostname, port: Number(port) });
  const words = [...(password === '' ? [] : [`AUTH ${decodeURIComponent(password)}`]), 'FLUSHALL', 'QUIT'];
  socket.end(`${words.join('\r\n')}\r\n`);
  await new Promise<void>((resolve, reject) => {
    socket.once('close', () => resolve()).once('error', reject);
    socket.resume();
  });
}

/** Jobs that wait or run are put into their queue once more, each later and in another order. */
async function repeatJobs(): Promise<void> {
  for (const name of ['usage', 'rollup', 'maintenance']) {
    await withQueue(name, async (queue) => {
      // Of a schedule only the jobs it makes are repeated, never the schedule.
      for (const job of await queue.getJobs(['waiting', 'active', 'delayed', 'completed'], 0, 200)) {
        const jobId = `again-${Math.random().toString(36).slice(2)}`;
        const delay = Math.floor(Math.random() * LATEST_MS);
        await queue.add(job.name, job.data, { jobId, delay, removeOnComplete: true });
      }
    });
  }
}

/** Gateways and worker live in different times, up to ten minutes from ours. */
function shiftClocks(file: string, shifts: Readonly<Record<string, number>>): Fault {
  const words = Object.entries(shifts).map(([name, ms]) => `${name} ${ms / 60_000} min`);
  return { name: `clocks: ${words.join(', ') || 'right'}`, strike: () => writeFileSync(file, JSON.stringify(shifts)) };
}

/** All faults in the order they strike, over and over. `clockFile`: read by `shifted-clock.mjs` in every process. */
export function faults(clockFile: string): readonly Fault[] {
  const gateways = Object.keys(running().pids).filter((name) => name.startsWith('gateway'));
  return [
    ...gateways.map(killed),
    { name: 'jobs repeated, late, in another order', strike: repeatJobs },
    killed('worker'),
    { name: 'webhooks doubled, late, reordered, lost, badly signed', strike: troubleWebhooks },
    shiftClocks(clockFile, { 'gw-1': TEN_MINUTES_MS, worker: -TEN_MINUTES_MS }),
    killed('postgres'),
    { name: 'jobs repeated, late, in another order', strike: repeatJobs },
    killed('redis'),
    killed('stripe-simulator'),
    shiftClocks(clockFile, { 'gw-1': -TEN_MINUTES_MS, 'gw-2': TEN_MINUTES_MS, worker: TEN_MINUTES_MS }),
    { name: 'all of Redis lost', strike: loseRedis },
    shiftClocks(clockFile, {}),
  ];
}
