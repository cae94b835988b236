import type { DescMessage } from '@bufbuild/protobuf';
import type { GrpcPlan } from '@parley/contracts/grpc-plan';
import type { GrpcPolicy } from '@parley/contracts/policies/grpc';
import type { EndpointShape } from '../translation/endpoint-shape.ts';
import type { Place } from '../translation/input-place.ts';
import { MessageSchemas } from './describe-messages.ts';
import { fieldPath, queryFields } from './field-paths.ts';
import { neededDescriptors } from './needed-types.ts';
import { type FoundMethod, type Issue, type ReadFiles, readFiles } from './read-files.ts';

export interface CompiledGrpc {
  readonly plan: GrpcPlan;
  readonly shape: EndpointShape;
}

const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE']);
const DEFAULT_KB = 4096;
const KIBIBYTE = 1024;

/** Compiles the policy of a route, or tells what is wrong with it. */
export function compileGrpc(policy: GrpcPolicy, route: Place): CompiledGrpc | readonly Issue[] {
  if (policy.protos === undefined) return [{ path: 'protos', message: 'Give the .proto files of the service.' }];
  const files = readFilesOnce(policy.protos);
  if (!('registry' in files)) return files;
  const method = methodOf(policy, route, files);
  if ('message' in method) return [method];
  const input = files.registry.getMessage(method.input) as DescMessage;
  const output = files.registry.getMessage(method.output) as DescMessage;
  const body = bodyOf(policy, route, method);
  const parameters = parametersOf(route).map((name) => ({ name, field: name }));
  const issues = [...bodyIssues(body, input, route), ...parameterIssues(parameters, input, route)];
  if (issues.length > 0) return issues;
  const plan: GrpcPlan = {
    kind: 'grpc',
    path: `/${method.fullName}`,
    descriptors: Buffer.from(neededDescriptors(files.set, [input, output])).toString('base64'),
    input: method.input,
    output: method.output,
    streams: method.serverStreams,
    parameters,
    body,
    metadata: policy.metadata ?? [],
    zeroValues: policy.zeroValues ?? true,
    maxMessageBytes: (policy.maxMessageKb ?? DEFAULT_KB) * KIBIBYTE,
  };
  return { plan, shape: shapeOf(plan, method, input, output) };
}

type Protos = NonNullable<GrpcPolicy['protos']>;
/** The files of a version are the same for all its routes. */
const read = new WeakMap<Protos, ReturnType<typeof readFiles>>();

function readFilesOnce(protos: Protos): ReadFiles | readonly Issue[] {
  const known = read.get(protos) ?? readFiles(protos);
  read.set(protos, known);
  return known;
}

function methodOf(policy: GrpcPolicy, { method: verb, path }: Place, { methods }: ReadFiles): FoundMethod | Issue {
  const given = policy.method;
  const found =
    given === undefined
      ? methods.find(({ bindings }) => bindings.some((one) => one.method === verb && one.path === path))
      : methods.find(({ fullName }) => fullName === given);
  if (found === undefined) {
    const known = methods.map(({ fullName }) => fullName).slice(0, 10);
    const message =
      given === undefined
        ? `No method’s google.api.http names ${verb} ${path}. Say which method is called, or switch “grpc” off on this route.`
        : `The files have no such method. They have: ${known.join(', ') || 'none'}.`;
    return { path: 'method', message };
  }
  if (found.clientStreams) {
    return { path: 'method', message: 'The method takes a stream of messages; a REST call can send only one.' };
  }
  return found;
}

function bodyOf(policy: GrpcPolicy, { method: verb, path }: Place, { bindings }: FoundMethod): string {
  if (policy.body !== undefined) return policy.body;
  const bound = bindings.find((one) => one.method === verb && one.path === path);
  if (bound !== undefined) return bound.body === '' ? 'none' : bound.body;
  return BODILESS.has(verb) ? 'none' : '*';
}

function bodyIssues(body: string, input: DescMessage, { method }: Place): Issue[] {
  if (body === 'none') return [];
  if (['GET', 'HEAD', 'OPTIONS'].includes(method)) {
    return [{ path: 'body', message: `Calls by ${method} have no body.` }];
  }
  const missing = body !== '*' && !input.fields.some(({ name, jsonName }) => name === body || jsonName === body);
  return missing ? [{ path: 'body', message: `${input.typeName} has no field ${body}.` }] : [];
}

function parametersOf({ path }: Place): string[] {
  return path.split('/').flatMap((segment) => /^\{(.+)\}$/.exec(segment)?.[1] ?? []);
}

function parameterIssues(parameters: GrpcPlan['parameters'], input: DescMessage, { path }: Place): Issue[] {
  return parameters
    .filter(({ field }) => fieldPath(input, field) === null)
    .map(({ name }) => ({
      path: 'method',
      message: `${input.typeName} has no field that {${name}} of ${path} can fill.`,
    }));
}

function shapeOf(plan: GrpcPlan, method: FoundMethod, input: DescMessage, output: DescMessage): EndpointShape {
  const schemas = new MessageSchemas();
  const inPath = plan.parameters.map(({ name }) => ({
    in: 'path' as const,
    name,
    required: true,
    schema: { type: 'string' },
  }));
  const taken = new Set(plan.parameters.map(({ field }) => fieldPath(input, field)?.steps.join('.')));
  const field = input.fields.find(({ name, jsonName }) => name === plan.body || jsonName === plan.body);
  const inQuery =
    plan.body === '*' ? [] : queryFields(input).filter(({ name }) => !taken.has(name) && name !== field?.jsonName);
  const body = plan.body === '*' ? schemas.of(input) : field ? schemas.field(field) : null;
  return {
    summary: method.name,
    parameters: [
      ...inPath,
      ...inQuery.map(({ name }) => ({ in: 'query' as const, name, required: false, schema: { type: 'string' } })),
    ],
    body: body === null ? null : { required: false, schema: body },
    answer: schemas.of(output),
    schemas: schemas.schemas,
  };
}
