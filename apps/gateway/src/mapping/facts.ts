import type { IncomingHttpHeaders } from 'node:http';
import type { MappingFacts } from '@parley/domain/mapping/facts';
import type { Exchange } from '../exchange.ts';
import { factsOfParty } from '../party/party-facts.ts';
import type { EndpointSource } from '../stage.ts';

type Texts = Record<string, string>;

/** Without inherited members: a header may be called `constructor`. */
const empty = (): Texts => Object.create(null) as Texts;

function headersOf(flat: readonly string[]): Texts {
  const texts = empty();
  for (let at = 0; at < flat.length; at += 2) {
    const name = flat[at] as string;
    const value = flat[at + 1] as string;
    texts[name] = texts[name] === undefined ? value : `${texts[name]}, ${value}`;
  }
  return texts;
}

function queryOf(query: string): Texts {
  const texts = empty();
  if (query === '') return texts;
  for (const [name, value] of new URLSearchParams(query)) texts[name] ??= value;
  return texts;
}

function paramsOf({ route, routeParams }: Exchange): Texts {
  const texts = empty();
  for (const [at, name] of (route?.parameters ?? []).entries())
    texts[name.replace(/[{}]/g, '')] = decoded(routeParams[at] ?? '');
  return texts;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What templates and expressions may know of a call: taken from what may travel on, so never a credential. */
export function factsOf(exchange: Exchange, { api, version, route }: EndpointSource): MappingFacts {
  const { caller, plan } = exchange;
  return {
    request: {
      id: exchange.id,
      method: exchange.method,
      path: exchange.rest,
      headers: headersOf(exchange.forwardHeaders),
      query: queryOf(exchange.query),
      params: paramsOf(exchange),
    },
    caller: {
      application: caller?.application.doc.slug ?? '',
      tenant: caller?.application.tenantId ?? '',
      subject: exchange.subject,
      scopes: exchange.scopes,
    },
    party: factsOfParty(exchange),
    plan: plan?.slug ?? '',
    api: api.slug,
    version: version.version,
    route: route?.path ?? '',
  };
}

/** The same, with the head of the answer. */
export function answerFacts(facts: MappingFacts, status: number, headers: IncomingHttpHeaders): MappingFacts {
  const texts = empty();
  for (const [name, value] of Object.entries(headers)) {
    // Cookies of the upstream are for the caller alone.
    if (value !== undefined && name !== 'set-cookie') texts[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { ...facts, response: { status, headers: texts } };
}
