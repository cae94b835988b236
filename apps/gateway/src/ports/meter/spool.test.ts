import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { UsageEvent } from '@parley/contracts/usage-event';
import { readUsageLines } from '@parley/contracts/usage-lines';
import { newId } from '@parley/kernel/id';
import { noopLogger } from '@parley/telemetry/logger';
import { startChild } from '@parley/testkit/child';
import { waitFor } from '@parley/testkit/wait-for';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usageEvent } from '../../../test/usage-event.ts';
import { memoryJobQueue } from '../job-queue.ts';
import { orphanDirs } from './run-dir.ts';
import { segmentLines } from './segment.ts';
import { Spool, type SpoolOptions } from './spool.ts';

let dir: string;
let committed: Set<string>;
let jobs: ReturnType<typeof memoryJobQueue>;
const spools: Spool[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parley-spool-'));
  committed = new Set();
  jobs = memoryJobQueue();
});
afterEach(async () => {
  for (const spool of spools.splice(0)) await spool.close();
  rmSync(dir, { recursive: true, force: true });
});

function open(more: Partial<SpoolOptions> = {}): Spool {
  const receipts = { committed: async (ids: readonly string[]) => ids.map((id) => committed.has(id)) };
  const spool = new Spool({ dir, node: 'n1', jobs, receipts, log: noopLogger, ...more });
  spools.push(spool);
  return spool;
}
const record = (spool: Spool, event: UsageEvent) =>
  new Promise<UsageEvent>((resolve) => spool.record(event, resolve, event));
const payloads = () =>
  jobs.jobs.map(({ payload }) => {
    const { segmentId, lines } = payload as { segmentId: string; lines: string };
    return { segmentId, events: readUsageLines(lines).events as UsageEvent[] };
  });
const sent = () => payloads().flatMap((payload) => payload.events.map((event) => event.id));
const files = (): string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true })
        .map(String)
        .filter((name) => name.endsWith('.ndjson'))
    : [];
/** Leaves a folder as a process that was killed would. */
function leaveBehind(node: string, lines: string, owner: object = { pid: 2 ** 22 + 1, host: hostname() }): void {
  const run = join(dir, node, newId());
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, 'owner.json'), JSON.stringify(owner));
  writeFileSync(join(run, '00000000.ndjson'), lines);
}

describe('Spool', () => {
  it('calls back only when the event is in the file, with one write for all of a turn', async () => {
    const spool = open();
    const events = Array.from({ length: 50 }, () => usageEvent());
    await Promise.all(
      events.map(async (event) => {
        await record(spool, event);
        const [file] = files();
        expect(readUsageLines(segmentLines(join(dir, file ?? ''))).events).toContainEqual(event);
      }),
    );
    expect(files()).toHaveLength(1);
  });

  it('hands segments over and deletes them only after they are committed', async () => {
    const spool = open();
    const event = usageEvent();
    await record(spool, event);
    const payload = await waitFor('the segment', () => payloads()[0]);
    expect(payload.events).toEqual([event]);
    expect(jobs.jobs[0]).toMatchObject({ name: 'usage.ingest', jobId: payload.segmentId });
    expect(files()).toHaveLength(1);
    committed.add(payload.segmentId);
    await waitFor('the file to go', () => files().length === 0);
    expect(spool.outstanding).toBe(0);
    expect(jobs.jobs).toHaveLength(1);
  });

  it('splits what is more than a segment holds', async () => {
    const spool = open();
    const events = Array.from({ length: 2500 }, () => usageEvent());
    await Promise.all(events.map((event) => record(spool, event)));
    await waitFor('all events', () => sent().length === 2500);
    expect(Math.max(...payloads().map((payload) => payload.events.length))).toBeLessThanOrEqual(1000);
    expect(new Set(sent()).size).toBe(2500);
  });

  it('sends again what is not committed in time', async () => {
    const again: string[] = [];
    jobs.enqueue = async (_name, payload, options) => {
      again.push(options?.jobId ?? '');
      expect(readUsageLines((payload as { lines: string }).lines).events).toHaveLength(1);
    };
    const spool = open({ resendMs: 100 });
    await record(spool, usageEvent());
    await waitFor('three sends', () => again.length >= 3);
    expect(again[1]).toBe(again[0]);
  });

  it('keeps everything while the queue is away', async () => {
    jobs.fail = true;
    const spool = open();
    const events = [usageEvent(), usageEvent()];
    for (const event of events) await record(spool, event);
    await waitFor('the segment to be sealed', () => spool.outstanding > 0);
    jobs.fail = false;
    await waitFor('both events', () => sent().length === 2);
    expect(sent().sort()).toEqual(events.map((event) => event.id).sort());
  });

  it('hands over what earlier runs of any node left behind, torn last line and all', async () => {
    const [mine, neighbours] = [usageEvent(), usageEvent()];
    leaveBehind('n1', `${JSON.stringify(mine)}\n${JSON.stringify(usageEvent()).slice(0, 99)}`);
    leaveBehind('n2', `${JSON.stringify(neighbours)}\n`);
    open();
    await waitFor('both events', () => sent().length === 2);
    expect(sent().sort()).toEqual([mine.id, neighbours.id].sort());
    for (const payload of payloads()) committed.add(payload.segmentId);
    await waitFor('the files to go', () => files().length === 0);
  });

  it('hands over what a neighbour leaves behind when it dies later, and clears up after it, beside another heir', async () => {
    for (const node of ['n1', 'n2']) open({ node, housekeepingMs: 20 });
    const event = usageEvent();
    leaveBehind('n3', `${JSON.stringify(event)}\n`);
    await waitFor('the event', () => sent().includes(event.id));
    for (const payload of payloads()) committed.add(payload.segmentId);
    await waitFor('its folder to go', () => readdirSync(join(dir, 'n3')).length === 0);
    expect(new Set(payloads().map((payload) => payload.segmentId)).size).toBe(1);
    await waitFor('both to be done', () => spools.every((spool) => spool.outstanding === 0));
  });

  it('leaves the folder of a living process alone, here or on another host', async () => {
    leaveBehind('n2', `${JSON.stringify(usageEvent())}\n`, { pid: process.ppid, host: hostname() });
    leaveBehind('n3', `${JSON.stringify(usageEvent())}\n`, { pid: 1, host: 'elsewhere' });
    expect(orphanDirs(dir, '', Date.now())).toEqual([]);
    expect(orphanDirs(dir, '', Date.now() + 61_000)).toHaveLength(1);
  });

  it('refuses more when the disk share is used up, and accepts again when it is not', async () => {
    const spool = open({ maxBytes: 100 });
    expect(spool.accepts()).toBe(true);
    await record(spool, usageEvent());
    await waitFor('the share to be used up', () => !spool.accepts());
    await waitFor('the segment', () => payloads()[0]);
    for (const payload of payloads()) committed.add(payload.segmentId);
    await waitFor('room again', () => spool.accepts());
  });

  it('refuses more when the disk does not take writes, keeps the events, and writes them when it does', async () => {
    const spool = open();
    rmSync(dir, { recursive: true, force: true });
    const event = usageEvent();
    await record(spool, event);
    expect(spool.accepts()).toBe(false);
    mkdirSync(dir, { recursive: true });
    mkdirSync(spool.runDir, { recursive: true });
    await waitFor('writes to work again', () => spool.accepts());
    await waitFor('the event', () => sent().includes(event.id));
    // The tries that failed left no hole in the numbers, which would be taken for lost usage.
    expect(payloads()[0]?.segmentId).toMatch(/-00000000$/);
  });

  it('leaves nothing behind when it is closed with all committed', async () => {
    const spool = open();
    const auto = setInterval(() => {
      for (const payload of payloads()) committed.add(payload.segmentId);
    }, 10);
    await record(spool, usageEvent());
    await waitFor('the segment', () => payloads()[0]);
    await delay(0);
    await spool.close();
    clearInterval(auto);
    expect(sent()).toHaveLength(1);
  });

  it('loses nothing it called back for when the process is killed', async () => {
    const child = await startChild(new URL('../../../test/spool-child.ts', import.meta.url).pathname, { args: [dir] });
    await waitFor('the child to have recorded', () => child.lines.length > 2000, { timeoutMs: 15_000 });
    await child.kill('SIGKILL');
    const safe = child.lines.filter((line) => /^[0-9a-f-]{36}$/.test(line));
    open();
    const allSent = (): boolean => {
      const ids = new Set(sent());
      return safe.every((id) => ids.has(id));
    };
    await waitFor('the left segments', allSent, { timeoutMs: 15_000 });
    expect(new Set(sent()).size).toBe(sent().length);
  }, 40_000);
});
