import type { CallFacts } from '@parley/domain/routing/predicates';
import type { Exchange } from '../exchange.ts';
import { CallVariables } from '../expressions/call-variables.ts';
import { readCookies } from './cookies.ts';

const NOTHING: readonly string[] = [];
const nothing = (): readonly string[] => NOTHING;

/**
 * What has to be known of a call before a condition can be asked: its head alone, who calls (with their plan), or its body as
 * well. A body is not read for anybody who is not known.
 */
export const HEAD = 0;
export const CALLER = 1;
export const BODY = 2;
export type Known = typeof HEAD | typeof CALLER | typeof BODY;

/** What conditions of routes ask of a call, and how much of it is known by now. */
export interface RouteFacts extends CallFacts {
  readonly known: Known;
  /** Parameters of the path up to where the search is; kept by the search. */
  params: readonly string[];
  /** A variable of expressions. */
  variable(name: string): unknown;
}

/** For tables that ask nothing. */
export const NO_FACTS: RouteFacts = {
  known: BODY,
  params: NOTHING,
  header: nothing,
  query: nothing,
  cookie: nothing,
  client: nothing,
  body: () => undefined,
  variable: () => undefined,
};

/** Values of a header; its name in lower case. */
export function headerValues({ request: { headers } }: Exchange, name: string): readonly string[] {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (value === undefined) return NOTHING;
  return typeof value === 'string' ? [value] : value;
}

/** What conditions ask of a request; query, cookies and body are read once, and only when one asks for them. */
export class RequestFacts implements RouteFacts {
  readonly known: Known;
  params = NOTHING;
  readonly #exchange: Exchange;
  #query: URLSearchParams | null = null;
  #cookies: Map<string, string[]> | null = null;
  #variables: CallVariables | null = null;

  constructor(exchange: Exchange, known: Known = HEAD) {
    this.#exchange = exchange;
    this.known = known;
  }

  header(name: string): readonly string[] {
    return headerValues(this.#exchange, name);
  }

  query(name: string): readonly string[] {
    this.#query ??= new URLSearchParams(this.#exchange.query);
    return this.#query.getAll(name);
  }

  cookie(name: string): readonly string[] {
    this.#cookies ??= readCookies(this.#exchange.request.headers.cookie);
    return this.#cookies.get(name) ?? NOTHING;
  }

  client(name: string): readonly string[] {
    const value = this.variable(`client.${name}`);
    return typeof value === 'string' && value !== '' ? [value] : NOTHING;
  }

  body(): unknown {
    return this.known < BODY ? undefined : this.variable('request.body');
  }

  variable(name: string): unknown {
    this.#variables ??= new CallVariables(this.#exchange);
    return this.#variables.read(name);
  }
}
