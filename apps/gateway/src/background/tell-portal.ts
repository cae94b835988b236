import type { BackgroundJob } from '@parley/contracts/background-jobs';
import type { JobView } from './job.ts';
import type { JobStore } from './job-store.ts';

/** As many as a page shows. */
const MOST = 50;

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function shown({ facts, state, tries, status, code, ...times }: JobView): BackgroundJob {
  const { id, path, model, acceptedAtMs } = facts;
  return {
    id,
    state,
    path,
    model,
    acceptedAt: iso(acceptedAtMs),
    startedAt: times.startedAtMs === null ? null : iso(times.startedAtMs),
    endedAt: times.endedAtMs === null ? null : iso(times.endedAtMs),
    expiresAt: iso(times.expiresAtMs),
    tries,
    status,
    code,
  };
}

/** The newest jobs of an application, for its page in the portal. */
export async function jobsForPortal(store: JobStore, applicationId: string): Promise<{ items: BackgroundJob[] }> {
  return { items: (await store.list(applicationId, null, MOST)).map(shown) };
}
