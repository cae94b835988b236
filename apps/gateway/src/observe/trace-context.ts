import { randomBytes } from 'node:crypto';
import type { Exchange } from '../exchange.ts';

/** A call's place in a trace (W3C Trace Context). */
export interface Trace {
  readonly traceId: string;
  /** Of the call itself; `null` parent for one that begins a trace. */
  readonly spanId: string;
  readonly parentId: string | null;
  /** Of what the gateway asks for it: the parent of whatever its upstream does. */
  readonly upstreamSpanId: string;
}

/** Version 00, and what later versions must still begin with (§3.2.2). */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** The caller's trace; `null` where it sends none, or none that can be read. */
export function readTraceparent(text: string | null): { traceId: string; parentId: string; sampled: boolean } | null {
  const match = text === null ? null : TRACEPARENT.exec(text);
  if (match === null || (match[1] === '00' && match[5] !== undefined)) return null;
  const [, , traceId = '', parentId = '', flags = ''] = match;
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/**
 * Takes up the caller's trace, or begins one for a share of the calls that bring none. `null`: the call is not traced, because
 * its caller says so or by chance.
 */
export function takeTrace(traceparent: string | null, share: number): Trace | null {
  const given = readTraceparent(traceparent);
  if (given === null ? Math.random() >= share : !given.sampled) return null;
  const ids = randomBytes(32).toString('hex');
  return {
    traceId: given?.traceId ?? ids.slice(0, 32),
    parentId: given?.parentId ?? null,
    spanId: ids.slice(32, 48),
    upstreamSpanId: ids.slice(48, 64),
  };
}

/** Tells a REST upstream where in the trace it stands. Providers of models are told nothing: none of these headers go there. */
export function passTraceOn({ forwardHeaders }: Exchange, { traceId, upstreamSpanId }: Trace): void {
  const value = `00-${traceId}-${upstreamSpanId}-01`;
  const at = forwardHeaders.indexOf('traceparent');
  if (at !== -1 && at % 2 === 0) forwardHeaders[at + 1] = value;
  else forwardHeaders.push('traceparent', value);
}
