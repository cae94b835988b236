import type { JobName, JobPayload } from '@parley/contracts/jobs';
import type { Logger } from '@parley/telemetry/logger';
import type { z } from 'zod';
import type { Ports } from './ports.ts';

/** One run of a job. */
export interface Run<Payload> {
  readonly payload: Payload;
  /** Id of the job in its queue: the same for each of its runs. */
  readonly jobId: string;
  /** When what the job answers to happened, Unix ms. */
  readonly sinceMs: number;
  /** Number of this try, from 1. */
  readonly attempt: number;
  readonly ports: Ports;
  readonly log: Logger;
}

/** What is done for a job. A handler may run twice for one job and must bear that. */
export interface JobDefinition<N extends JobName = JobName, Payload = JobPayload<N>> {
  readonly name: N;
  /** What the payload must be; a job with another one goes to the dead letters. */
  readonly schema: z.ZodType<Payload>;
  /** Tenant whose dead letters keep the job when it fails for good. */
  readonly tenantOf: (payload: Payload) => string | null;
  readonly handle: (run: Run<Payload>) => Promise<void>;
}

/** A definition with its payload type hidden, as the table lists it. */
export interface AnyJob {
  readonly name: JobName;
  /** Throws `WrongPayload`, or what the handler throws. */
  run(raw: unknown, run: Omit<Run<unknown>, 'payload'>): Promise<void>;
  tenantOf(raw: unknown): string | null;
}

/** The payload is not what the job takes; no try can change that. */
export class WrongPayload extends Error {
  constructor(name: JobName, cause: z.ZodError) {
    super(
      `The payload of ${name} is not what it takes: ${cause.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`,
    );
    this.name = 'WrongPayload';
  }
}

/** The job can never succeed as it is; it goes to the dead letters without another try. */
export class GivenUp extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'GivenUp';
  }
}

export function defineJob<N extends JobName, Payload>(definition: JobDefinition<N, Payload>): AnyJob {
  return {
    name: definition.name,
    async run(raw, run) {
      const parsed = definition.schema.safeParse(raw);
      if (!parsed.success) throw new WrongPayload(definition.name, parsed.error);
      await definition.handle({ ...run, payload: parsed.data });
    },
    tenantOf(raw) {
      const parsed = definition.schema.safeParse(raw);
      return parsed.success ? definition.tenantOf(parsed.data) : null;
    },
  };
}
