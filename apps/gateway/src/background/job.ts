/**
 * How a call that is answered later stands. `expired`: nobody had the time for it before its waiting time was over.
 */
export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** Every allowed move. A running job goes back to the queue when its node stops, dies, or has no room for it. */
export const JOB_MOVES: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ['running', 'cancelled', 'expired'],
  running: ['queued', 'succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
  expired: [],
};

/** Whether nothing more becomes of it. */
export function hasEnded(state: JobState): boolean {
  return JOB_MOVES[state].length === 0;
}

/** What holds for a job, from the policy of its API when it was accepted. */
export interface JobRules {
  /** How long its result is kept after its end, and how long it may wait for its turn. */
  readonly keepMs: number;
  readonly maxRunMs: number;
  /** Runs that were begun and did not come to an end. */
  readonly tries: number;
  /** Jobs of its application that may run at once, on all nodes together. */
  readonly maxRunning: number;
}

/** What is known of a job without opening what is sealed. */
export interface JobFacts {
  /** The id of the call that was accepted: of its record, too. */
  readonly id: string;
  readonly applicationId: string;
  /** The publisher's. */
  readonly tenantId: string;
  readonly apiId: string;
  readonly apiVersionId: string;
  /** Where its caller wants to hear how it ended; `null` for nowhere. */
  readonly callback: string | null;
  /** Whom its credential named, where that is more than a key: another of the same application may not see it. */
  readonly subject: string;
  readonly path: string;
  /** Its address is OpenAI's `/v1/responses/{id}`, too. */
  readonly response: boolean;
  readonly model: string | null;
  readonly acceptedAtMs: number;
  readonly rules: JobRules;
}

/** How a job stands now. */
export interface JobView {
  readonly facts: JobFacts;
  readonly state: JobState;
  readonly tries: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** When nothing of it is there any more. */
  readonly expiresAtMs: number;
  /** Bytes of its answer that have come. */
  readonly answerBytes: number;
  /** Of its answer; `null` before there is one. */
  readonly status: number | null;
  readonly code: string | null;
}

/** A job that this node holds until its lease ends. */
export interface ClaimedJob {
  readonly facts: JobFacts;
  /** Who holds it: of one claim, never used again. */
  readonly owner: string;
  /** Runs that were begun, this one included. */
  readonly tries: number;
  /** The sealed call. */
  readonly call: Buffer;
  /**
   * `run`: it is to be answered. Else it only has to be recorded how it ended: cancelled before it ran, its time over, or
   * begun so often that it is given up.
   */
  readonly why: 'run' | 'cancelled' | 'expired' | 'lost';
}

/** What a job's call and its answer are sealed for. */
export function jobPurpose(kind: 'call' | 'answer', id: string): string {
  return `background_${kind}:${id}`;
}
