import { type BatchView, hasEnded } from './batch.ts';
import { shownId } from './batch-id.ts';
import { seconds } from './file-object.ts';

const fileId = (id: string | null): string | null => (id === null ? null : shownId('file-', id));

/** A batch as OpenAI's clients know it. */
export function batchObject(view: BatchView) {
  const { facts, state, sinceMs, problems, total, completed } = view;
  const at = (ms: number | undefined): number | null => (ms === undefined ? null : seconds(ms));
  const { id, endpoint, inputFileId, createdAtMs, expiresAtMs, metadata } = facts;
  return {
    id: shownId('batch_', id),
    object: 'batch',
    endpoint,
    errors: problems.length === 0 ? null : { object: 'list', data: problems },
    input_file_id: shownId('file-', inputFileId),
    completion_window: '24h',
    status: state,
    output_file_id: fileId(view.outputFileId),
    error_file_id: fileId(view.errorFileId),
    created_at: seconds(createdAtMs),
    in_progress_at: at(sinceMs.in_progress),
    expires_at: seconds(expiresAtMs),
    finalizing_at: at(sinceMs.finalizing),
    completed_at: at(sinceMs.completed),
    failed_at: at(sinceMs.failed),
    expired_at: at(sinceMs.expired),
    cancelling_at: at(sinceMs.cancelling),
    cancelled_at: at(sinceMs.cancelled),
    request_counts: { total, completed, failed: view.failed + view.unmade },
    metadata,
  };
}

function iso(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

/** When nothing more became of it. */
export function endedAtMs({ state, sinceMs }: BatchView): number | undefined {
  return hasEnded(state) ? sinceMs[state] : undefined;
}

/** What became of its calls, as Anthropic tells it: nothing but `processing` before the end. */
function messageCounts(view: BatchView) {
  const { state, total, completed, failed, unmade } = view;
  const over = hasEnded(state);
  return {
    processing: over ? 0 : total,
    succeeded: over ? completed : 0,
    errored: over ? failed + (state === 'cancelled' || state === 'expired' ? 0 : unmade) : 0,
    canceled: state === 'cancelled' ? unmade : 0,
    expired: state === 'expired' ? unmade : 0,
  };
}

/** A batch as Anthropic's clients know it; `url` is where its results are. */
export function messageBatchObject(view: BatchView, url: string) {
  const { facts, state, sinceMs } = view;
  const over = hasEnded(state);
  return {
    id: shownId('msgbatch_', facts.id),
    type: 'message_batch',
    processing_status: over ? 'ended' : state === 'cancelling' ? 'canceling' : 'in_progress',
    request_counts: messageCounts(view),
    ended_at: iso(endedAtMs(view)),
    created_at: new Date(facts.createdAtMs).toISOString(),
    expires_at: new Date(facts.expiresAtMs).toISOString(),
    archived_at: null,
    cancel_initiated_at: iso(sinceMs.cancelling),
    results_url: over && view.outputFileId !== null ? url : null,
  };
}
