import { PROVIDER_FORMATS } from '@parley/contracts/provider-format';
import type { Call } from '@parley/llm/neutral/call';
import { CLIENT_PROTOCOLS, type ClientRequest, envelope, readClientRequest } from '@parley/llm/preview/client-request';
import { type Difference, differencesOf, memberDifferences } from '@parley/llm/preview/differences';
import { FORMATS, type FormatRow, keyHeaders } from '@parley/llm/providers/formats';
import { GATEWAY_HEADERS, type ModelRequest, modelRequest } from '@parley/llm/providers/request';
import { quirksOf } from '@parley/llm/providers/table';
import { codecOf } from '@parley/llm/ways';
import { z } from 'zod';
import { storedSettings } from '../providers/provider-shape.ts';

const differenceShape = z.object({
  field: z.string(),
  /** JSON text; `null` for what is not there. */
  from: z.string().nullable(),
  to: z.string().nullable(),
});

const sentShape = z.object({
  /** The client's. */
  protocol: z.enum(CLIENT_PROTOCOLS),
  /** Why nothing can be sent; everything below is empty then. */
  problem: z.string().nullable(),
  /** Client and provider speak the same: bytes pass, but for the members named in `differences`. */
  passes: z.boolean(),
  url: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  body: z.string(),
  /** What the provider cannot be told; `essential`: by default calls with it are refused. */
  losses: z.array(z.object({ field: z.string(), why: z.string(), essential: z.boolean() })),
  /** What is another than the client wrote; `null` where the provider's protocol is one that cannot be read back here. */
  differences: z.array(differenceShape).nullable(),
});
type Sent = z.input<typeof sentShape>;

/** What a model's provider is sent, for each client protocol. */
export const upstreamShape = z.object({
  model: z.string(),
  provider: z.object({ slug: z.string(), name: z.string() }),
  providerModel: z.string(),
  format: z.enum(PROVIDER_FORMATS),
  sent: z.array(sentShape),
});

interface ModelRow {
  readonly slug: string;
  readonly providerModel: string;
  readonly maxOutputTokens: number | null;
  readonly provider: {
    readonly slug: string;
    readonly name: string;
    readonly baseUrl: string;
    readonly preset: string | null;
    readonly format: string;
    readonly settings: unknown;
  };
}

/** Stands where the provider's key will: keys are opened by gateways only. */
const KEY = '(the provider’s key)';

/** Credentials that are made for each call. */
const MADE_CREDENTIALS: Readonly<Partial<Record<FormatRow['auth'], string>>> = {
  aws: '(signed for each call with the provider’s key)',
  google: '(an access token of the service account)',
};

function authHeaders({ auth }: FormatRow): string[] {
  const made = MADE_CREDENTIALS[auth];
  return made === undefined ? keyHeaders(auth, KEY) : ['authorization', made];
}

function headersOf(format: FormatRow, request: ModelRequest): Sent['headers'] {
  const flat = [...authHeaders(format), ...request.headers, ...GATEWAY_HEADERS];
  return flat.flatMap((name, at) => (at % 2 === 0 ? [{ name, value: flat[at + 1] ?? '' }] : []));
}

function changes(call: Call, client: ClientRequest, request: ModelRequest, model: string): Difference[] | null {
  if (request.way.from === request.way.to) return memberDifferences(client.body, request.body);
  const given = envelope(request.way.to, request.body, { model, stream: call.stream, query: '' });
  const codec = codecOf(request.way.to)?.client;
  if ('malformed' in given || !codec) return null;
  const read = codec.read(given);
  return 'malformed' in read ? null : differencesOf(call, read);
}

const NOTHING = { passes: false, url: '', headers: [], body: '', losses: [], differences: [] };

/** What the provider of a model is sent for a conversation, asked by each client protocol. */
export function upstreamRequests(
  { slug, providerModel, maxOutputTokens, provider }: ModelRow,
  clients: readonly ClientRequest[],
  conversation: Call,
): z.input<typeof upstreamShape> {
  const formatName = z.enum(PROVIDER_FORMATS).parse(provider.format);
  const format = FORMATS[formatName];
  const access = { format, key: null, settings: storedSettings(provider.settings) };
  const target = { model: providerModel, maxOutputTokens, quirks: quirksOf(provider.preset) };
  const sent = clients.map((client): Sent => {
    const { protocol } = client;
    const refused = (problem: string): Sent => ({ protocol, problem, ...NOTHING });
    const call = readClientRequest(client, conversation);
    if ('malformed' in call) return refused(call.message);
    const request = modelRequest(access, call, target, client.headers);
    if (request === null) return refused('A client of this protocol cannot be served by this provider.');
    if ('malformed' in request) return refused(request.message);
    const read = codecOf(protocol)?.client?.read(call);
    const meant = !read || 'malformed' in read ? conversation : read;
    return {
      protocol,
      problem: null,
      passes: request.way.from === request.way.to,
      url: provider.baseUrl.replace(/\/+$/, '') + request.path,
      headers: headersOf(format, request),
      body: request.body,
      losses: request.losses.map(({ path: field, why, essential }) => ({ field, why, essential })),
      differences: changes(meant, client, request, providerModel),
    };
  });
  const { slug: providerSlug, name } = provider;
  return { model: slug, provider: { slug: providerSlug, name }, providerModel, format: formatName, sent };
}
