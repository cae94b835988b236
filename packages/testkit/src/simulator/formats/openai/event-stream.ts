import type { StreamPlan } from '../../deliver.ts';
import { sseEvent } from '../../deliver.ts';

const ERROR = {
  error: { message: 'The server had an error. [simulated by Parley]', type: 'server_error', param: null, code: null },
};

/** Chunks as unnamed server-sent events, then `[DONE]`. */
export function eventStream(chunks: readonly object[]): StreamPlan {
  return {
    events: chunks.map((chunk) => sseEvent(JSON.stringify(chunk))),
    closing: [sseEvent('[DONE]')],
    error: sseEvent(JSON.stringify(ERROR)),
  };
}
