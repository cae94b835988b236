import { randomBytes } from 'node:crypto';
import { type LineError, readLines } from './batch-lines.ts';
import type { FileStore } from './file-store.ts';

export type BatchStatus =
  | 'validating'
  | 'failed'
  | 'in_progress'
  | 'finalizing'
  | 'completed'
  | 'cancelling'
  | 'cancelled';

/** The wire shape of a batch (OpenAI API reference, Batch). Times are Unix seconds. */
export interface Batch {
  readonly id: string;
  readonly object: 'batch';
  readonly endpoint: string;
  errors: { object: 'list'; data: LineError[] } | null;
  readonly input_file_id: string;
  readonly completion_window: string;
  status: BatchStatus;
  output_file_id: string | null;
  error_file_id: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  in_progress_at: number | null;
  finalizing_at: number | null;
  completed_at: number | null;
  failed_at: number | null;
  readonly expired_at: null;
  cancelling_at: number | null;
  cancelled_at: number | null;
  readonly request_counts: { total: number; completed: number; failed: number };
  readonly metadata: Record<string, string> | null;
}

/** Calls one endpoint of this simulator as the batch's owner would. */
export type CallLine = (body: object) => Promise<{ status: number; requestId: string; body: unknown }>;

const now = (): number => Math.floor(Date.now() / 1000);

function write(files: FileStore, lines: readonly object[], name: string): string | null {
  if (lines.length === 0) return null;
  const content = Buffer.from(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  return files.add(content, name, 'batch_output').id;
}

/**
 * Runs a batch from its validation to its end, one line after another; cancelling takes effect between two lines. Lines
 * that were answered with an error are in a file of their own. Never throws: what goes wrong fails the batch.
 */
export async function runBatch(batch: Batch, input: Buffer, files: FileStore, call: CallLine): Promise<void> {
  const { lines, errors } = readLines(input.toString(), batch.endpoint);
  if (errors.length > 0) {
    batch.errors = { object: 'list', data: errors };
    batch.status = 'failed';
    batch.failed_at = now();
    return;
  }
  batch.request_counts.total = lines.length;
  if (batch.status === 'validating') batch.status = 'in_progress';
  batch.in_progress_at = now();
  const outputs: object[] = [];
  const failures: object[] = [];
  for (const { custom_id, body } of lines) {
    if (batch.status === 'cancelling') break;
    const id = `batch_req_${randomBytes(12).toString('hex')}`;
    try {
      const answer = await call(body);
      const response = { status_code: answer.status, request_id: answer.requestId, body: answer.body };
      const good = answer.status < 400;
      (good ? outputs : failures).push({ id, custom_id, response, error: null });
      batch.request_counts[good ? 'completed' : 'failed']++;
    } catch (error) {
      failures.push({ id, custom_id, response: null, error: { code: 'server_error', message: String(error) } });
      batch.request_counts.failed++;
    }
  }
  const cancelled = batch.status === 'cancelling';
  if (!cancelled) {
    batch.status = 'finalizing';
    batch.finalizing_at = now();
  }
  batch.output_file_id = write(files, outputs, `${batch.id}_output.jsonl`);
  batch.error_file_id = write(files, failures, `${batch.id}_error.jsonl`);
  batch.status = cancelled ? 'cancelled' : 'completed';
  batch[cancelled ? 'cancelled_at' : 'completed_at'] = now();
}
