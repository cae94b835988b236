import { createFileRegistry, type DescMessage, fromBinary, type Registry, toJson } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { type GrpcPlan, grpcPlanSchema } from '@parley/contracts/grpc-plan';
import type { Exchange } from '../../exchange.ts';
import { deciding } from '../../explain/notes.ts';
import type { Ports } from '../../ports/ports.ts';
import { Refusal, refusal } from '../../refusals.ts';
import type { Serving } from '../../serving/serving.ts';
import type { EndpointSource } from '../../stage.ts';
import { chooseUpstream } from '../../stages/build-rest.ts';
import type { Relay } from '../../stages/relay.ts';
import { TargetChoice } from '../../upstream/target-choice.ts';
import { readInputBody } from '../translation/inputs.ts';
import { NDJSON, SSE, StreamAnswer, type ToJson, UnaryAnswer } from './answer.ts';
import { GrpcCall } from './grpc-call.ts';
import { framed } from './messages.ts';
import { type MakeMessage, messageMaker } from './request-message.ts';

const UNKEPT: Serving = {
  build: deciding('grpc', () => refusal('policy_unsupported')),
  forward: () => refusal('policy_unsupported'),
};

interface Prepared {
  readonly plan: GrpcPlan;
  readonly make: MakeMessage;
  readonly toJson: ToJson;
  readonly metadata: ReadonlySet<string>;
}

/** What travels on to every service beside the metadata that the policy names. */
const ALWAYS = ['x-request-id', 'x-forwarded-for', 'traceparent', 'tracestate'];

/** Answers a route by a call of a gRPC method. Without a plan that this release can read every call is refused. */
export function grpc({ policies, route }: EndpointSource): Serving | null {
  if (!policies.grpc) return null;
  const read = grpcPlanSchema.safeParse(route?.plan);
  const prepared = read.success && route !== null ? prepare(read.data, route.path) : null;
  if (prepared === null) return UNKEPT;
  const inputs = { readsBody: prepared.plan.body !== 'none', read: () => [], pointers: [] };
  return {
    build: deciding('grpc', (exchange, ports) => {
      const body = readInputBody(exchange, inputs);
      if (!(body instanceof Promise)) return build(prepared, exchange, ports, body);
      return body.then((value: unknown) => build(prepared, exchange, ports, value));
    }),
    forward: (exchange, ports, relay) => forward(prepared, exchange, ports, relay),
  };
}

function prepare(plan: GrpcPlan, routePath: string): Prepared | null {
  const registry = registryOf(plan.descriptors);
  const input = registry?.getMessage(plan.input);
  const output = registry?.getMessage(plan.output);
  if (registry === null || input === undefined || output === undefined) return null;
  const parameters = routePath.split('/').filter((segment) => segment === '*' || /^\{.*\}$/.test(segment));
  return {
    plan,
    make: messageMaker(plan, { input, registry }, parameters),
    toJson: jsonWriter(output, registry, plan.zeroValues),
    metadata: new Set([...ALWAYS, ...plan.metadata]),
  };
}

function jsonWriter(output: DescMessage, registry: Registry, alwaysEmitImplicit: boolean): ToJson {
  return (bytes) => JSON.stringify(toJson(output, fromBinary(output, bytes), { registry, alwaysEmitImplicit }));
}

/** Documents are loaded again with every change of their tenant; their descriptors rarely change. */
const registries = new Map<string, Registry | null>();
const MAX_REGISTRIES = 200;

function registryOf(descriptors: string): Registry | null {
  const known = registries.get(descriptors);
  if (known !== undefined) return known;
  let made: Registry | null = null;
  try {
    made = createFileRegistry(fromBinary(FileDescriptorSetSchema, Buffer.from(descriptors, 'base64')));
  } catch {
    // Nothing this release can read: the route's calls are refused.
  }
  if (registries.size >= MAX_REGISTRIES) registries.clear();
  registries.set(descriptors, made);
  return made;
}

function build({ plan, make, metadata }: Prepared, exchange: Exchange, ports: Ports, body: unknown): Refusal | null {
  if (body instanceof Refusal) return body;
  if (exchange.settled) return null;
  const message = make(exchange, body);
  if (message instanceof Refusal) return message;
  if (message.length > plan.maxMessageBytes) return refusal('body_too_large');
  const kept: string[] = [];
  const given = exchange.forwardHeaders;
  for (let at = 0; at < given.length; at += 2) {
    const name = given[at] as string;
    if (metadata.has(name) || name.startsWith('x-parley-')) kept.push(name, given[at + 1] as string);
  }
  exchange.forwardHeaders = kept;
  const upstream = chooseUpstream(exchange);
  if (upstream === null) return refusal('provider_unconfigured');
  kept.push('content-type', 'application/grpc+proto', 'te', 'trailers', 'grpc-accept-encoding', 'identity,gzip');
  kept.push('grpc-timeout', `${Math.min(upstream.timeouts.totalMs, 99_999_999)}m`, 'user-agent', 'parley-gateway');
  exchange.stream = plan.streams;
  exchange.upstreamRequest = {
    pool: ports.upstreams.pool(upstream.origin, upstream.timeouts.connectMs),
    group: ports.groups.of(upstream),
    method: 'POST',
    path: upstream.basePath + plan.path,
    headers: kept,
    body: framed(message),
    timeouts: upstream.timeouts,
  };
  return null;
}

function forward({ plan, toJson }: Prepared, exchange: Exchange, ports: Ports, relay: Relay): Refusal | null {
  const { upstream, upstreamRequest } = exchange;
  if (upstream === null || upstreamRequest === null || !Buffer.isBuffer(upstreamRequest.body))
    return refusal('internal');
  const way = { exchange, ports, relay, toJson };
  const lines = exchange.accept.includes('ndjson') && !exchange.accept.includes('text/event-stream');
  const { headers, body, timeouts, group } = upstreamRequest;
  const call = new GrpcCall(
    exchange,
    {
      choice: new TargetChoice(exchange, upstream, group),
      path: plan.path,
      headers,
      body,
      timeouts,
      maxMessageBytes: plan.maxMessageBytes,
      upstreams: ports.upstreams,
      deadlines: ports.deadlines,
    },
    plan.streams ? new StreamAnswer(way, lines ? NDJSON : SSE) : new UnaryAnswer(way),
  );
  exchange.relay = relay;
  exchange.call = call;
  return call.start();
}
