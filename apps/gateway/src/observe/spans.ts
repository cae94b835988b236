import type { UsageEvent } from '@parley/contracts/usage-event';
import { type ErrorClass, errorClassOf } from '@parley/domain/error-class';
import { type Attributes, otlpAttributes, otlpTime } from '@parley/telemetry/otlp/value';
import type { CompiledProvider } from '../snapshot/compiled.ts';
import { answerAttributes, commonAttributes } from './gen-ai.ts';
import type { Trace } from './trace-context.ts';

/** A call that is over, as far as spans need it. */
export interface EndedCall {
  readonly event: UsageEvent;
  readonly trace: Trace;
  /** Unix milliseconds of its beginning, with fractions. */
  readonly startedMs: number;
  /** What a model was asked to do; `null` where none was. */
  readonly operation: string | null;
  readonly provider: CompiledProvider | null;
  /** Where it went, in few different words. */
  readonly route: string;
}

// opentelemetry-proto, trace.proto: SpanKind and StatusCode.
const SERVER = 2;
const CLIENT = 3;
const FAILED = 2;

interface Span {
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: number;
  /** Unix milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly attributes: Attributes;
  readonly failed: boolean;
}

function otlpSpan(
  traceId: string,
  { spanId, parentSpanId, name, kind, fromMs, toMs, attributes, failed }: Span,
): object {
  return {
    traceId,
    spanId,
    ...(parentSpanId === null ? {} : { parentSpanId }),
    name,
    kind,
    startTimeUnixNano: otlpTime(fromMs),
    endTimeUnixNano: otlpTime(Math.max(fromMs, toMs)),
    attributes: otlpAttributes(attributes),
    ...(failed ? { status: { code: FAILED } } : {}),
  };
}

/** The spans of a call: its own, and one for each try at what stands behind it. */
export function spansOf(call: EndedCall): object[] {
  const { event, trace, startedMs } = call;
  const errorClass = errorClassOf(event);
  const own: Span = {
    spanId: trace.spanId,
    parentSpanId: trace.parentId,
    name: `${event.method} ${call.route}`,
    kind: SERVER,
    fromMs: startedMs,
    toMs: startedMs + event.durationUs / 1000,
    attributes: ownAttributes(call, errorClass),
    // A server's span has failed only where the server has (HTTP semantic conventions).
    failed: event.status >= 500 || event.abortedBy === 'upstream',
  };
  return [own, ...behind(call, errorClass)].map((span) => otlpSpan(trace.traceId, span));
}

function ownAttributes({ event, route }: EndedCall, errorClass: ErrorClass | null): Attributes {
  return {
    'http.request.method': event.method,
    'http.route': route,
    'url.path': event.path,
    'http.response.status_code': event.status,
    'error.type': errorClass === null ? null : (event.code ?? errorClass),
    'parley.request_id': event.id,
    'parley.tenant_id': event.tenantId,
    'parley.consumer_tenant_id': event.consumerTenantId,
    'parley.application_id': event.applicationId,
    'parley.api_id': event.apiId,
    'parley.error_class': errorClass,
    'parley.cache': event.cache,
    'parley.variant': event.variant,
    'parley.guard.outcome': event.guard?.outcome,
    'parley.cost_nano': event.costNano === '0' ? null : event.costNano,
    'parley.currency': event.costNano === '0' ? null : event.currency,
    'session.id': event.sessionId,
  };
}

/** One span for each try at a model, or one for the upstream of a REST call. */
function behind({ event, trace, startedMs, operation, provider }: EndedCall, errorClass: ErrorClass | null): Span[] {
  if (event.upstreamUs === 0) return [];
  const leftMs = startedMs + (event.leftUs ?? Math.max(0, event.durationUs - event.upstreamUs)) / 1000;
  const whole = { fromMs: leftMs, toMs: leftMs + event.upstreamUs / 1000 };
  const common = operation === null ? {} : commonAttributes(operation, provider, event.model);
  const last: Span = {
    spanId: trace.upstreamSpanId,
    parentSpanId: trace.spanId,
    name: operation === null ? event.method : `${operation} ${event.model ?? ''}`.trim(),
    kind: CLIENT,
    ...whole,
    attributes: {
      ...common,
      ...(operation === null ? { 'http.request.method': event.method } : answerAttributes(event)),
      'error.type': errorClass === null ? null : (event.code ?? errorClass),
    },
    failed: errorClass !== null,
  };
  if (operation === null || event.tries === undefined) return [last];
  return event.tries.map(({ model, outcome, atMs, durationMs, status, reason }, at): Span => {
    const answered = outcome === 'answered';
    const isLast = at === (event.tries?.length ?? 0) - 1;
    return {
      ...last,
      spanId: isLast ? trace.upstreamSpanId : spanIdOf(trace.upstreamSpanId, at),
      name: `${operation} ${model}`,
      fromMs: startedMs + atMs,
      toMs: startedMs + atMs + durationMs,
      attributes: {
        ...common,
        'gen_ai.request.model': model,
        ...(answered ? answerAttributes(event) : { 'error.type': outcome }),
        'http.response.status_code': status,
        'parley.try.reason': reason,
      },
      failed: !answered,
    };
  });
}

/** Another span id for each try but the last: the first half says which call, the rest which try. */
function spanIdOf(base: string, at: number): string {
  return base.slice(0, 12) + ((Number.parseInt(base.slice(12), 16) + at + 1) & 0xffff).toString(16).padStart(4, '0');
}
