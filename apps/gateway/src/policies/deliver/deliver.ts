import { type AcceptedEvent, bodyPurpose, DELIVERED_METHODS } from '@parley/contracts/deliveries';
import type { DeliverPolicy } from '@parley/contracts/policies/deliver';
import { derivedId } from '@parley/kernel/derived-id';
import { type DataKey, sealBuffer } from '@parley/kernel/seal';
import type { Exchange } from '../../exchange.ts';
import { deciding } from '../../explain/notes.ts';
import type { Ports } from '../../ports/ports.ts';
import { Refusal, refusal } from '../../refusals.ts';
import type { Serving } from '../../serving/serving.ts';
import type { CompiledUpstream } from '../../snapshot/compiled.ts';
import type { EndpointSource } from '../../stage.ts';
import { buildRest, pathAt } from '../../stages/build-rest.ts';
import { refuse } from '../../stages/refuse.ts';
import type { Relay } from '../../stages/relay.ts';
import { start } from '../../stages/start-call.ts';
import { collectBody, hasBody } from '../../wire/body.ts';
import { keyName, readKey } from '../idempotency/key.ts';
import { deliveredHeaders } from './delivered-headers.ts';

type Method = (typeof DELIVERED_METHODS)[number];
const METHODS: ReadonlySet<string> = new Set(DELIVERED_METHODS);
const RETRY_SECONDS = 5;

/**
 * Accepts calls for later: the answer is 202 as soon as the queue has the call, and 503 when it has not. From there on
 * the worker delivers it. `null` without the policy.
 */
export function deliver(source: EndpointSource): Serving | null {
  const policy = source.policies.deliver;
  if (!policy || source.route === null) return null;
  const named = policy.to.map((slug) => source.upstreams.get(slug) ?? null);
  const maxBytes = Math.min(source.api.maxBodyBytes, policy.maxBodyKb * 1024);
  return {
    build: deciding('deliver', (exchange, ports) => {
      if (!METHODS.has(exchange.method)) return buildRest(exchange, ports);
      if (destinationsOf(exchange, named) === null) return refusal('provider_unconfigured');
      const key = readKey(exchange);
      if (key instanceof Refusal) return key;
      exchange.idempotencyKey ??= key;
      if (exchange.body !== null) return bounded(exchange, maxBytes);
      if (!hasBody(exchange)) return null;
      return collectBody(exchange, maxBytes).then((body) => {
        if (body instanceof Refusal) return body;
        exchange.body = body;
        return null;
      });
    }),
    forward(exchange, ports, relay) {
      if (!METHODS.has(exchange.method)) return start(exchange, ports, relay);
      const event = eventOf(exchange, ports, { policy, destinations: destinationsOf(exchange, named) });
      if (event instanceof Refusal) return event;
      exchange.relay = relay;
      void accept(exchange, ports, { event, relay });
      return null;
    },
  };
}

/** A body that a stage before has read was held to that stage's bound only. */
function bounded(exchange: Exchange, maxBytes: number): Refusal | null {
  if (exchange.body === null || exchange.body.length <= maxBytes) return null;
  return refusal('body_too_large', { message: `This API accepts bodies of at most ${maxBytes} bytes for delivery.` });
}

/** Where the call is to go; `null` when one of the places is not there or cannot be used. */
function destinationsOf(
  exchange: Exchange,
  named: readonly (CompiledUpstream | null)[],
): readonly CompiledUpstream[] | null {
  const all = named.length > 0 ? named : [exchange.upstream ?? exchange.route?.upstream ?? null];
  const good = all.flatMap((upstream) => (upstream === null || upstream.broken ? [] : [upstream]));
  return good.length === all.length ? good : null;
}

function eventOf(
  exchange: Exchange,
  ports: Ports,
  { policy, destinations }: { policy: DeliverPolicy; destinations: readonly CompiledUpstream[] | null },
): AcceptedEvent | Refusal {
  const { tenant, api, version, route, caller, body } = exchange;
  if (tenant === null || api === null || version === null || route === null || caller === null) {
    return refusal('internal');
  }
  if (destinations === null) return refusal('provider_unconfigured');
  if (tenant.dataKey === null) return refusal('configuration_unavailable', { retryAfterSeconds: RETRY_SECONDS });
  const id = eventId(exchange);
  return {
    id,
    tenantId: tenant.id,
    apiId: api.id,
    apiVersionId: version.id,
    routeId: route.id,
    consumerTenantId: caller.application.tenantId,
    applicationId: caller.application.id,
    requestId: exchange.id,
    method: exchange.method as Method,
    path: pathAt(route, exchange) + exchange.query,
    headers: deliveredHeaders(exchange.forwardHeaders),
    body: body === null || body.length === 0 ? null : sealed(tenant.dataKey, id, body),
    bodyBytes: body?.length ?? 0,
    destinations: destinations.map((upstream) => ({ id: upstream.id, slug: upstream.slug })),
    rules: {
      retryAfterSeconds: policy.retryAfterSeconds,
      timeoutSeconds: policy.timeoutSeconds,
      concurrency: policy.concurrency,
    },
    keepDays: policy.keepDays,
    acceptedAtMs: ports.clock.nowMs(),
  };
}

/** The same for every repeat of a call under its key: whatever happens on the way, it is stored once. */
function eventId(exchange: Exchange): string {
  const { idempotencyKey, deliveryId, method, path, query } = exchange;
  const key = deliveryId ?? idempotencyKey;
  return key === null ? exchange.id : derivedId('event', keyName(exchange, key), method, path, query);
}

function sealed(key: DataKey, id: string, body: Buffer): string {
  return sealBuffer(key, body, bodyPurpose(id)).toString('base64');
}

/** Hands the event over, and only then says so. Never rejects. */
async function accept(
  exchange: Exchange,
  ports: Ports,
  { event, relay }: { event: AcceptedEvent; relay: Relay },
): Promise<void> {
  try {
    await ports.jobs.enqueue('event.accept', event, { jobId: `event-${event.id}` });
  } catch (error) {
    ports.log.warn('an event could not be handed to the queue', { error });
    return refuse(exchange, refusal('queue_unavailable', { retryAfterSeconds: RETRY_SECONDS }), ports);
  }
  if (exchange.settled) return;
  exchange.upstreamReached = true;
  const body = Buffer.from(JSON.stringify({ id: event.id, status: 'accepted' }));
  try {
    relay.onHead(202, {
      'content-type': 'application/json',
      'content-length': String(body.length),
      'webhook-id': event.id,
    });
    relay.onData(body);
    relay.onEnd();
  } catch (error) {
    relay.onBug(error);
  }
}
