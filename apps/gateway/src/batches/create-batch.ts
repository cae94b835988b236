import type { BatchesPolicy } from '@parley/contracts/policies/batches';
import { newId } from '@parley/kernel/id';
import { isObject } from '@parley/llm/object';
import { parseExact } from '@parley/llm/parse-exact';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { checkJsonType } from '../stages/read-json.ts';
import { collectBody } from '../wire/body.ts';
import { allUnderWay } from '../wire/limit-members.ts';
import { ownFile } from './answer-files.ts';
import type { BatchCaller, BatchDialect, BatchFacts, BatchView } from './batch.ts';
import { shownId } from './batch-id.ts';
import { fileRules, modelRules, placeOf } from './batch-rules.ts';
import type { FileFacts } from './file.ts';
import { readLines } from './file-content.ts';
import { LINE_FORMS } from './line-form.ts';
import { store } from './take-file.ts';

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;
const MAX_REQUEST = 64 * 1024;
/** Models that the calls of one batch may ask. */
export const MOST_MODELS = 20;

/** Paths that OpenAI's batches can have. */
const ENDPOINTS = [
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/embeddings',
  '/v1/moderations',
  '/v1/images/generations',
];
/** What of a caller's headers decides what a call means. */
const KEPT_HEADERS = new Set(['host', 'anthropic-version', 'anthropic-beta', 'openai-beta']);

export function wrong(param: string, message: string): Refusal {
  return refusal('invalid_parameter', { param, message });
}

async function readBody(exchange: Exchange, maxBytes: number): Promise<Record<string, unknown> | Refusal> {
  const refused = checkJsonType(exchange);
  if (refused !== null) return refused;
  const body = await collectBody(exchange, maxBytes);
  if (body instanceof Refusal) return body;
  const read = parseExact(body.toString('utf8'));
  return isObject(read) ? read : refusal('malformed_json', { message: 'The body must be a JSON object.' });
}

/** At most 16 pairs of text, as OpenAI has it. */
function readMetadata(given: unknown): BatchFacts['metadata'] | Refusal {
  if (given === undefined || given === null) return null;
  const pairs = isObject(given) ? Object.entries(given) : null;
  const fits = pairs?.every(([name, value]) => name.length <= 64 && typeof value === 'string' && value.length <= 512);
  if (!pairs || !fits || pairs.length > 16) {
    return wrong('metadata', '`metadata` holds at most 16 texts of 512 characters, with names of 64.');
  }
  return Object.fromEntries(pairs) as Record<string, string>;
}

function callerOf(exchange: Exchange): BatchCaller {
  const { caller, scopes, subject, request, clients } = exchange;
  const headers: string[] = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = (request.rawHeaders[i] as string).toLowerCase();
    if (KEPT_HEADERS.has(name)) headers.push(name, request.rawHeaders[i + 1] as string);
  }
  return { keyId: caller?.key.id ?? '', scopes, subject, address: clients.addressOf(request), headers };
}

/** Path of the API that was called; empty for the gateway's own. */
function baseOf({ path, rest, tenantSlug }: Exchange): string {
  return tenantSlug === '' ? '' : path.slice(0, path.length - rest.length);
}

function apiOf({ tenant, api, versionSlug }: Exchange): BatchFacts['api'] {
  return tenant === null || api === null ? null : { tenantId: tenant.id, apiId: api.id, version: versionSlug };
}

interface NewBatch {
  readonly dialect: BatchDialect;
  readonly endpoint: string;
  readonly input: FileFacts;
  readonly metadata: BatchFacts['metadata'];
  /** Its calls; 0 while nobody has counted them. */
  readonly total: number;
  /** Of the API that its first call asks; the others are looked at when the batch is validated. */
  readonly policy: BatchesPolicy;
}

async function create(exchange: Exchange, ports: Ports, given: NewBatch): Promise<BatchView | Refusal> {
  const { caller, subject } = exchange;
  if (caller === null) return refusal('internal');
  const { input, policy, dialect, endpoint, metadata } = given;
  const { maxLines, concurrency, keepDays, maxOpen } = policy;
  if (input.bytes > policy.maxMegabytes * MIB) {
    return wrong('input_file_id', `This API takes batches of at most ${policy.maxMegabytes} MiB.`);
  }
  const id = newId();
  const createdAtMs = ports.clock.nowMs();
  const facts: BatchFacts = {
    id,
    applicationId: caller.application.id,
    subject: subject === caller.key.id ? '' : subject,
    dialect,
    endpoint,
    base: baseOf(exchange),
    api: apiOf(exchange),
    inputFileId: input.id,
    metadata,
    createdAtMs,
    expiresAtMs: createdAtMs + DAY_MS,
    caller: callerOf(exchange),
    rules: { maxLines, concurrency, keepMs: keepDays * DAY_MS },
  };
  const said = await ports.batches.store.create(facts, maxOpen, given.total);
  if (said === 'gone') return refusal('file_not_found');
  if (said === 'full') {
    const message = `${maxOpen} batches of your application are under way already, which is all this API lets be.`;
    const limit = allUnderWay('application', 'batches', maxOpen);
    return refusal('too_many_jobs', { message, limit, retryAfterSeconds: 60 });
  }
  ports.batches.look();
  return (await ports.batches.store.view(id)) ?? refusal('internal');
}

/** What holds for the batch by its first call: whoever may not make that one hears so at once. */
async function firstRules(
  exchange: Exchange,
  ports: Ports,
  of: Pick<NewBatch, 'dialect' | 'endpoint' | 'input'>,
): Promise<BatchesPolicy | Refusal> {
  const place = placeOf(exchange);
  if (place instanceof Refusal) return place;
  for await (const { text } of readLines(ports.batches, of.input)) {
    const read = LINE_FORMS[of.dialect].read(text, of.endpoint);
    // What is wrong with lines is told by the batch itself.
    return 'code' in read ? fileRules(place, ports) : modelRules(place, read.model, ports);
  }
  return fileRules(place, ports);
}

/** OpenAI's `POST /v1/batches`. */
export async function createBatch(exchange: Exchange, ports: Ports): Promise<BatchView | Refusal> {
  const body = await readBody(exchange, MAX_REQUEST);
  if (body instanceof Refusal) return body;
  const { input_file_id: fileId, endpoint, completion_window: window } = body;
  if (typeof fileId !== 'string') return wrong('input_file_id', '`input_file_id` must be the id of a file.');
  if (typeof endpoint !== 'string' || !ENDPOINTS.includes(endpoint)) {
    return wrong('endpoint', `\`endpoint\` must be one of ${ENDPOINTS.join(', ')}.`);
  }
  if (window !== '24h') return wrong('completion_window', '`completion_window` must be `24h`.');
  const metadata = readMetadata(body.metadata);
  if (metadata instanceof Refusal) return metadata;
  const input = await ownFile(exchange, ports, fileId);
  if (input instanceof Refusal) return input;
  if (input.purpose !== 'batch') return wrong('input_file_id', "The input file's purpose must be `batch`.");
  const policy = await firstRules(exchange, ports, { dialect: 'openai', endpoint, input });
  if (policy instanceof Refusal) return policy;
  return create(exchange, ports, { dialect: 'openai', endpoint, input, metadata, policy, total: 0 });
}

/** The calls of Anthropic's `requests` as lines; refuses what is wrong with any, as Anthropic does. */
function linesOf(requests: readonly unknown[], maxLines: number): Buffer | Refusal {
  if (requests.length > maxLines) return wrong('requests', `This API takes batches of at most ${maxLines} requests.`);
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const [at, request] of requests.entries()) {
    const text = JSON.stringify(request) ?? '';
    const read = LINE_FORMS.anthropic.read(text, '');
    if ('code' in read) return wrong(`requests.${at}${read.param ? `.${read.param}` : ''}`, read.message);
    if (seen.has(read.customId)) {
      return wrong(`requests.${at}.custom_id`, `\`custom_id\` must be unique: \`${read.customId}\` is given twice.`);
    }
    seen.add(read.customId);
    lines.push(text);
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

/** Anthropic's `POST /v1/messages/batches`. */
export async function createMessageBatch(exchange: Exchange, ports: Ports): Promise<BatchView | Refusal> {
  const place = placeOf(exchange);
  if (place instanceof Refusal) return place;
  const rules = await fileRules(place, ports);
  if (rules instanceof Refusal) return rules;
  const body = await readBody(exchange, rules.maxMegabytes * MIB);
  if (body instanceof Refusal) return body;
  const { requests } = body;
  if (!Array.isArray(requests) || requests.length === 0) {
    return wrong('requests', '`requests` must be a list of at least one request.');
  }
  const lines = linesOf(requests, rules.maxLines);
  if (lines instanceof Refusal) return lines;
  const first = LINE_FORMS.anthropic.read(JSON.stringify(requests[0]), '');
  const policy = 'code' in first ? rules : await modelRules(place, first.model, ports);
  if (policy instanceof Refusal) return policy;
  const kept = { bytes: lines, name: 'requests.jsonl', lastMs: DAY_MS, hidden: true };
  const input = await store(exchange, ports, kept);
  if (input instanceof Refusal) return input;
  const made = await create(exchange, ports, {
    dialect: 'anthropic',
    endpoint: '/v1/messages',
    input,
    metadata: null,
    policy,
    total: requests.length,
  });
  if (made instanceof Refusal) await ports.batches.files.drop(input.id);
  return made;
}

/** Name of what a batch answers. */
export function resultName(id: string, kind: 'output' | 'error'): string {
  return `${shownId('batch_', id)}_${kind}.jsonl`;
}
