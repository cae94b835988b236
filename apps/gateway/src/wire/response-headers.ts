import type { IncomingHttpHeaders } from 'node:http';
import { isMetered } from '@parley/contracts/policies/limits';
import type { Protocol } from '@parley/llm/neutral/call';
import type { Exchange } from '../exchange.ts';
import type { Admission } from '../ports/limiter/admission.ts';
import { isTold } from '../ports/limiter/rule.ts';
import { limitName, toldAmount } from '../snapshot/compile-plan.ts';
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
  'x-parley-version',
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
  if (exchange.dialect === 'anthropic') headers.push('request-id', exchange.id);
  const { admission, version } = exchange;
  if (admission !== null && admission.limits.length > 0) {
    addLimits(headers, admission);
    addNearest(headers, admission, (exchange.dialect && OWN_NAMES[exchange.dialect]) ?? PLAIN_NAMES);
  }
  if (version !== null && exchange.caller !== null) for (const part of version.lifecycleHeaders) headers.push(part);
  if (exchange.modelCall !== null) addModelNotes(exchange, headers);
  if (exchange.noteHeaders !== null) for (const part of exchange.noteHeaders) headers.push(part);
  if (draining) headers.push('connection', 'close');
}

const MAX_NAMED_LOSSES = 20;
/** What a header's value cannot hold, and the comma that divides the names. */
const NOT_IN_NAME = /[^\x21-\x2b\x2d-\x7e]/g;

/** Which model answers, after how many tries where there were several, and what it could not be told. */
function addModelNotes({ model, modelCall, losses }: Exchange, headers: string[]): void {
  headers.push('x-parley-model', encodeURIComponent(model?.slug ?? ''));
  if (modelCall !== null && modelCall.tries > 1) headers.push('x-parley-tries', String(modelCall.tries));
  if (losses.length === 0) return;
  const names = losses.slice(0, MAX_NAMED_LOSSES).map(({ path }) => path.replace(NOT_IN_NAME, '_'));
  headers.push('x-parley-dropped', names.join(', '));
}

/** `RateLimit` and `RateLimit-Policy` as structured fields (draft-ietf-httpapi-ratelimit-headers-10). */
function addLimits(headers: string[], admission: Admission): void {
  let value = '';
  for (let i = 0; i < admission.limits.length; i++) {
    const limit = admission.limits[i] as CompiledLimit;
    if (limit.rule !== undefined && !isTold(limit.rule)) continue;
    value += `${value === '' ? '' : ', '}"${limitName(limit)}";r=${toldAmount(limit, admission.remaining[i] as number)};t=${admission.resetSeconds[i]}`;
  }
  if (value !== '') headers.push('ratelimit-policy', admission.policyHeader, 'ratelimit', value);
}

type Names = readonly [limit: string, remaining: string, reset: string, form: (seconds: number) => string];

/** What older headers have names for: tokens and money are told by `RateLimit` alone. */
function isMeteredLimit({ rule }: CompiledLimit): boolean {
  return rule !== undefined && isMetered(rule.counts);
}

/** Names that clients knew before `RateLimit`: seconds until the limit is as new. */
const PLAIN_NAMES: Names = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', String];
/** The headers OpenAI's clients know, computed from the tenant's own limits. */
const OPENAI_NAMES: Names = [
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
  (seconds) => `${seconds}s`,
];
/** Those of Anthropic's clients, who are told a time (RFC 3339). */
const ANTHROPIC_NAMES: Names = [
  'anthropic-ratelimit-requests-limit',
  'anthropic-ratelimit-requests-remaining',
  'anthropic-ratelimit-requests-reset',
  (seconds) => new Date(Math.ceil(Date.now() / 1000 + seconds) * 1000).toISOString().replace('.000', ''),
];
const OWN_NAMES: Partial<Readonly<Record<Protocol, Names>>> = {
  openai_chat: OPENAI_NAMES,
  openai_responses: OPENAI_NAMES,
  anthropic: ANTHROPIC_NAMES,
};

/** The one limit that older headers have room for: the one that refused, or else is nearest to its end. */
function addNearest(headers: string[], { limits, remaining, resetSeconds, failed }: Admission, names: Names): void {
  let nearest = failed;
  for (let i = 0; failed === -1 && i < remaining.length; i++) {
    if (isMeteredLimit(limits[i] as CompiledLimit)) continue;
    if (nearest === -1 || (remaining[i] as number) < (remaining[nearest] as number)) nearest = i;
  }
  if (nearest === -1 || isMeteredLimit(limits[nearest] as CompiledLimit)) return;
  const [limit, left, reset, form] = names;
  headers.push(limit, String((limits[nearest] as CompiledLimit).requests), left, String(remaining[nearest]));
  headers.push(reset, form(resetSeconds[nearest] as number));
}
