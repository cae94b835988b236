import type { IncomingHttpHeaders } from 'node:http';
import type { Exchange } from '../exchange.ts';
import type { Admission } from '../ports/limiter/limiter.ts';
import { limitName } from '../snapshot/compile-plan.ts';
import type { CompiledLimit } from '../snapshot/compiled.ts';

/** Headers of an upstream's answer that end here: hop-by-hop ones, and those we set about our own caller. */
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'alt-svc',
  'x-request-id',
  'ratelimit',
  'ratelimit-policy',
  'deprecation',
  'sunset',
]);

/** Flat headers of an upstream's answer that may reach the caller. */
export function relayedHeaders(headers: IncomingHttpHeaders): string[] {
  const out: string[] = [];
  const named = headers.connection
    ? headers.connection
        .toLowerCase()
        .split(',')
        .map((name) => name.trim())
    : null;
  for (const name in headers) {
    if (DROPPED.has(name) || name.startsWith('x-ratelimit-') || named?.includes(name)) continue;
    const value = headers[name];
    if (typeof value === 'string') out.push(name, value);
    else if (value !== undefined) for (const one of value) out.push(name, one);
  }
  return out;
}

/** Reports something in the answer's headers. */
export function addNote(exchange: Exchange, name: string, value: string): void {
  exchange.noteHeaders ??= [];
  exchange.noteHeaders.push(name, value);
}

/** Adds what the gateway says itself in every answer: id, limits, lifecycle, and whether the connection goes on. */
export function addOwnHeaders(exchange: Exchange, headers: string[], draining: boolean): void {
  headers.push('x-request-id', exchange.id);
  const { admission, version, plan } = exchange;
  if (admission !== null && admission.limits.length > 0) {
    addLimits(headers, admission, plan?.policyHeader ?? '');
    if (exchange.openAiDialect) addOpenAiLimits(headers, admission);
  }
  if (version !== null && exchange.caller !== null) for (const part of version.lifecycleHeaders) headers.push(part);
  if (exchange.noteHeaders !== null) for (const part of exchange.noteHeaders) headers.push(part);
  if (draining) headers.push('connection', 'close');
}

/** `RateLimit` and `RateLimit-Policy` as structured fields (draft-ietf-httpapi-ratelimit-headers-10). */
function addLimits(headers: string[], admission: Admission, policy: string): void {
  let value = '';
  for (let i = 0; i < admission.limits.length; i++) {
    const limit = admission.limits[i] as CompiledLimit;
    value += `${i === 0 ? '' : ', '}"${limitName(limit)}";r=${admission.remaining[i]};t=${admission.resetSeconds[i]}`;
  }
  headers.push('ratelimit-policy', policy, 'ratelimit', value);
}

/** The headers OpenAI's clients know, computed from the tenant's own limits: those of the limit nearest to its end. */
function addOpenAiLimits(headers: string[], admission: Admission): void {
  let nearest = Math.max(0, admission.failed);
  if (admission.failed === -1) {
    admission.remaining.forEach((left, i) => {
      if (left < (admission.remaining[nearest] as number)) nearest = i;
    });
  }
  headers.push(
    'x-ratelimit-limit-requests',
    String((admission.limits[nearest] as CompiledLimit).requests),
    'x-ratelimit-remaining-requests',
    String(admission.remaining[nearest]),
    'x-ratelimit-reset-requests',
    `${admission.resetSeconds[nearest]}s`,
  );
}
