import type { ProviderFormat } from '@parley/contracts/provider-format';
import type { ProviderError } from '../neutral/answer.ts';
import type { CallIssue, Loss } from '../neutral/call.ts';
import { isObject, parseJson } from '../object.ts';
import { stringifyDeep } from '../parse-exact.ts';
import { FORMATS } from '../providers/formats.ts';
import { codecOf } from '../ways.ts';
import { PassedEvents } from './events.ts';
import type {
  Dialect,
  OperationCall,
  OperationName,
  OperationRequest,
  OperationView,
  OperationWay,
} from './operation.ts';
import { estimated, openAiForm, openAiUsage, passAnswer, passBody, unitsAsked } from './passing.ts';
import { EMBED_CLIENTS, EMBEDDINGS, knownFormat, passedPath, RERANK, RERANK_CLIENTS, type Row } from './table.ts';
import type { OperationUsage } from './usage.ts';

type ReadError = (text: string, status: number) => ProviderError | null;
type Body = Readonly<Record<string, unknown>>;

function errorsOf(format: ProviderFormat): ReadError {
  const codec = codecOf(FORMATS[format].protocol) ?? codecOf('openai_chat');
  return (text, status) => codec?.provider?.readError(text, status) ?? null;
}

function json(body: unknown, losses: readonly Loss[]): OperationRequest {
  const text = stringifyDeep(body);
  if (text !== null) return { contentType: 'application/json', body: text, losses };
  const loss = { path: 'input', why: 'the call nests too deeply', essential: true };
  return { contentType: 'application/json', body: '{}', losses: [...losses, loss] };
}

/** The two sides of something that is translated. */
interface Sides<C, A> {
  readonly client: {
    read(call: OperationCall): C | CallIssue;
    write(answer: A, call: OperationCall, view: OperationView): string;
  };
  readonly row: Row<{
    write(
      call: C,
      target: Parameters<OperationWay['body']>[1],
    ): { readonly body: unknown; readonly losses: readonly Loss[] };
    read(body: Body, count: number): A | null;
  }>;
  /** How many things there are in a call: as many must be in the answer, or no more. */
  readonly countOf: (call: C) => number;
}

function translated<
  C extends object,
  A extends { readonly usage: OperationUsage | null; readonly model: string | null },
>({ client, row, countOf }: Sides<C, A>, readError: ReadError): OperationWay {
  return {
    same: false,
    path: (call, target, settings) => row.path(target.model, settings, call),
    body(call, target) {
      const neutral = client.read(call);
      if ('malformed' in neutral) return neutral;
      const { body, losses } = row.provider.write(neutral, target);
      return json(body, losses);
    },
    form: () => 'json',
    answer(text, call, view) {
      const body = parseJson(text);
      if (!isObject(body)) return null;
      if (isObject(body.error)) return readError(text, 502);
      const neutral = client.read(call);
      if ('malformed' in neutral) return null;
      const answer = row.provider.read(body, countOf(neutral));
      if (answer === null) return null;
      return { text: client.write(answer, call, view), usage: answer.usage, providerModel: answer.model };
    },
    events: () => new PassedEvents(readError),
    estimated,
    units: unitsAsked,
    readError,
  };
}

/** How bytes pass: `usageOf` reads what an answer tells of itself. */
function passed(
  path: Row<null>['path'],
  usageOf: (body: Body, call: OperationCall) => OperationUsage | null,
  readError: ReadError,
): OperationWay {
  return {
    same: true,
    path: (call, target, settings) => path(target.model, settings, call),
    body: passBody,
    form: openAiForm,
    answer: (text, call, view) => passAnswer(text, view, (body) => usageOf(body, call), readError),
    events: () => new PassedEvents(readError),
    estimated,
    units: unitsAsked,
    readError,
  };
}

/** Gemini's batches name the model in every request: those are told the provider's name. */
function geminiBody(call: OperationCall, model: string): OperationRequest {
  const { requests } = call.body;
  const name = `models/${model}`;
  const named = (request: unknown) => (isObject(request) ? { ...request, model: name } : request);
  if (call.batch && Array.isArray(requests)) return json({ ...call.body, requests: requests.map(named) }, []);
  return json('model' in call.body ? named(call.body) : call.body, []);
}

function embeddings(dialect: Dialect, format: ProviderFormat, readError: ReadError): OperationWay | null {
  const row = EMBEDDINGS[format];
  const client = EMBED_CLIENTS[dialect];
  if (row === undefined || client === undefined) return null;
  const way = translated({ client, row, countOf: (call) => call.inputs.length }, readError);
  if (row.speaks !== dialect) return way;
  const usageOf = (body: Body, call: OperationCall): OperationUsage | null => {
    if (dialect === 'openai') return openAiUsage(body, call);
    return (
      row.provider.read(call.batch ? body : { ...body, embeddings: [body.embedding] }, countIn(body))?.usage ?? null
    );
  };
  const passing = passed(row.path, usageOf, readError);
  if (dialect === 'openai') return passing;
  return { ...passing, body: (call, target) => geminiBody(call, target.model), form: () => 'json' };
}

function countIn(body: Body): number {
  return Array.isArray(body.embeddings) ? body.embeddings.length : 1;
}

function rerank(dialect: Dialect, format: ProviderFormat, readError: ReadError): OperationWay | null {
  const row = RERANK[format];
  const client = RERANK_CLIENTS[dialect];
  if (row === undefined || client === undefined) return null;
  if (row.speaks !== dialect) return translated({ client, row, countOf: (call) => call.documents.length }, readError);
  const usageOf = (body: Body): OperationUsage | null => row.provider.read({ ...body, results: [] }, 0)?.usage ?? null;
  return { ...passed(row.path, usageOf, readError), form: () => 'json' };
}

function make(operation: OperationName, dialect: Dialect, format: ProviderFormat): OperationWay | null {
  const readError = errorsOf(format);
  if (operation === 'embeddings') return embeddings(dialect, format, readError);
  if (operation === 'rerank') return rerank(dialect, format, readError);
  const path = passedPath(operation, format);
  return path === null || dialect !== 'openai' ? null : passed(path, openAiUsage, readError);
}

const ways = new Map<string, OperationWay | null>();

/**
 * How a client of a dialect is served by a provider of a format (`openai_compatible` too); `null` where there is no way.
 * A caller answers that with a refusal that names the operation.
 */
export function operationWay(operation: OperationName, dialect: Dialect, formatName: string): OperationWay | null {
  const format = knownFormat(formatName);
  if (format === null) return null;
  const name = `${operation}>${dialect}>${format}`;
  let way = ways.get(name);
  if (way === undefined) {
    way = make(operation, dialect, format);
    ways.set(name, way);
  }
  return way;
}
