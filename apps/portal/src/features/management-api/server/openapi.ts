import { VERBS } from '@parley/services/registry';
import type { AnyVerb } from '@parley/services/verb';
import { z } from 'zod';

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    requestId: { type: 'string', format: 'uuid' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { pointer: { type: 'string' }, message: { type: 'string' } } },
    },
  },
} as const;

type Json = Record<string, unknown>;

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

/** Splits a verb's input over path, query and body, as the dispatcher reads it. */
function operation(verb: AnyVerb): Json {
  const { spec } = verb;
  const path = spec.rest?.path ?? '';
  const pathNames = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
  const input = jsonSchema(spec.input, 'input');
  const properties = (input.properties ?? {}) as Record<string, Json>;
  const required = new Set((input.required ?? []) as string[]);
  const rest = Object.keys(properties).filter((name) => !pathNames.includes(name));
  const inQuery = spec.rest?.method === 'GET' || spec.rest?.method === 'DELETE';
  const parameter = (name: string, place: 'path' | 'query'): Json => ({
    name,
    in: place,
    required: place === 'path' || required.has(name),
    schema: properties[name] ?? { type: 'string' },
  });
  return {
    operationId: spec.name,
    summary: spec.summary,
    tags: [spec.name.split('.')[0]],
    'x-permission': spec.access,
    parameters: [
      ...pathNames.map((name) => parameter(name, 'path')),
      ...(inQuery ? rest.map((name) => parameter(name, 'query')) : []),
    ],
    ...(inQuery || rest.length === 0
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: bodySchema(input, properties, rest, required) } },
          },
        }),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: jsonSchema(spec.output, 'output') } } },
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
    ...(spec.access === 'public' ? { security: [{}] } : {}),
  };
}

function bodySchema(input: Json, properties: Record<string, Json>, names: string[], required: Set<string>): Json {
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, properties[name]])),
    required: names.filter((name) => required.has(name)),
    ...(input.$defs ? { $defs: input.$defs } : {}),
  };
}

/** The management API's OpenAPI 3.1 document, made from the verbs' own schemas. */
export function buildOpenApi(portalUrl: string): Json {
  const paths: Record<string, Json> = {};
  for (const verb of VERBS) {
    if (!verb.spec.rest) continue;
    const entry = (paths[verb.spec.rest.path] ??= {});
    entry[verb.spec.rest.method.toLowerCase()] = operation(verb);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parley management API',
      version: '1',
      description:
        'Everything the portal does, for scripts. Authenticate with a management token (Settings → Management tokens). ' +
        'Send an `Idempotency-Key` header with a POST to make a repeat harmless.',
    },
    servers: [{ url: `${portalUrl}/api/v1` }],
    security: [{ managementToken: [] }],
    paths,
    components: {
      securitySchemes: { managementToken: { type: 'http', scheme: 'bearer', bearerFormat: 'pm_live_…' } },
      schemas: { Problem: PROBLEM },
    },
  };
}
