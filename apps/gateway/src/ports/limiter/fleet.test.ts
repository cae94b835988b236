import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LimitRule, limitRuleSchema } from '@parley/contracts/policies/limits';
import { redisKeys } from '@parley/contracts/redis-keys';
import { parseEnv } from '@parley/env/parse';
import { storesEnv } from '@parley/env/stores';
import { newId } from '@parley/kernel/id';
import { noopLogger } from '@parley/telemetry/logger';
import { startChild } from '@parley/testkit/child';
import { freePort } from '@parley/testkit/free-port';
import { waitFor } from '@parley/testkit/wait-for';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { compileRule } from '../../policies/limits/compile-rule.ts';
import { RedisRuleStore } from './redis-rules.ts';
import { type Counters, leasable, NO_AMOUNTS } from './rule.ts';
import { type RuleCall, RuleLimiter } from './rule-limiter.ts';
import { StoreWatch } from './store-watch.ts';

const REDIS = parseEnv(storesEnv).REDIS_URL;
let redis: Redis;
const closers: (() => unknown)[] = [];
beforeAll(() => {
  redis = new Redis(REDIS);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(() => redis.disconnect());

/** A limiter as a node has it, with a connection of its own that fails at once while Redis is away. */
function node(url = REDIS): RuleLimiter {
  const own = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 20,
  });
  own.on('error', () => {});
  const limiter = new RuleLimiter(new RedisRuleStore(own), new StoreWatch(noopLogger), noopLogger);
  closers.push(
    () => own.disconnect(),
    () => limiter.close(),
  );
  return limiter;
}

function callOf(inputs: readonly object[]): RuleCall & { counters(): Counters } {
  const rules = inputs.map((input) => compileRule(limitRuleSchema.parse(input), newId(), 'UTC'));
  const planKey = redisKeys.limit(newId(), newId());
  const keys = rules.map(({ identity }) => `${planKey}:${identity}`);
  const counters = { planKey, planLimits: [], rules, keys, holder: newId(), amounts: NO_AMOUNTS };
  return {
    name: planKey,
    counters: () => counters,
    set: {
      limits: rules.map((rule) => ({ requests: rule.amount, windowSeconds: 1, rule })),
      policyHeader: '',
      empty: false,
      single: false,
      holds: false,
      leases: rules.every(leasable),
      openWhenDown: false,
    },
  };
}

/** Whether a call is let through; `null` when that cannot be told. */
async function ask(on: RuleLimiter, call: RuleCall): Promise<boolean | null> {
  const verdict = on.tryLocal(call) ?? (await on.admit(call));
  return 'failed' in verdict ? verdict.failed === -1 : null;
}

/** Offers calls on all nodes at once, 24 at a time; how many were let through and how many not decided. */
async function offer(nodes: readonly RuleLimiter[], call: RuleCall, offered: number, outage?: () => Promise<void>) {
  const found = { admitted: 0, undecided: 0 };
  let left = offered;
  let over: Promise<void> | undefined;
  const width = Math.ceil(24 / nodes.length);
  async function work(on: RuleLimiter): Promise<void> {
    while (left-- > 0) {
      if (outage && left < offered * 0.75) over ??= outage();
      const admitted = await ask(on, call);
      if (admitted) {
        found.admitted++;
        // Calls go on until one has met the outage.
        if (over && found.undecided === 0) left++;
      } else if (admitted === null) {
        found.undecided++;
        left++;
        await over;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  await Promise.all(nodes.flatMap((on) => Array.from({ length: width }, () => work(on))));
  return found;
}

const LIMIT = 400;
const KINDS: readonly (readonly [LimitRule['algorithm'], object])[] = [
  ['sliding', { algorithm: 'sliding', amount: LIMIT, periodSeconds: 3600 }],
  ['quota', { algorithm: 'quota', amount: LIMIT, every: 'month', scope: 'api' }],
];

describe.each([1, 3, 9])('%i nodes', (count) => {
  it.each(KINDS.flatMap(([kind, rule]) => [0.9, 1, 1.5, 3].map((load) => [kind, load, rule] as const)))(
    '%s under %d × its limit: nothing over, at most one in a hundred under',
    async (_kind, load, rule) => {
      const nodes = Array.from({ length: count }, () => node());
      const allowed = Math.min(LIMIT, LIMIT * load);
      await waitFor('the connections', async () => (await ask(nodes.at(-1) as RuleLimiter, callOf([rule]))) === true);
      const { admitted } = await offer(nodes, callOf([rule]), LIMIT * load);
      expect(admitted).toBeLessThanOrEqual(allowed);
      expect(admitted).toBeGreaterThanOrEqual(allowed * 0.99);
    },
  );

  it('gcra: never more than the burst and what flows in meanwhile', async () => {
    const nodes = Array.from({ length: count }, () => node());
    const call = callOf([{ algorithm: 'gcra', amount: 200, periodSeconds: 1, burst: 20 }]);
    const startedAt = performance.now();
    const { admitted } = await offer(nodes, call, 600);
    const seconds = (performance.now() - startedAt) / 1000;
    expect(admitted).toBeLessThanOrEqual(20 + 200 * seconds + 1);
    expect(admitted).toBeGreaterThanOrEqual(20);
  });
});

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill('SIGTERM');
  await once(server, 'exit');
}

/** The server the tests run on, for one of our own that can be killed; there is none where Redis is elsewhere. */
async function serverFile(): Promise<string | null> {
  const file = /executable:(.+)\r/.exec(await redis.info('server'))?.[1] ?? '';
  return existsSync(file) ? file : null;
}

it('Redis killed and started again in the middle: nothing over, at most 1 % under', async ({ skip }) => {
  const file = await serverFile();
  if (file === null) return skip('Redis runs elsewhere');
  const dir = mkdtempSync(join(tmpdir(), 'parley-limits-'));
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  const port = await freePort();
  const start = (): ChildProcess => {
    const args = ['--port', `${port}`, '--dir', dir, '--appendonly', 'yes', '--save', '', '--bind', '127.0.0.1'];
    const started = spawn(file, args, { stdio: 'ignore' });
    closers.push(() => ended(started));
    return started;
  };
  let server = start();
  const nodes = Array.from({ length: 3 }, () => node(`redis://127.0.0.1:${port}`));
  const amount = 20_000;
  const rules = KINDS.map(([, rule]) => ({ ...rule, amount }));
  for (const on of nodes) await waitFor('a connection', async () => (await ask(on, callOf(rules))) === true);
  const { admitted, undecided } = await offer(nodes, callOf(rules), amount * 1.5, async () => {
    await ended(server);
    server = start();
  });
  expect(undecided).toBeGreaterThan(0);
  expect(admitted).toBeLessThanOrEqual(amount);
  expect(admitted).toBeGreaterThanOrEqual(amount * 0.99);
});

it('what a killed node held comes back when its hold lapses, and not while it lives', async () => {
  const [holdMs, rule] = [900, { algorithm: 'concurrency', amount: 1 }];
  const counters = callOf([rule]).counters();
  const script = new URL('../../../test/hold-child.ts', import.meta.url).pathname;
  const child = await startChild(script, {
    args: [REDIS, JSON.stringify({ ...counters, holder: 'child' }), `${holdMs}`],
  });
  closers.push(() => child.kill());
  await child.waitForLine(/^holds 1$/);
  const store = new RedisRuleStore(redis, { holdMs });
  const take = async (): Promise<boolean> => (await store.take(counters, 1, 0)).granted === 1;
  const bornAt = performance.now();
  await waitFor('three holds to have lapsed but for their renewal', async () => {
    expect(await take()).toBe(false);
    return performance.now() - bornAt > 3 * holdMs;
  });
  await child.kill('SIGKILL');
  await waitFor('the hold to lapse', take);
});
