import { createHash } from 'node:crypto';
import type { ModelCachePolicy } from '@parley/contracts/policies/model-cache';
import type { Exchange } from '../../exchange.ts';

/** Members that change how an answer is delivered or accounted for, and not the answer. */
const NOT_ASKED = new Set([
  'stream',
  'stream_options',
  'user',
  'safety_identifier',
  'metadata',
  'store',
  'prompt_cache_key',
  'service_tier',
]);
const MAX_DEPTH = 64;

/** JSON with the members of every object in order: equal for requests that differ in order and spaces only. */
function canonical(value: unknown, depth = 0): string {
  if (Array.isArray(value)) {
    if (depth > MAX_DEPTH) return JSON.stringify(value);
    return `[${value.map((item) => canonical(item, depth + 1)).join(',')}]`;
  }
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const kept = depth === 0 ? members.filter(([name]) => !NOT_ASKED.has(name)) : members;
  return `{${kept.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item, depth + 1)}`).join(',')}}`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Whose answers these are; `null` for a call that names no end user where they are kept by user. */
function owner(
  exchange: Exchange,
  scope: ModelCachePolicy['scope'],
  body: Readonly<Record<string, unknown>>,
): string | null {
  if (scope === 'everyone') return '*';
  const application = exchange.caller?.application.id ?? '';
  if (scope === 'application') return application;
  const user = text(body['user']) || text(body['safety_identifier']) || exchange.subject;
  return user === '' ? null : `${application}\0${user}`;
}

/** Where the answers to a question lie, and whose they are. */
export interface Question {
  readonly resource: string;
  readonly primary: string;
  readonly owner: string;
}

/** What questions have in common that differ in the words of their last turns only: `rest` is the request without those. */
export function bucketOf(
  { modelPath, chat }: Exchange,
  parts: readonly string[],
  rest: Readonly<Record<string, unknown>>,
): string {
  const all = [...parts, modelPath?.protocol ?? '', chat?.model ?? '', canonical(rest)];
  return createHash('sha256').update(all.join('\0')).digest('base64url');
}

/**
 * The question a call asks: its request as the caller sent it, all that matters of it in one order. `null` for one whose
 * answers are not kept. What a guard masks does not count: two callers' secrets would look alike.
 */
export function questionOf(exchange: Exchange, policy: ModelCachePolicy, generation: number): Question | null {
  const { version, modelPath, chat, body } = exchange;
  if (version === null || modelPath === null || chat === null || body === null) return null;
  const asked: unknown = JSON.parse(body.toString('utf8'));
  if (typeof asked !== 'object' || asked === null) return null;
  const whose = owner(exchange, policy.scope, asked as Readonly<Record<string, unknown>>);
  if (whose === null) return null;
  const resource = `models:${version.id}:${generation}`;
  const parts = [resource, whose, modelPath.protocol, chat.model, canonical(asked)];
  return { resource, owner: whose, primary: createHash('sha256').update(parts.join('\0')).digest('base64url') };
}
