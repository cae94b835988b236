import type { PlannedInput } from '@parley/contracts/graphql-plan';
import { isDeeperThan, pointerSteps, valueAt } from '@parley/domain/translation/json-pointer';
import type { Exchange } from '../../exchange.ts';
import { Refusal, refusal } from '../../refusals.ts';
import { readJson } from '../../stages/read-json.ts';
import { discardRest, hasBody } from '../../wire/body.ts';

/** Bodies nested deeper are refused: nobody's values are, and what walks them would run out of stack. */
const MAX_DEPTH = 64;

/** What a call gave for an input: texts of its path, query or header, or JSON; `null` for nothing, or why it cannot be read. */
export type Given =
  | { readonly texts: readonly string[] }
  | { readonly json: unknown }
  | { readonly wrong: string }
  | null;

type Reader = (exchange: Exchange, query: URLSearchParams, body: unknown) => Given;

/** The inputs of a translated endpoint, ready to be read from a call. */
export interface Inputs {
  readonly readsBody: boolean;
  /** In the order of the plan; `body` is parsed JSON, or `undefined`. */
  read(exchange: Exchange, body: unknown): Given[];
  /** Where an input is, as problems name it: `/query/limit`, `/body/order/id`. */
  readonly pointers: readonly string[];
}

/** Prepares reading the inputs of an endpoint, when its configuration is loaded. */
export function inputsOf(planned: readonly PlannedInput[], routePath: string): Inputs {
  const parameters = routePath.split('/').filter((segment) => segment === '*' || /^\{.*\}$/.test(segment));
  const readers = planned.map((input) => readerOf(input, parameters));
  const readsQuery = planned.some(({ from }) => from === 'query');
  const none = new URLSearchParams();
  return {
    readsBody: planned.some(({ from }) => from === 'body'),
    pointers: planned.map(({ from, at }) => (from === 'body' ? `/body${at}` : `/${from}/${at}`)),
    read(exchange, body) {
      const query = readsQuery ? new URLSearchParams(exchange.query) : none;
      return readers.map((read) => read(exchange, query, body));
    },
  };
}

function readerOf({ from, at, value }: PlannedInput, parameters: readonly string[]): Reader {
  switch (from) {
    case 'value': {
      const given: Given = { json: value };
      return () => given;
    }
    case 'path': {
      const index = parameters.indexOf(`{${at}}`);
      return ({ routeParams }) => decoded(routeParams[index]);
    }
    case 'query':
      return (_, query) => texts(query.getAll(at));
    case 'header':
      return ({ request }) => texts(request.headers[at]);
    case 'body': {
      const steps = pointerSteps(at);
      return (_, __, body) => {
        const json = valueAt(body, steps);
        return json === undefined ? null : { json };
      };
    }
  }
}

function texts(given: string | readonly string[] | undefined): Given {
  if (given === undefined || given.length === 0) return given === '' ? { texts: [''] } : null;
  return { texts: typeof given === 'string' ? [given] : given };
}

function decoded(text: string | undefined): Given {
  try {
    return texts(text === undefined ? undefined : decodeURIComponent(text));
  } catch {
    return { wrong: 'It is not percent-encoded UTF-8.' };
  }
}

/**
 * The JSON body of a call, `undefined` where it has none or none is asked for (it is then read away); a refusal for what is
 * no JSON. Waits only where there is a body.
 */
export function readInputBody(exchange: Exchange, { readsBody }: Inputs): unknown {
  if (!hasBody(exchange) && exchange.body === null) return undefined;
  if (readsBody) return readJson(exchange).then((refused) => refused ?? parseBody(exchange));
  discardRest(exchange);
  return undefined;
}

function parseBody({ body }: Exchange): unknown {
  if (body === null || body.length === 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return refusal('malformed_json');
  }
  if (isDeeperThan(value, MAX_DEPTH)) {
    return new Refusal('invalid_variable', {
      errors: [{ pointer: '/body', message: `It is nested deeper than ${MAX_DEPTH} levels.` }],
    });
  }
  return value;
}
