import { NO_PARTY, type PartyFacts } from '@parley/domain/expressions/party-facts';
import type { Exchange } from '../exchange.ts';
import { factsOfParty } from '../party/party-facts.ts';
import { readCookies } from '../routing/cookies.ts';
import { jsonBody } from './json-body.ts';

/** Headers as sent; names in any case. */
class HeaderMap extends Map<string, string> {
  override get(name: string): string | undefined {
    return super.get(name.toLowerCase());
  }
  override has(name: string): boolean {
    return super.has(name.toLowerCase());
  }
}

function headersOf({ request }: Exchange): Map<string, string> {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) map.set(name, typeof value === 'string' ? value : value.join(', '));
  }
  return map;
}

/** Of names sent several times the first. */
function queryOf({ query }: Exchange): Map<string, string> {
  const map = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) if (!map.has(name)) map.set(name, value);
  return map;
}

function cookiesOf({ request }: Exchange): Map<string, string> {
  return new Map(Array.from(readCookies(request.headers.cookie), ([name, [first = '']]) => [name, first]));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The route's `{parameters}` by name, decoded; of a trailing `/*` nothing. */
export function parameterMap(names: readonly string[], values: readonly string[]): Map<string, string> {
  const named = names.flatMap((name, at) =>
    name === '*' ? [] : [[name.slice(1, -1), decoded(values[at] ?? '')] as const],
  );
  return new Map(named);
}

function paramsOf({ route, routeParams }: Exchange): Map<string, string> | undefined {
  return route === null ? undefined : parameterMap(route.parameters, routeParams);
}

/** What a name of `REQUEST_VARIABLES` stands for in a call; `undefined` while it is not known. */
const READERS: Readonly<Record<string, (exchange: Exchange) => unknown>> = {
  'request.method': ({ method }) => method,
  'request.path': ({ rest }) => (rest === '' ? '/' : rest),
  'request.headers': headersOf,
  'request.query': queryOf,
  'request.cookies': cookiesOf,
  'request.params': paramsOf,
  'request.body': jsonBody,
  'client.address': ({ clients, request }) => clients.addressOf(request),
  'client.country': ({ clients, request }) => clients.countryOf(request),
  'caller.application': ({ caller }) => caller?.application.doc.slug,
  'caller.tenant': ({ caller }) => caller?.application.doc.tenantId,
  'caller.scopes': ({ caller, scopes }) =>
    caller === null ? undefined : scopes.length > 0 ? [...scopes] : [...(caller.key.scopes ?? [])],
  'caller.subject': ({ caller, subject }) => (caller === null ? undefined : subject),
  plan: ({ plan }) => plan?.slug,
  ...Object.fromEntries(
    (Object.keys(NO_PARTY) as (keyof PartyFacts)[]).map((name) => [
      `party.${name}`,
      (exchange: Exchange) => (exchange.caller === null ? undefined : factsOfParty(exchange)[name]),
    ]),
  ),
};

/** Reads the variables of expressions from a call, each once. Made where an expression is about to be asked. */
export class CallVariables {
  readonly #exchange: Exchange;
  readonly #read = new Map<string, unknown>();

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** A field, so that it can be handed on as a function. */
  readonly read = (name: string): unknown => {
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    const value = READERS[name]?.(this.#exchange);
    if (value !== undefined) this.#read.set(name, value);
    return value;
  };
}
