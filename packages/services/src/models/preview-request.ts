import type { Transaction } from '@parley/db/client';
import type { Call, CallIssue } from '@parley/llm/neutral/call';
import { CLIENT_PROTOCOLS, type ClientRequest, clientRequest, envelope } from '@parley/llm/preview/client-request';
import { codecOf } from '@parley/llm/ways';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { defineVerb } from '../verb.ts';
import { aliasTargets } from './alias-targets.ts';
import { upstreamRequests, upstreamShape } from './upstream-preview.ts';

const MAX_CHARS = 2_000_000;
const MAX_TARGETS = 5;

const clientShape = z.object({
  protocol: z.enum(CLIENT_PROTOCOLS),
  url: z.string(),
  /** Beside the one with the caller's key. */
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Header of the caller's key, and what stands before the key there. */
  keyHeader: z.object({ name: z.string(), prefix: z.string() }),
  /** JSON text, as it would be sent. */
  body: z.string(),
  /** What of the conversation this protocol has no words for. */
  losses: z.array(z.object({ field: z.string(), why: z.string() })),
});

/**
 * A conversation as every client protocol asks it, and what the model's provider is sent for each. Sends nothing, and opens no
 * key. What the caller's API does to calls on the way (guardrails, mapping) is not in it.
 */
export const previewModelRequest = defineVerb({
  name: 'models.previewRequest',
  summary: 'Show a conversation as each client protocol’s request, and the request its model’s provider would be sent.',
  // Changes nothing; but a conversation is too long for the address of a read.
  kind: 'write',
  access: 'applications.read',
  rest: { method: 'POST', path: '/model-request-previews' },
  input: z.object({
    model: z
      .string()
      .trim()
      .min(1, 'Name a model.')
      .max(200, 'At most 200 characters.')
      .describe('The name callers use: of a model, or one that a model API routes.'),
    request: z
      .record(z.string(), z.json())
      .describe('The conversation as a Chat Completions request; its model’s name is left out of account.'),
  }),
  output: z.object({
    clients: z.array(clientShape),
    /**
     * One for each of the tenant's own models the name stands for; empty for names of other publishers, and for those who may
     * not see providers.
     */
    upstreams: z.array(upstreamShape),
  }),
  async run({ tx, input, context, tenantId }) {
    const call = readConversation({ ...input.request, model: input.model });
    const clients = CLIENT_PROTOCOLS.map((protocol) => clientRequest(call, protocol));
    const { gatewayUrl } = context.settings;
    const mayLook = context.permissions.has('providers.read');
    return {
      clients: clients.map((request) => clientOut(request, gatewayUrl)),
      upstreams: mayLook ? await upstreamsOf(tx, tenantId, call, clients) : [],
    };
  },
});

function readConversation(body: Record<string, unknown>): Call {
  const text = JSON.stringify(body);
  if (text.length > MAX_CHARS)
    throw wrongField('request', 'This conversation is too long to be shown. Shorten its media.');
  const given = envelope('openai_chat', text, { model: '', stream: false, query: '' });
  const read = 'malformed' in given ? given : (codecOf('openai_chat')?.client?.read(given) ?? NOBODY);
  if (!('malformed' in read)) return read;
  throw wrongField(read.param === null ? 'request' : `request.${read.param}`, read.message);
}

const NOBODY: CallIssue = { malformed: false, param: null, message: 'This cannot be read here.' };

function clientOut(request: ClientRequest, gatewayUrl: string): z.input<typeof clientShape> {
  const { protocol, path, headers, keyHeader, body, losses } = request;
  return {
    protocol,
    url: gatewayUrl + path,
    headers: headersOut(headers),
    keyHeader,
    body,
    losses: losses.map(({ path: field, why }) => ({ field, why })),
  };
}

function headersOut(flat: readonly string[]): { name: string; value: string }[] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [{ name, value: flat[at + 1] ?? '' }] : []));
}

async function upstreamsOf(
  tx: Transaction,
  tenantId: string,
  call: Call,
  clients: readonly ClientRequest[],
): Promise<z.input<typeof upstreamShape>[]> {
  const routed = await aliasTargets(tx, tenantId, call.model);
  const slugs = routed.length > 0 ? routed : [call.model.slice(call.model.indexOf('/') + 1), call.model];
  const models = await tx.model.findMany({
    where: { tenantId, slug: { in: slugs.slice(0, MAX_TARGETS) } },
    include: { provider: true },
  });
  return models
    .sort((a, b) => slugs.indexOf(a.slug) - slugs.indexOf(b.slug))
    .map((model) => upstreamRequests(model, clients, call));
}
