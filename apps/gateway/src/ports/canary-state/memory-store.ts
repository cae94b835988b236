import type { CanaryState, CanaryStore } from './store.ts';

/** The twin: state in a map. */
export class MemoryCanaryStore implements CanaryStore {
  readonly #states = new Map<string, CanaryState>();

  async sync(id: string, nowMs: number, rollBack: boolean): Promise<CanaryState> {
    const known = this.#states.get(id) ?? { startedAtMs: nowMs, rolledBack: false };
    const state = { startedAtMs: known.startedAtMs, rolledBack: known.rolledBack || rollBack };
    this.#states.set(id, state);
    return state;
  }
}
