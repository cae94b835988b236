/** Longest session id, in characters. */
export const MAX_SESSION_ID = 128;

const SESSION_ID = /^[\x21-\x7e]{1,128}$/;

/** Whether this can name a session: 1 to 128 visible ASCII characters. */
export function isSessionId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_SESSION_ID && SESSION_ID.test(value);
}

type Body = Readonly<Record<string, unknown>>;

/** Where a call to a model says in its body which session it belongs to, in order of precedence. */
const IN_BODY: readonly ((body: Body) => unknown)[] = [
  (body) => fieldOf(body['metadata'], 'session_id'),
  (body) => (typeof body['conversation'] === 'string' ? body['conversation'] : fieldOf(body['conversation'], 'id')),
  (body) => body['prompt_cache_key'],
];

/**
 * The session of a call: its `X-Session-Id` header; else, of a call to a model, the body's `metadata.session_id`,
 * `conversation` (or `conversation.id`) or `prompt_cache_key`, the first that can name one. What cannot is passed over.
 */
export function sessionIdOf(header: string | null, body: Body | undefined): string | undefined {
  if (header !== null && isSessionId(header)) return header;
  if (body === undefined) return undefined;
  for (const read of IN_BODY) {
    const value = read(body);
    if (isSessionId(value)) return value;
  }
  return undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
