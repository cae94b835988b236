import { setTimeout as wait } from 'node:timers/promises';
import { passiveHealthOptions, type UpstreamOptions } from '@parley/contracts/upstream-options';
import type { Logger } from '@parley/telemetry/logger';
import type { Exchange } from '../exchange.ts';
import type { CompiledUpstream } from '../snapshot/compiled.ts';
import type { Clients } from '../wire/clients.ts';
import { makePicker, type Picker } from './balance/picker.ts';
import { noteLatency } from './balance/pickers.ts';
import { configuredPlaces } from './balance/places.ts';
import { Target, type TargetPlace, targetKey } from './balance/target.ts';
import { Discovery } from './discovery/discovery.ts';
import { type DiscoveryTools, discoverySource, placesOf } from './discovery/make-discovery.ts';
import { Guards } from './guards.ts';
import { ActiveHealth } from './health/active-health.ts';
import { isFit, PassiveHealth } from './health/passive-health.ts';
import type { CallPool } from './http1/connection.ts';
import type { Upstreams } from './pool.ts';

/** What a group needs of its process. */
export interface GroupTools extends DiscoveryTools {
  readonly upstreams: Upstreams;
  readonly clients: Clients;
  readonly log: Logger;
}

const DEFAULT_PASSIVE = passiveHealthOptions.parse({});
/** What a failed call adds to a target's latency, so that one which fails fast does not look quick. */
const FAILURE_PENALTY_MS = 1000;

function passiveOf(options: UpstreamOptions, count: number): PassiveHealth | null {
  const { passiveHealth } = options;
  if (passiveHealth === null || (passiveHealth === undefined && count < 2)) return null;
  return new PassiveHealth(passiveHealth ?? DEFAULT_PASSIVE);
}

function textOf({ origin, basePath, options, discoveryToken }: CompiledUpstream): string {
  return JSON.stringify([origin, basePath, options, discoveryToken]);
}

/**
 * The targets behind one upstream on this node, and what is known of them: which are fit, how busy, how quick. Outlives
 * changes of configuration, so that a new route does not forget who is sick.
 */
export class Group {
  upstream: CompiledUpstream;
  readonly guards: Guards;
  lastUsedAt = 0;
  readonly #tools: GroupTools;
  #text: string;
  #targets: Target[] = [];
  /** Fit targets of the best priority, as of `#refreshAt`'s last passing. */
  #fit: Target[] = [];
  #refreshAt = 0;
  #picker: Picker;
  #passive: PassiveHealth | null;
  #active: ActiveHealth | null = null;
  #discovery: Discovery | null = null;
  #ready: Promise<unknown> | null = null;

  constructor(upstream: CompiledUpstream, options: UpstreamOptions, tools: GroupTools) {
    this.upstream = upstream;
    this.guards = new Guards(options);
    this.#tools = tools;
    this.#text = textOf(upstream);
    this.#passive = null;
    this.#picker = makePicker(options.balance ?? { kind: 'roundRobin' }, tools.clients);
    this.#find(options);
    this.#watch(options);
  }

  /** Takes on a newer configuration; targets it still names keep what is known of them. */
  adopt(upstream: CompiledUpstream, options: UpstreamOptions): void {
    if (upstream.order <= this.upstream.order) return;
    this.upstream = upstream;
    const text = textOf(upstream);
    if (text === this.#text) return;
    this.#text = text;
    this.guards.adopt(options);
    this.#picker = makePicker(options.balance ?? { kind: 'roundRobin' }, this.#tools.clients);
    this.#find(options);
    this.#watch(options);
  }

  /** Stops what it does by itself. */
  close(): void {
    this.#active?.close();
    this.#discovery?.close();
  }

  /** Something to wait for while the first targets are being discovered, bounded by the time to connect; else `null`. */
  get ready(): Promise<unknown> | null {
    return this.#ready;
  }

  get targets(): readonly Target[] {
    return this.#targets;
  }

  /**
   * A target for one try of a call, preferably not one of `tried`; its place there is taken until `leave`. `null` when
   * none is fit. One that is out of ejection and not yet proven good is on trial: `ejectedUntil` is not 0.
   */
  choose(exchange: Exchange, tried: readonly Target[], nowMs: number): Target | null {
    if (nowMs >= this.#refreshAt) this.#refresh(nowMs);
    let candidates = this.#fit;
    if (tried.length > 0) {
      const fresh = candidates.filter((target) => !tried.includes(target));
      if (fresh.length > 0) candidates = fresh;
    }
    const [only] = candidates;
    if (only === undefined) return null;
    const target = candidates.length === 1 ? only : this.#picker.pick(candidates, exchange);
    target.inFlight++;
    if (target.ejectedUntil !== 0) {
      target.probing = true;
      this.#refreshAt = 0;
    }
    return target;
  }

  pool(target: Target): CallPool {
    const { connectMs } = this.upstream.timeouts;
    if (this.guards.options.http2) return this.#tools.upstreams.h2(target.origin, connectMs, target.host);
    return this.#tools.upstreams.pool(target.origin, this.upstream.timeouts.connectMs, target.host);
  }

  cookieFor(target: Target, exchange: Exchange): string | null {
    return this.#picker.cookieFor(target, exchange);
  }

  /** Whether an answer with this status speaks against its target. */
  isFailure(status: number): boolean {
    return this.#passive?.isFailure(status) ?? false;
  }

  /** A try was answered, or failed, after this time. */
  judge(target: Target, good: boolean, trial: boolean, latencyMs: number, nowMs: number): void {
    noteLatency(target, good ? latencyMs : latencyMs + FAILURE_PENALTY_MS, nowMs);
    const changed = good ? this.#passive?.good(target, trial) : this.#passive?.bad(target, trial, this.#targets, nowMs);
    if (changed) this.#refreshAt = 0;
  }

  /** A try is over. */
  leave(target: Target, trial: boolean): void {
    target.inFlight--;
    if (!trial || !target.probing) return;
    target.probing = false;
    this.#refreshAt = 0;
  }

  /** Takes the targets that are configured, or begins to discover them; until the first are found those before stay. */
  #find(options: UpstreamOptions): void {
    const { upstream } = this;
    this.#discovery?.close();
    this.#discovery = null;
    this.#ready = null;
    if (options.discovery === undefined) return this.#place(configuredPlaces(upstream, options), options);
    this.#place(this.#targets, options);
    const discovery = new Discovery(
      discoverySource(options.discovery, upstream, this.#tools),
      (found) => this.#place(placesOf(found, upstream, this.#tools.check), options),
      this.#tools.log,
    );
    this.#discovery = discovery;
    const first = Promise.race([discovery.first, wait(upstream.timeouts.connectMs, undefined, { ref: false })]);
    this.#ready = this.#targets.length > 0 ? null : first;
    void first.then(() => {
      if (this.#discovery === discovery) this.#ready = null;
    });
  }

  /** Begins the active checks that the options ask for, in place of those before. */
  #watch({ activeHealth }: UpstreamOptions): void {
    this.#active?.close();
    this.#active = null;
    if (activeHealth === undefined) {
      for (const target of this.#targets) target.sick = false;
      return;
    }
    this.#active = new ActiveHealth(activeHealth, {
      outbound: this.#tools.outbound,
      targets: () => this.#targets,
      onChange: () => {
        this.#refreshAt = 0;
      },
    });
  }

  #place(places: readonly TargetPlace[], options: UpstreamOptions): void {
    const known = new Map(this.#targets.map((target) => [target.key, target]));
    this.#targets = places.map((place) => {
      const target = known.get(targetKey(place));
      if (target === undefined || target.host !== place.host) return new Target(place);
      target.weight = place.weight;
      target.priority = place.priority;
      return target;
    });
    this.#passive = passiveOf(options, places.length);
    this.#picker.prepare(this.#targets);
    this.#refreshAt = 0;
  }

  #refresh(nowMs: number): void {
    const fit = this.#targets.filter((target) => isFit(target, nowMs));
    const best = fit.reduce((least, target) => Math.min(least, target.priority), Number.POSITIVE_INFINITY);
    this.#fit = fit.filter((target) => target.priority === best);
    this.#refreshAt = Number.POSITIVE_INFINITY;
    for (const { ejectedUntil } of this.#targets) {
      if (ejectedUntil > nowMs) this.#refreshAt = Math.min(this.#refreshAt, ejectedUntil);
    }
  }
}
