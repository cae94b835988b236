import type { PromptDefinition } from '@parley/contracts/snapshot';
import { chatPaths } from './reference-chat.ts';
import type { Json, ReferencePart } from './reference-part.ts';
import { promptPaths } from './reference-prompt.ts';
import { type RouteForReference, restPaths } from './reference-rest.ts';

export type ReferenceTarget =
  | { readonly kind: 'rest'; readonly routes: readonly RouteForReference[]; readonly openapi: unknown }
  | {
      readonly kind: 'prompt';
      readonly definition: PromptDefinition;
      /** Labels that callers may ask for. */
      readonly labels?: readonly string[];
    }
  | {
      readonly kind: 'llm';
      readonly models: readonly { slug: string; name: string; capabilities: readonly string[] }[];
    };

export interface ReferenceInput {
  readonly gatewayUrl: string;
  readonly tenant: { readonly slug: string; readonly name: string };
  readonly api: {
    readonly slug: string;
    readonly name: string;
    readonly summary: string;
    readonly description: string;
  };
  readonly version: string;
  readonly target: ReferenceTarget;
}

/**
 * The OpenAPI 3.1 document of a version, as its consumers see it: where to call it, with what key, what may be sent and
 * what comes back. Pure; names no upstream, provider or prompt text.
 */
export function buildReference(input: ReferenceInput): Json {
  const { api, tenant, gatewayUrl, version, target } = input;
  const part = partOf(target);
  return {
    openapi: '3.1.0',
    info: {
      title: api.name,
      version,
      ...(api.summary ? { summary: api.summary } : {}),
      ...(api.description ? { description: api.description } : {}),
      contact: { name: tenant.name },
    },
    servers: [
      {
        url: target.kind === 'llm' ? `${gatewayUrl}/v1` : `${gatewayUrl}/${tenant.slug}/${api.slug}/${version}`,
        description: target.kind === 'llm' ? 'Use this as the base URL of any OpenAI SDK.' : 'The gateway.',
      },
    ],
    security: [{ key: [] }],
    ...(part.tags?.length ? { tags: part.tags } : {}),
    paths: part.paths,
    components: {
      ...part.components,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key of a subscribed application (`pk_live_…`).' },
      },
      schemas: { ...part.schemas, ...(target.kind === 'llm' ? { OpenAiError } : { Problem }) },
    },
  };
}

function partOf(target: ReferenceTarget): ReferencePart {
  switch (target.kind) {
    case 'rest':
      return restPaths(target.routes, target.openapi);
    case 'prompt':
      return promptPaths(target.definition, target.labels);
    case 'llm':
      return chatPaths(target.models);
  }
}

/** RFC 9457, with the members the gateway adds. */
const Problem: Json = {
  type: 'object',
  description: 'What went wrong and what to do about it (RFC 9457).',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'Page that explains this kind of problem.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'Stable name of the problem, to switch on.' },
    requestId: { type: 'string', description: 'Quote it when you ask for help.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { pointer: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

const OpenAiError: Json = {
  type: 'object',
  description: 'The error form of OpenAI’s API, which its SDKs turn into their own exceptions.',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type'],
      properties: {
        message: { type: 'string' },
        type: { type: 'string' },
        param: { type: ['string', 'null'] },
        code: { type: ['string', 'null'] },
      },
    },
  },
};
