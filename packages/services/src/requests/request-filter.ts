import { MAX_END_USER } from '@parley/contracts/attribution';
import { MAX_SESSION_ID } from '@parley/contracts/session-id';
import { ABORTED_BY, CACHE_USES, USAGE_KINDS } from '@parley/contracts/usage-event';
import { z } from 'zod';
import { timeShape } from '../shapes.ts';
import { callsWithin } from '../usage/facts.ts';
import { SqlValues } from '../usage/sql-values.ts';
import { filterSql, usageFilterInput } from '../usage/usage-filter.ts';

const DAY_MS = 86_400_000;
const LONGEST_MS = 400 * DAY_MS;
/** From here on a call is in the index `usage_events_notable`. */
const NOTABLY_SLOW_MS = 5000;

const partyId = z.string().min(1).max(64);

/** Which calls a log shows. Without a range: the last seven days. */
export const requestFilterInput = usageFilterInput.extend({
  from: timeShape.optional(),
  to: timeShape.optional(),
  /** `failed`: 4xx and 5xx. */
  status: z
    .union([z.enum(['2xx', '3xx', '4xx', '5xx', 'failed']), z.coerce.number().int().min(100).max(599)])
    .optional(),
  /** Refusal or error code. */
  code: z.string().max(64).optional(),
  kind: z.enum(USAGE_KINDS).optional(),
  method: z.string().max(10).optional(),
  abortedBy: z.enum(ABORTED_BY).optional(),
  /** Why the model ended its answer: `stop`, `length`, `tool_calls`, `content_filter`, … */
  finishReason: z.string().max(40).optional(),
  /** Of the tenant's own APIs: calls in which guardrails found something, or had this outcome. */
  guard: z.enum(['any', 'pass', 'mask', 'block']).optional(),
  /** `any`: answered from what was kept, however. */
  cache: z.enum(['any', ...CACHE_USES]).optional(),
  /** Took at least this long from door to last byte, in milliseconds. */
  slowerThanMs: z.coerce.number().int().min(1).max(86_400_000).optional(),
  sessionId: z.string().max(MAX_SESSION_ID).optional(),
  /** For whom the call was made, as its caller says. */
  endUser: z.string().max(MAX_END_USER).optional(),
  /** The party that acted, of calls with a party token. */
  party: partyId.optional(),
  /** The party for whom they were made. */
  principal: partyId.optional(),
  /** The calls of one party token, by its `jti`. */
  partyToken: z.uuid().optional(),
  /** `name=value`, or a name alone: calls with any value of it. */
  tag: z.string().trim().min(1).max(105).optional(),
  /** A request id, or part of the path. */
  search: z.string().trim().max(200).optional(),
});
/** A place in the log: the id of a call. */
export const cursorInput = z.uuid('This is not a place in the log: take it from the answer before.');
export type RequestFilter = z.output<typeof requestFilterInput>;

const STATUS_SQL: Readonly<Record<string, string>> = {
  '2xx': 'status BETWEEN 200 AND 299',
  '3xx': 'status BETWEEN 300 AND 399',
  '4xx': 'status BETWEEN 400 AND 499',
  '5xx': 'status >= 500',
  failed: 'status >= 400',
};

const REQUEST_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** The part of the log to read: calls after `afterId` (for a tail) or before `beforeId` (for the next page). */
export interface Part {
  readonly tenantId: string;
  readonly filter: RequestFilter;
  readonly afterId?: string | undefined;
  readonly beforeId?: string | undefined;
  readonly limit: number;
  readonly order: 'newest first' | 'oldest first';
}

/**
 * The statement that reads a part of the log. Each side has an index that holds its calls in order of time, so "both" is
 * read as two ordered lists; a call that is on both sides is in the first.
 */
export function partSql(part: Part, columns: string, nowMs: number = Date.now()): { sql: string; values: unknown[] } {
  const values = new SqlValues();
  const mine = values.add(part.tenantId, 'uuid');
  const where = conditions(part, values, nowMs);
  const direction = part.order === 'newest first' ? 'DESC' : 'ASC';
  const limit = values.add(part.limit, 'int');
  const list = (side: string): string =>
    `(SELECT ${columns} FROM usage_events e WHERE ${side} AND ${where}
      ORDER BY event_day ${direction}, id ${direction} LIMIT ${limit})`;
  const published = list(`tenant_id = ${mine}`);
  const consumed = (andOther: string): string => list(`consumer_tenant_id = ${mine}${andOther}`);
  const lists = {
    published: () => published,
    consumed: () => consumed(''),
    all: () => `${published} UNION ALL ${consumed(` AND tenant_id <> ${mine}`)}`,
  }[part.filter.side]();
  return { sql: `SELECT * FROM (${lists}) calls ORDER BY id ${direction} LIMIT ${limit}`, values: values.list };
}

function conditions({ filter, afterId, beforeId }: Part, values: SqlValues, nowMs: number): string {
  const found: string[] = [];
  if (filter.search !== undefined && isRequestId(filter.search)) {
    const day = values.add(dayOf(filter.search), 'date');
    return `event_day = ${day} AND id = ${values.add(filter.search, 'uuid')}`;
  }
  const toMs = filter.to === undefined ? nowMs + DAY_MS : Date.parse(filter.to);
  const fromMs =
    filter.from === undefined
      ? Math.min(toMs, nowMs) - 7 * DAY_MS
      : Math.max(Date.parse(filter.from), toMs - LONGEST_MS);
  found.push(callsWithin(fromMs, Math.max(toMs, fromMs + 1), values), filterSql(filter, values));
  if (beforeId !== undefined)
    found.push(`event_day <= ${values.add(dayOf(beforeId), 'date')} AND id < ${values.add(beforeId, 'uuid')}`);
  if (afterId !== undefined)
    found.push(`event_day >= ${values.add(dayOf(afterId), 'date')} AND id > ${values.add(afterId, 'uuid')}`);
  if (typeof filter.status === 'number') found.push(`status = ${values.add(filter.status, 'int')}`);
  else if (filter.status !== undefined) found.push(STATUS_SQL[filter.status] as string);
  if (filter.code !== undefined) found.push(`code = ${values.add(filter.code, 'text')}`);
  if (filter.kind !== undefined) found.push(`kind = ${values.add(filter.kind, 'text')}`);
  if (filter.method !== undefined) found.push(`method = ${values.add(filter.method.toUpperCase(), 'text')}`);
  if (filter.abortedBy !== undefined) found.push(`aborted_by = ${values.add(filter.abortedBy, 'text')}`);
  found.push(...answerConditions(filter, values));
  if (filter.search) found.push(`path ILIKE ${values.add(`%${escapeLike(filter.search)}%`, 'text')}`);
  return found.join(' AND ');
}

/** The index `usage_events_notable` holds calls that ended in another way, so the usual ones are named to the planner. */
const USUAL_ENDS = ['stop', 'tool_calls'];

function answerConditions(filter: RequestFilter, values: SqlValues): string[] {
  const found: string[] = [];
  const { finishReason, guard, cache, slowerThanMs, sessionId } = filter;
  if (finishReason !== undefined) {
    found.push(`finish_reason = ${values.add(finishReason, 'text')}`);
    if (!USUAL_ENDS.includes(finishReason)) found.push(`finish_reason NOT IN ('stop', 'tool_calls')`);
  }
  if (cache !== undefined) found.push('cache IS NOT NULL');
  if (cache !== undefined && cache !== 'any') found.push(`cache = ${values.add(cache, 'text')}`);
  if (slowerThanMs !== undefined) {
    found.push(`duration_us >= ${values.add(slowerThanMs * 1000, 'bigint')}`);
    if (slowerThanMs >= NOTABLY_SLOW_MS) found.push(`duration_us >= ${NOTABLY_SLOW_MS * 1000}`);
  }
  if (sessionId !== undefined) found.push('session_id IS NOT NULL', `session_id = ${values.add(sessionId, 'text')}`);
  found.push(...attributionConditions(filter, values), ...partyConditions(filter, values));
  if (guard === undefined) return found;
  // What guardrails do is the publisher's business: nobody learns of it by asking which of its own calls they touched.
  found.push('guard IS NOT NULL', `tenant_id = current_tenant()`);
  if (guard !== 'any') found.push(`guard LIKE ${values.add(`{"outcome":"${guard}"%`, 'text')}`);
  return found;
}

/** Conditions as the indexes on attributed calls have them. */
function attributionConditions({ endUser, tag }: RequestFilter, values: SqlValues): string[] {
  const found: string[] = [];
  if (endUser !== undefined) found.push('end_user IS NOT NULL', `end_user = ${values.add(endUser, 'text')}`);
  if (tag === undefined) return found;
  found.push('(end_user IS NOT NULL OR tags IS NOT NULL)');
  const [name = '', ...rest] = tag.split('=');
  const tagName = name.trim().toLowerCase();
  if (rest.length === 0) found.push(`jsonb_exists(tags, ${values.add(tagName, 'text')})`);
  else found.push(`tags ->> ${values.add(tagName, 'text')} = ${values.add(rest.join('=').trim(), 'text')}`);
  return found;
}

/** Conditions as the index on calls with party tokens has them. */
function partyConditions({ party, principal, partyToken }: RequestFilter, values: SqlValues): string[] {
  const asked = [
    ['party_acting', 'text', party],
    ['party_principal', 'text', principal],
    ['party_token_id', 'uuid', partyToken],
  ] as const;
  const found = asked.flatMap(([column, type, value]) =>
    value === undefined ? [] : [`${column} = ${values.add(value, type)}`],
  );
  return found.length === 0 ? [] : ['party_token_id IS NOT NULL', ...found];
}

function dayOf(id: string): string {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString().slice(0, 10);
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}

/** True for what a gateway gives a call as its id (UUIDv7). */
export function isRequestId(text: string): boolean {
  return REQUEST_ID.test(text);
}
