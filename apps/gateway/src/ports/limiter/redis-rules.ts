import { isMetered } from '@parley/contracts/policies/limits';
import type { Clock } from '@parley/kernel/clock';
import type { Redis, Result } from 'ioredis';
import { type Decision, NotSent } from './decide.ts';
import {
  type Amounts,
  type CompiledRule,
  type Counters,
  costOf,
  HOLD_MS,
  heldKeys,
  holdsKey,
  meteredRules,
  type RuleDecision,
  type RuleStore,
  slotsOf,
} from './rule.ts';
import { GIVE_BACK_ALL, RENEW, RENEW_HELD, SETTLE, TAKE_ALL, TAKE_ALL_AT } from './take-all.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    parleyTakeAll(keys: number, ...args: (string | number)[]): Result<number[], Context>;
    parleyTakeAllAt(keys: number, ...args: (string | number)[]): Result<number[], Context>;
    parleyRenew(key: string, ...args: (string | number)[]): Result<number, Context>;
    parleyRenewHeld(key: string, ...args: (string | number)[]): Result<number, Context>;
    parleySettle(counter: string, holds: string, call: string, took: number): Result<number, Context>;
    parleyGiveBackAll(keys: number, ...args: (string | number)[]): Result<number, Context>;
  }
}

/** How often a calendar period is looked up anew for a server whose date is not this node's. */
const MAX_REBASES = 3;

/** Counters of plans and rules in Redis, decided by its clock in one script. */
export class RedisRuleStore implements RuleStore {
  readonly holdMs: number;
  readonly #redis: Redis;
  readonly #clock: Clock | null;
  /** The server's clock less this node's. */
  #aheadMs = 0;

  /** A `clock` takes the place of the server's, and holds may be shorter: for tests. */
  constructor(redis: Redis, { clock = null, holdMs = HOLD_MS }: { clock?: Clock | null; holdMs?: number } = {}) {
    this.#redis = redis;
    this.#clock = clock;
    this.holdMs = holdMs;
    redis.defineCommand('parleyTakeAll', { lua: TAKE_ALL });
    redis.defineCommand('parleyTakeAllAt', { lua: TAKE_ALL_AT });
    redis.defineCommand('parleyRenew', { numberOfKeys: 1, lua: RENEW });
    redis.defineCommand('parleyRenewHeld', { numberOfKeys: 1, lua: RENEW_HELD });
    redis.defineCommand('parleySettle', { numberOfKeys: 2, lua: SETTLE });
    redis.defineCommand('parleyGiveBackAll', { lua: GIVE_BACK_ALL });
  }

  async take(counters: Counters, want: number, spare: number): Promise<RuleDecision> {
    for (let tries = 0; ; tries++) {
      const nowMs = Date.now() + this.#aheadMs;
      const reply = await this.#send(takeArguments(counters, want, spare, nowMs, this.holdMs));
      if (reply[0] !== -1) return decisionOf(counters, reply);
      if (tries === MAX_REBASES) throw new Error('the calendar period of a quota cannot be found');
      this.#aheadMs = (reply[1] as number) - Date.now();
    }
  }

  async giveBack(counters: Counters, unused: number, decision: Decision): Promise<void> {
    if (this.#redis.status !== 'ready') throw new NotSent();
    const { planKey, planLimits, rules, keys } = counters;
    const args: (string | number)[] = [planKey, ...keys, unused, planLimits.length];
    planLimits.forEach((limit, i) => {
      args.push(limit.windowSeconds, decision.windows[i]?.resetMs ?? 0);
    });
    for (const rule of rules) args.push(rule.kind, ...placeOf(rule, decision.serverMs));
    await this.#redis.parleyGiveBackAll(1 + keys.length, ...args);
  }

  async renew(running: readonly Counters[]): Promise<void> {
    const counting = holdersBy(running, heldKeys);
    const holding = holdersBy(running, (counters) => meteredRules(counters).map(({ key }) => holdsKey(key)));
    await Promise.all([
      ...[...counting].map(([key, calls]) => this.#redis.parleyRenew(key, this.holdMs, ...calls)),
      ...[...holding].map(([key, calls]) => this.#redis.parleyRenewHeld(key, this.holdMs, ...calls)),
    ]);
  }

  async release(counters: Counters, used: Amounts | null): Promise<void> {
    const { holder } = counters;
    const settled = used === null ? [] : meteredRules(counters);
    await Promise.all([
      ...heldKeys(counters).map((key) => this.#redis.zrem(key, holder)),
      ...settled.map(({ rule, key }) =>
        this.#redis.parleySettle(key, holdsKey(key), holder, costOf(rule, used as Amounts)),
      ),
    ]);
  }

  #send(args: (string | number)[]): Promise<number[]> {
    const [keys, ...rest] = args as [number, ...(string | number)[]];
    return this.#clock === null
      ? this.#redis.parleyTakeAll(keys, ...rest)
      : this.#redis.parleyTakeAllAt(keys, ...rest, this.#clock.nowMs());
  }
}

/** Calls by the keys they hold something in. */
function holdersBy(running: readonly Counters[], keysOf: (counters: Counters) => string[]): Map<string, string[]> {
  const holders = new Map<string, string[]>();
  for (const counters of running) {
    for (const key of keysOf(counters)) {
      const calls = holders.get(key);
      if (calls) calls.push(counters.holder);
      else holders.set(key, [counters.holder]);
    }
  }
  return holders;
}

function takeArguments(
  counters: Counters,
  want: number,
  spare: number,
  nowMs: number,
  holdMs: number,
): (string | number)[] {
  const { planKey, planLimits, rules, keys, holder, amounts } = counters;
  const holds = meteredRules(counters).map(({ key }) => holdsKey(key));
  const args: (string | number)[] = [1 + keys.length + holds.length, planKey, ...keys, ...holds];
  args.push(want, spare, planLimits.length, rules.length, holder, holdMs);
  for (const limit of planLimits) args.push(limit.requests, limit.windowSeconds);
  let metered = 1 + keys.length;
  for (const rule of rules) {
    const holdsAt = isMetered(rule.counts) ? ++metered : 0;
    args.push(rule.kind, rule.shadow ? 1 : 0, rule.amount, costOf(rule, amounts), ...numbersOf(rule, nowMs), holdsAt);
  }
  return args;
}

function numbersOf(rule: CompiledRule, nowMs: number): readonly [number, number, number] {
  if (rule.kind === 'concurrency') return [0, 0, 0];
  if (rule.kind === 'quota' && rule.calendar !== null) return rule.calendar.around(nowMs);
  if (rule.kind === 'window') return [rule.periodMs, 0, 0];
  if (rule.kind === 'gcra') return [rule.periodMs, rule.burst, 0];
  const { slotMs, slots } = slotsOf(rule);
  return [slotMs, slots, 0];
}

/** Where a call of that moment was counted. */
function placeOf(rule: CompiledRule, atMs: number): readonly [number, number] {
  if (rule.kind === 'concurrency') return [0, 0];
  if (rule.kind === 'quota' && rule.calendar !== null) return [rule.calendar.around(atMs)[0], 0];
  if (rule.kind === 'window') return [Math.floor(atMs / rule.periodMs) * rule.periodMs, 0];
  const { slotMs, slots } = slotsOf(rule);
  return [Math.floor(atMs / slotMs), slots];
}

function decisionOf({ planLimits, rules }: Counters, reply: readonly number[]): RuleDecision {
  const windows: { remaining: number; resetMs: number }[] = [];
  const missed: number[] = [];
  const held: number[] = [];
  for (let i = 0; i < planLimits.length + rules.length; i++) {
    windows.push({ remaining: reply[3 + i * 4] as number, resetMs: reply[4 + i * 4] as number });
    if (i < planLimits.length) continue;
    missed.push(reply[5 + i * 4] as number);
    held.push(reply[6 + i * 4] as number);
  }
  return {
    granted: reply[0] as number,
    serverMs: reply[1] as number,
    leaseUntilMs: reply[2] as number,
    windows,
    missed,
    held,
  };
}
