/** What all nodes know of a canary. */
export interface CanaryState {
  readonly startedAtMs: number;
  readonly rolledBack: boolean;
}

/** Where nodes share the state of canaries. */
export interface CanaryStore {
  /**
   * Starts the canary now when no node has, ends it for all nodes when `rollBack` says so, and answers what holds. Throws
   * while the store is away.
   */
  sync(id: string, nowMs: number, rollBack: boolean): Promise<CanaryState>;
}
