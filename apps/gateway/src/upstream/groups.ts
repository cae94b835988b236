import type { CompiledUpstream } from '../snapshot/compiled.ts';
import { Group, type GroupTools } from './group.ts';
import { Outbound } from './outbound.ts';

const TIDY_MS = 60_000;
const FORGET_AFTER_MS = 600_000;

export type GroupsTools = Omit<GroupTools, 'outbound'>;

/** The groups of this process, by upstream: made at the first call, forgotten ten minutes after the last. */
export class Groups {
  readonly #tools: GroupTools;
  readonly #outbound: Outbound;
  readonly #groups = new Map<string, Group>();
  readonly #timer: NodeJS.Timeout;

  constructor(tools: GroupsTools) {
    this.#outbound = new Outbound(tools.check);
    this.#tools = { ...tools, outbound: this.#outbound };
    this.#timer = setInterval(() => this.#tidy(), TIDY_MS).unref();
  }

  /** The upstream's group under its newest configuration; `null` for a plain upstream, which needs none. */
  of(upstream: CompiledUpstream): Group | null {
    const { options } = upstream;
    if (options === null) return null;
    let group = this.#groups.get(upstream.id);
    if (group === undefined) {
      group = new Group(upstream, options, this.#tools);
      this.#groups.set(upstream.id, group);
    } else if (group.upstream !== upstream) group.adopt(upstream, options);
    group.lastUsedAt = performance.now();
    return group;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const group of this.#groups.values()) group.close();
    this.#groups.clear();
    this.#outbound.close();
  }

  #tidy(): void {
    const before = performance.now() - FORGET_AFTER_MS;
    for (const [id, group] of this.#groups) {
      if (group.lastUsedAt >= before) continue;
      this.#groups.delete(id);
      group.close();
    }
  }
}
