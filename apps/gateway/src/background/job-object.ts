import type { Exchange } from '../exchange.ts';
import { hasEnded, type JobView } from './job.ts';

type Members = Readonly<Record<string, unknown>>;

/** The id of a job's response in OpenAI's form. */
export function responseIdOf(id: string): string {
  return `resp_${id.replaceAll('-', '')}`;
}

/** The job's id of such a response; empty for what is none. */
export function jobIdOf(responseId: string): string {
  const hex = /^resp_([0-9a-f]{32})$/.exec(responseId)?.[1] ?? '';
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Path of the jobs beside the endpoint that was called: at its API's address, or the gateway's own. */
export function jobsPath({ path, rest, tenantSlug }: Exchange): string {
  if (tenantSlug === '') return '/v1/jobs';
  return `${path.slice(0, path.length - rest.length)}/jobs`;
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** A job as its application is shown it; `path` is where it was asked for. */
export function jobObject(view: JobView, path: string): Members {
  const { facts, state } = view;
  const at = `${path}/${facts.id}`;
  return {
    id: facts.id,
    object: 'job',
    status: state,
    path: facts.path,
    model: facts.model,
    created_at: iso(facts.acceptedAtMs),
    started_at: iso(view.startedAtMs),
    ended_at: iso(view.endedAtMs),
    expires_at: iso(view.expiresAtMs),
    progress: { tries: view.tries, answer_bytes: view.answerBytes },
    answer: view.status === null ? null : { status: view.status, code: view.code },
    url: at,
    result_url: state === 'succeeded' || state === 'failed' ? `${at}/result` : null,
  };
}

const STATUSES = {
  queued: 'queued',
  running: 'in_progress',
  succeeded: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
  expired: 'failed',
} as const;

/** A response of OpenAI's API in the background, of which nothing more is known yet. */
export function responseShell({ id, createdS, model }: { id: string; createdS: number; model: string | null }) {
  return {
    id,
    object: 'response',
    created_at: createdS,
    status: 'queued' as string,
    background: true,
    error: null as object | null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: true,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: null,
    user: null,
  };
}

/** A job as such a response, before and without an answer of its own. */
export function responseOf({ facts, state }: JobView, error: { code: string; message: string } | null = null): Members {
  const createdS = Math.floor(facts.acceptedAtMs / 1000);
  const shell = responseShell({ id: responseIdOf(facts.id), createdS, model: facts.model });
  return { ...shell, status: STATUSES[state], error };
}

/** Seconds after which it is worth asking again; `null` once nothing more becomes of it. */
export function askAgainSeconds({ state, facts }: JobView, nowMs: number): number | null {
  if (hasEnded(state)) return null;
  const waitedS = (nowMs - facts.acceptedAtMs) / 1000;
  return Math.min(30, Math.max(1, Math.floor(waitedS / 4)));
}
