import type { StreamEvent, StreamPlan } from '../../deliver.ts';
import { GoogleError } from './google-error.ts';

const FAILED = new GoogleError(503, 'The model is overloaded. Please try again later. [simulated by Parley]').body;

/** A server-sent event with the line ends Google writes. */
function event(value: object): StreamEvent {
  const text = JSON.stringify(value);
  const line = (data: string) => Buffer.from(`data: ${data}\r\n\r\n`);
  return { bytes: line(text), broken: line(text.slice(0, text.length >> 1)) };
}

/** Server-sent events (`alt=sse`). Nothing says that the stream is complete but the finish reason in the last. */
export function eventPlan(chunks: readonly object[]): StreamPlan {
  return {
    events: chunks.map(event),
    closing: [],
    error: event(FAILED),
  };
}

const piece = (before: string, value: object, after = ''): StreamEvent => {
  const text = JSON.stringify(value, null, 2);
  return {
    bytes: Buffer.from(`${before}${text}${after}`),
    broken: Buffer.from(`${before}${text.slice(0, text.length >> 1)}${after}`),
  };
};

const plain = (text: string): StreamEvent => ({ bytes: Buffer.from(text), broken: Buffer.from(text) });

/** A JSON array that grows, what is answered without `alt=sse`; an error is a member of it. */
export function arrayPlan(chunks: readonly object[], errorFirst: boolean): StreamPlan {
  return {
    contentType: 'application/json; charset=UTF-8',
    events: chunks.map((chunk, at) => piece(at === 0 ? '[' : ',\r\n', chunk)),
    closing: [plain(']')],
    error: piece(errorFirst ? '[' : ',\r\n', FAILED, ']'),
  };
}
