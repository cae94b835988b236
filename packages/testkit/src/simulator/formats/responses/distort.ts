import { createHash } from 'node:crypto';
import type { ActiveFaults, FaultName } from '../../faults.ts';
import { type ResponseEvent, unfinished } from './events.ts';
import type { ResponseBody } from './response-body.ts';

const FAILED = {
  code: 'server_error',
  message: 'An error occurred while processing your request. [simulated by Parley]',
} as const;

const failed = (body: ResponseBody): ResponseBody => ({ ...unfinished(body, 'failed'), error: { ...FAILED } });

type BodyChange = (body: ResponseBody) => ResponseBody;

const BODY_CHANGES: Partial<Record<FaultName, BodyChange>> = {
  'no-choices': (body) => ({ ...body, output: [] }),
  'usage-missing': (body) => ({ ...body, usage: null }),
  'tool-arguments-empty': (body) => ({
    ...body,
    output: body.output.map((item) => (item.type === 'function_call' ? { ...item, arguments: '' } : item)),
  }),
};

const renumbered = (events: readonly ResponseEvent[]): ResponseEvent[] =>
  events.map((event, at) => ({ ...event, sequence_number: at }));

const otherId = (id: string, at: number): string =>
  `${id.split('_')[0]}_${createHash('sha256').update(`${id}:${at}`).digest('hex').slice(0, 28)}`;

/** The same item under another id in every event, as GitHub Copilot's Responses API does. */
function rotatedId(event: ResponseEvent, at: number): ResponseEvent {
  if (typeof event.item_id === 'string') return { ...event, item_id: otherId(event.item_id, at) };
  const item = event.item as { id: string } | undefined;
  return item ? { ...event, item: { ...item, id: otherId(item.id, at) } } : event;
}

type EventChange = (events: readonly ResponseEvent[], after: number) => ResponseEvent[];

const EVENT_CHANGES: Partial<Record<FaultName, EventChange>> = {
  'deltas-missing': (events) => renumbered(events.filter(({ type }) => !type.endsWith('.delta'))),
  'item-ids-rotate': (events) => events.map(rotatedId),
  'response-failed': (events, after) => {
    const response = failed(events.at(-1)?.response as ResponseBody);
    const kept = events.slice(0, Math.min(Math.max(1, after), events.length - 1));
    return renumbered([...kept, { type: 'response.failed', sequence_number: 0, response }]);
  },
};

/** Faults in what a response says. */
export function distortResponse(body: ResponseBody, faults: ActiveFaults): ResponseBody {
  return [...faults.keys()].reduce((all, name) => BODY_CHANGES[name]?.(all) ?? all, body);
}

/** Faults in the events it is told in, in their order in the request. */
export function distortEvents(events: readonly ResponseEvent[], faults: ActiveFaults): readonly ResponseEvent[] {
  return [...faults].reduce((all, [name, { value }]) => EVENT_CHANGES[name]?.(all, value) ?? all, events);
}

/** The response that is stored or answered whole: failed when it was asked to fail. */
export function endedAs(body: ResponseBody, faults: ActiveFaults): ResponseBody {
  return faults.has('response-failed') ? failed(body) : body;
}
