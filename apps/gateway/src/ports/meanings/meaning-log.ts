/** One line of a log: its place there, and the sealed bytes. */
export interface LogLine {
  readonly at: string;
  readonly sealed: Buffer;
}

/** Where nodes share what questions mean: a log for each version of an API, of bounded length. Calls may reject. */
export interface MeaningLog {
  append(tenantId: string, resource: string, sealed: Buffer, keepMs: number): Promise<void>;
  /** Lines after a place (`''`: from the first), oldest first. */
  read(tenantId: string, resource: string, after: string, most: number): Promise<LogLine[]>;
}

/** Lines of one log; the oldest go. */
export const MAX_LINES = 1000;

/** The twin: logs of all nodes that share it. */
export class MemoryMeaningLog implements MeaningLog {
  readonly #logs = new Map<string, LogLine[]>();
  #count = 0;

  append(tenantId: string, resource: string, sealed: Buffer): Promise<void> {
    const key = `${tenantId} ${resource}`;
    const lines = this.#logs.get(key) ?? [];
    lines.push({ at: String(++this.#count).padStart(12, '0'), sealed });
    this.#logs.set(key, lines.slice(-MAX_LINES));
    return Promise.resolve();
  }

  read(tenantId: string, resource: string, after: string, most: number): Promise<LogLine[]> {
    const lines = this.#logs.get(`${tenantId} ${resource}`) ?? [];
    return Promise.resolve(lines.filter(({ at }) => at > after).slice(0, most));
  }
}
