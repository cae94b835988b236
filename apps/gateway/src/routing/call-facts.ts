import type { CallFacts } from '@parley/domain/routing/predicates';
import type { Exchange } from '../exchange.ts';

const NOTHING: readonly string[] = [];
const nothing = (): readonly string[] => NOTHING;

/** For tables that ask nothing. */
export const NO_FACTS: CallFacts = { header: nothing, query: nothing, cookie: nothing };

/** Cookies as sent (RFC 6265 §5.4), undecoded; quotes around a value are no part of it. */
function readCookies(header: string | undefined): Map<string, string[]> {
  const cookies = new Map<string, string[]>();
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at === -1) continue;
    const name = pair.slice(0, at).trim();
    const value = pair.slice(at + 1).trim();
    const bare = value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
    const others = cookies.get(name);
    if (others) others.push(bare);
    else cookies.set(name, [bare]);
  }
  return cookies;
}

/** What conditions ask of a request; query and cookies are read once, and only when one asks for them. */
export class RequestFacts implements CallFacts {
  readonly #exchange: Exchange;
  #query: URLSearchParams | null = null;
  #cookies: Map<string, string[]> | null = null;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  header(name: string): readonly string[] {
    const { headers } = this.#exchange.request;
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (value === undefined) return NOTHING;
    return typeof value === 'string' ? [value] : value;
  }

  query(name: string): readonly string[] {
    this.#query ??= new URLSearchParams(this.#exchange.query);
    return this.#query.getAll(name);
  }

  cookie(name: string): readonly string[] {
    this.#cookies ??= readCookies(this.#exchange.request.headers.cookie);
    return this.#cookies.get(name) ?? NOTHING;
  }
}
