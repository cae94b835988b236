import { type StreamEvent, type StreamPlan, sseEvent } from '../../deliver.ts';
import type { ActiveFaults } from '../../faults.ts';
import type { ResponseEvent } from './events.ts';

const wire = (event: ResponseEvent): StreamEvent => sseEvent(JSON.stringify(event), event.type);

/** Events by name; the last says how the response ended, there is no `[DONE]`. An error is an event of its own kind. */
export function eventPlan(events: readonly ResponseEvent[], faults: ActiveFaults): StreamPlan {
  const after = faults.get('error-in-stream')?.value ?? 0;
  const error: ResponseEvent = {
    type: 'error',
    sequence_number: Math.min(after, events.length - 1),
    code: 'server_error',
    message: 'The server had an error while processing your request. [simulated by Parley]',
    param: null,
  };
  return { events: events.slice(0, -1).map(wire), closing: events.slice(-1).map(wire), error: wire(error) };
}
