import type { OpenedTurns } from '@parley/context/opened-turns';
import { OPEN_LEASE_MS } from '@parley/context/session';
import type { SessionStore } from '@parley/context/store/session-store';
import type { ContextRecord } from '@parley/contracts/context-records';
import { DiskSpool, type SpoolOptions } from '../ports/meter/spool.ts';
import type { ContextAsks } from './context-asks.ts';
import type { SummaryRunner } from './summary-runner.ts';

/** Records are large: what a turn says, sealed. */
const SEGMENT_BYTES = 1024 * 1024;

/** Records of sessions on this disk, until the worker has them. */
export class ContextSpool extends DiskSpool<ContextRecord> {
  constructor(options: SpoolOptions) {
    const newLines = (): { events: number; lineOf(record: ContextRecord): string } => ({
      events: 0,
      lineOf(record) {
        this.events++;
        return `${JSON.stringify(record)}\n`;
      },
    });
    super(options, { job: 'context.ingest', newLines, segmentBytes: SEGMENT_BYTES });
  }

  /** Resolves once the record would survive the death of this process. */
  keep(record: ContextRecord): Promise<void> {
    return new Promise((resolve) => this.record(record, resolve, undefined));
  }
}

export interface SummaryTimes {
  /** How long a model may take. */
  readonly withinMs: number;
  /** After one that failed, none is tried for this long. */
  readonly restMs: number;
}
const SUMMARY_TIMES: SummaryTimes = { withinMs: 60_000, restMs: 30_000 };

/** How long is waited. */
export interface ContextTimes {
  /** For a session that only the durable store has (CP-8.4). */
  readonly waitMs: number;
  /** Between two times of keeping what has been said so far (CP-8.2). */
  readonly progressMs: number;
  /** Until a turn whose gateway is silent counts as cut (CP-3.2). */
  readonly leaseMs: number;
  /** For models that make summaries (CP-6.12). */
  readonly summaries: SummaryTimes;
}

export const CONTEXT_TIMES: ContextTimes = {
  waitMs: 3000,
  progressMs: 5000,
  leaseMs: OPEN_LEASE_MS,
  summaries: SUMMARY_TIMES,
};

/** Sessions of the context protocol, as stages know them (docs/context-protocol.md). */
export interface Contexts {
  readonly store: SessionStore;
  readonly spool: ContextSpool;
  readonly asks: ContextAsks;
  readonly opened: OpenedTurns;
  readonly summaries: SummaryRunner;
  readonly times: ContextTimes;
}
