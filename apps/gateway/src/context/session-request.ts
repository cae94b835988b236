import type { ClientCall } from '@parley/llm/codec';
import type { Call, Protocol } from '@parley/llm/neutral/call';
import { isObject } from '@parley/llm/object';
import { jsonProblem } from '@parley/llm/protocols/openai-chat/request';
import { codecOf } from '@parley/llm/ways';
import type { z } from 'zod';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { callIssue } from '../stages/read-chat.ts';
import { readJson } from '../stages/read-json.ts';
import { replyWith } from '../stages/reply.ts';

type Members = Record<string, unknown>;

/** The body as a JSON object; an empty one where there is none and none is needed. */
export async function bodyOf(exchange: Exchange, needed = true): Promise<Members | Refusal> {
  const refused = await readJson(exchange);
  if (refused !== null) return refused;
  const text = exchange.body?.toString('utf8') ?? '';
  if (text === '' && !needed) return {};
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : refusal('malformed_json', { message: 'The body must be a JSON object.' });
  } catch (error) {
    return refusal('malformed_json', { message: jsonProblem(error) });
  }
}

/** What is wrong with a body, with the place of each fault. */
export function wrongForm({ issues }: z.ZodError): Refusal {
  const errors = issues.map(({ path, message }) => ({ pointer: `/${path.join('/')}`, message }));
  return refusal('invalid_parameter', { message: 'The body does not have the right form.', errors });
}

/** The version that `If-Match` asks for; `undefined` where it asks for none (CP-4.4). */
export function ifMatch({ request }: Exchange): number | undefined | Refusal {
  const given = request.headers['if-match'];
  if (given === undefined || given.trim() === '*') return undefined;
  const version = /^"(\d{1,15})"$/.exec(given.trim())?.[1];
  return version === undefined ? refusal('context_changed') : Number(version);
}

/** Answers with JSON. */
export function answer(
  exchange: Exchange,
  ports: Ports,
  { status = 200, headers = [], body }: { status?: number; headers?: readonly string[]; body: unknown },
): null {
  if (!exchange.settled) replyWith(exchange, ports, { status, headers, json: JSON.stringify(body) });
  return null;
}

/** Members a dialect's request has its turns in. */
const TURNS: Partial<Readonly<Record<Protocol, string>>> = {
  openai_chat: 'messages',
  openai_responses: 'input',
  anthropic: 'messages',
  gemini: 'contents',
};

/** A body as a call in the dialect it names (CP-5.6): as the client wrote it, and read. */
export function callIn(body: Members): { readonly chat: ClientCall; readonly call: Call } | Refusal {
  const dialect = body['dialect'] ?? 'openai_chat';
  const member = typeof dialect === 'string' && Object.hasOwn(TURNS, dialect) ? TURNS[dialect as Protocol] : undefined;
  if (member === undefined) {
    const known = Object.keys(TURNS).join(', ');
    return refusal('invalid_parameter', { message: `\`dialect\` must be one of ${known}.`, param: 'dialect' });
  }
  const client = codecOf(dialect as Protocol)?.client ?? null;
  if (client === null) return refusal('internal');
  const { model, tools, system, max_tokens: maxTokens } = body;
  const members: Members = { model: model ?? 'none', [member]: body[member] ?? [], tools, system };
  if (maxTokens !== undefined || dialect === 'anthropic') members['max_tokens'] = maxTokens ?? 1024;
  const chat = client.envelope(JSON.stringify(members), { model: 'none', stream: false, query: '' });
  if ('malformed' in chat) return callIssue(chat);
  const call = client.read(chat);
  return 'malformed' in call ? callIssue(call) : { chat, call };
}
