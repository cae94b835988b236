import { limitEpochSchema } from '@parley/contracts/limit-epoch';
import { isMetered } from '@parley/contracts/policies/limits';
import { redisKeys } from '@parley/contracts/redis-keys';
import type { Clock } from '@parley/kernel/clock';
import type { Redis, Result } from 'ioredis';
import { type Decision, NotSent } from './decide.ts';
import { RENEW, RENEW_HELD, SETTLE, SWEEP_HELD } from './hold-scripts.ts';
import {
  type CompiledRule,
  type Counters,
  CountersLost,
  costOf,
  type EndedCall,
  HOLD_MS,
  heldKeys,
  holdsKey,
  meteredRules,
  type Orphans,
  type RuleDecision,
  type RuleStore,
  type RunningCounters,
  slotsOf,
} from './rule.ts';
import { GIVE_BACK_ALL, TAKE_ALL, TAKE_ALL_AT } from './take-all.ts';

/** Numbers, and at the end what the marker says. */
type Reply = readonly (number | string)[];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    parleyTakeAll(keys: number, ...args: (string | number)[]): Result<Reply, Context>;
    parleyTakeAllAt(keys: number, ...args: (string | number)[]): Result<Reply, Context>;
    parleyRenew(key: string, ...args: (string | number)[]): Result<number, Context>;
    parleyRenewHeld(
      held: string,
      counter: string,
      marker: string,
      ...args: (string | number)[]
    ): Result<number, Context>;
    parleySweepHeld(held: string, counter: string): Result<[number, number, number], Context>;
    parleySettle(keys: number, ...args: (string | number)[]): Result<number, Context>;
    parleyGiveBackAll(keys: number, ...args: (string | number)[]): Result<number, Context>;
  }
}

/** How often a calendar period is looked up anew for a server whose date is not this node's. */
const MAX_REBASES = 3;
/** A marker is set anew at times, so that those of subscriptions long gone do not stay. */
const MARKER_SECONDS = 35 * 86_400;
/** How often a node says which counters its calls hold something of, while they do. */
const SAY_AGAIN_MS = 60_000;
/** Counters swept in one go. */
const SWEPT_AT_ONCE = 1000;
/** More of them than this are not remembered as said: they are said each time. */
const MOST_SAID = 50_000;

export interface RedisRuleOptions {
  /** In the place of the server's, for tests. */
  readonly clock?: Clock | null;
  readonly holdMs?: number;
  /** Hears that the store has lost counters that must be restored. */
  readonly onLost?: () => void;
}

/** Counters of plans and rules in Redis, decided by its clock in one script. */
export class RedisRuleStore implements RuleStore {
  readonly holdMs: number;
  readonly #redis: Redis;
  readonly #clock: Clock | null;
  readonly #onLost: () => void;
  /** When this node last said that it holds something of a counter. */
  readonly #said = new Map<string, number>();
  /** The server's clock less this node's. */
  #aheadMs = 0;

  constructor(redis: Redis, { clock = null, holdMs = HOLD_MS, onLost = () => {} }: RedisRuleOptions = {}) {
    this.#redis = redis;
    this.#onLost = onLost;
    this.#clock = clock;
    this.holdMs = holdMs;
    redis.defineCommand('parleyTakeAll', { lua: TAKE_ALL });
    redis.defineCommand('parleyTakeAllAt', { lua: TAKE_ALL_AT });
    redis.defineCommand('parleyRenew', { numberOfKeys: 1, lua: RENEW });
    redis.defineCommand('parleyRenewHeld', { numberOfKeys: 3, lua: RENEW_HELD });
    redis.defineCommand('parleySweepHeld', { numberOfKeys: 2, lua: SWEEP_HELD });
    redis.defineCommand('parleySettle', { lua: SETTLE });
    redis.defineCommand('parleyGiveBackAll', { lua: GIVE_BACK_ALL });
  }

  async take(counters: Counters, want: number, spare: number): Promise<RuleDecision> {
    for (let tries = 0; ; tries++) {
      const nowMs = Date.now() + this.#aheadMs;
      const reply = await this.#send(takeArguments(counters, want, spare, nowMs, this.holdMs));
      if ((reply[0] as number) >= 0) {
        this.#say(counters);
        return decisionOf(counters, reply);
      }
      if (tries === MAX_REBASES) throw new Error('the calendar period of a quota cannot be found');
      if (reply[0] === -1) this.#aheadMs = (reply[1] as number) - Date.now();
      else await this.#mark(counters);
    }
  }

  /** A slot without a marker is new where the store has lost nothing; else what it held is to be restored first. */
  async #mark({ marker }: Counters): Promise<void> {
    const epoch = await this.#redis.get(redisKeys.limitEpoch);
    if (epoch === null || marker === undefined) {
      this.#onLost();
      throw new CountersLost();
    }
    const { id } = limitEpochSchema.parse(JSON.parse(epoch));
    await this.#redis.set(marker, id, 'EX', MARKER_SECONDS, 'NX');
  }

  /** Says which counters the call holds something of, so that any node finds it should this one die. Not waited for. */
  #say(counters: Counters): void {
    // Holds by another clock are nothing for nodes that go by the server's.
    if (this.#clock !== null) return;
    const now = performance.now();
    const fresh = meteredRules(counters).filter(
      ({ key }) => now - (this.#said.get(key) ?? -SAY_AGAIN_MS) >= SAY_AGAIN_MS,
    );
    if (fresh.length === 0) return;
    if (this.#said.size >= MOST_SAID) this.#said.clear();
    for (const { key } of fresh) this.#said.set(key, now);
    const members = fresh.flatMap(({ key }) => [String(Date.now()), key]);
    this.#redis.zadd(redisKeys.limitHolding, ...members).catch(() => {
      for (const { key } of fresh) this.#said.delete(key);
    });
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

  async renew(running: readonly RunningCounters[]): Promise<void> {
    const counting = new Map<string, string[]>();
    const holding = new Map<string, { readonly marker: string; readonly args: (string | number)[] }>();
    for (const { counters, atMs, epoch } of running) {
      for (const key of heldKeys(counters)) {
        const calls = counting.get(key) ?? [];
        calls.push(counters.holder);
        counting.set(key, calls);
      }
      for (const { rule, key } of meteredRules(counters)) {
        const held = holding.get(key) ?? { marker: counters.marker ?? `${key}:epoch`, args: [] };
        const known = counters.marker !== undefined && rule.restored ? epoch : '';
        held.args.push(counters.holder, placeOf(rule, atMs)[0], costOf(rule, counters.amounts), known);
        holding.set(key, held);
      }
      this.#say(counters);
    }
    await Promise.all([
      ...[...counting].map(([key, calls]) => this.#redis.parleyRenew(key, this.holdMs, ...calls)),
      ...[...holding].map(([key, { marker, args }]) =>
        this.#redis.parleyRenewHeld(holdsKey(key), key, marker, this.holdMs, ...args),
      ),
    ]);
  }

  async sweep(): Promise<readonly Orphans[]> {
    // One node at a time is enough.
    if ((await this.#redis.set(redisKeys.limitSweeping, '1', 'PX', Math.ceil(this.holdMs / 4), 'NX')) === null)
      return [];
    const found: Orphans[] = [];
    const keys = await this.#redis.zrange(redisKeys.limitHolding, '0', String(SWEPT_AT_ONCE - 1));
    // Those that nobody has spoken of for long, and that hold nothing, need not be looked at again.
    const oldMs = Date.now() - 2 * SAY_AGAIN_MS;
    for (const counter of keys) {
      const [calls, amount, left] = await this.#redis.parleySweepHeld(holdsKey(counter), counter);
      if (calls > 0) found.push({ counter, calls, amount });
      if (left === 0) await this.#forgetHolding(counter, oldMs);
      else if (keys.length === SWEPT_AT_ONCE)
        await this.#redis.zadd(redisKeys.limitHolding, 'XX', String(Date.now()), counter);
    }
    return found;
  }

  async #forgetHolding(counter: string, beforeMs: number): Promise<void> {
    const said = await this.#redis.zscore(redisKeys.limitHolding, counter);
    if (said !== null && Number(said) < beforeMs) await this.#redis.zrem(redisKeys.limitHolding, counter);
  }

  async release(ended: readonly EndedCall[]): Promise<void> {
    const running = new Map<string, string[]>();
    /** By slot: one script takes keys of one slot only. */
    const settled = new Map<string, { readonly keys: string[]; readonly took: (string | number)[] }>();
    for (const { counters, used } of ended) {
      const { holder, planKey } = counters;
      for (const key of heldKeys(counters)) entry(running, key, () => []).push(holder);
      if (used === null) continue;
      for (const { rule, key } of meteredRules(counters)) {
        const { keys, took } = entry(settled, planKey, () => ({ keys: [], took: [] }));
        keys.push(key, holdsKey(key));
        took.push(holder, costOf(rule, used));
      }
    }
    await Promise.all([
      ...[...running].map(([key, holders]) => this.#redis.zrem(key, ...holders)),
      ...[...settled.values()].map(({ keys, took }) => this.#redis.parleySettle(keys.length, ...keys, ...took)),
    ]);
  }

  #send(args: (string | number)[]): Promise<Reply> {
    const [keys, ...rest] = args as [number, ...(string | number)[]];
    return this.#clock === null
      ? this.#redis.parleyTakeAll(keys, ...rest)
      : this.#redis.parleyTakeAllAt(keys, ...rest, this.#clock.nowMs());
  }
}

function entry<Value>(map: Map<string, Value>, key: string, first: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = first()));
  return value;
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
  const keyed = [planKey, ...keys, ...holds];
  if (counters.marker !== undefined) keyed.push(counters.marker);
  const args: (string | number)[] = [keyed.length, ...keyed];
  const markerAt = counters.marker === undefined ? 0 : keyed.length;
  args.push(want, spare, planLimits.length, rules.length, holder, holdMs, markerAt);
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

function decisionOf({ planLimits, rules }: Counters, reply: Reply): RuleDecision {
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
    epoch: `${reply.at(-1)}`,
  };
}
