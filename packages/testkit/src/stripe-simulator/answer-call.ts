import { parseForm } from './form.ts';
import type { Answer, Idempotency } from './idempotency.ts';
import { readParams } from './params.ts';
import { ROUTES } from './routes.ts';
import { refused, StripeFailure } from './stripe-error.ts';
import type { World } from './world.ts';

/** A call as it came: `body` is the raw form. */
export interface RawCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const headerOf = (call: RawCall, name: string): string | undefined => {
  const value = call.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** Throws 401 unless the call brings the account's secret key. */
function authenticate(call: RawCall, secretKey: string): void {
  const given = /^Bearer (.+)$/.exec(headerOf(call, 'authorization') ?? '')?.[1];
  if (given === secretKey) return;
  throw new StripeFailure(
    401,
    given === undefined
      ? 'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.'
      : `Invalid API Key provided: ${given.slice(0, 8)}${'*'.repeat(8)}${given.slice(-4)}`,
  );
}

/** Answers a call of the API: key, idempotency, parameters, handler, expansion. */
export function answerCall(
  call: RawCall,
  given: { world: World; keys: Idempotency; secretKey: string; requestId: string },
): Answer {
  const { world, keys } = given;
  const idempotencyKey = call.method === 'POST' ? headerOf(call, 'idempotency-key') : undefined;
  const asked = `${call.method} ${call.path}\n${call.body}`;
  try {
    authenticate(call, given.secretKey);
    const before = idempotencyKey === undefined ? undefined : keys.recall(idempotencyKey, asked, world.now());
    if (before) return before;
    const route = ROUTES.find((one) => one.method === call.method && one.path.test(call.path));
    if (!route) throw new StripeFailure(404, `Unrecognized request URL (${call.method}: ${call.path}).`);
    const type = headerOf(call, 'content-type') ?? '';
    if (call.body !== '' && !type.startsWith('application/x-www-form-urlencoded')) {
      throw refused('Send parameters as application/x-www-form-urlencoded.');
    }
    const params = readParams(route.params, readForm(call.method === 'GET' ? call.query : call.body));
    const [, id = '', second = ''] = (route.path.exec(call.path) ?? []).map(decodeURIComponent);
    world.request = { id: given.requestId, idempotency_key: idempotencyKey ?? null };
    // From here on the answer is kept under the key, a refusal too.
    const answer = carryOut(() => {
      const found = route.handle({ world, params: params as never, id, second });
      return expanded(world, found, (params as { expand?: string[] }).expand ?? []);
    });
    if (idempotencyKey !== undefined) keys.keep(idempotencyKey, asked, answer, world.now());
    return answer;
  } catch (error) {
    return failureAnswer(error);
  }
}

function readForm(text: string): ReturnType<typeof parseForm> {
  try {
    return parseForm(text);
  } catch (error) {
    throw refused(error instanceof Error ? error.message : 'The parameters cannot be read.');
  }
}

function carryOut(work: () => object): Answer {
  try {
    return { status: 200, body: JSON.stringify(work()) };
  } catch (error) {
    return failureAnswer(error);
  }
}

function failureAnswer(error: unknown): Answer {
  if (!(error instanceof StripeFailure)) throw error;
  const retry = error.detail.shouldRetry ?? error.status === 429;
  return {
    status: error.status,
    body: JSON.stringify(error.body()),
    headers: { 'stripe-should-retry': String(retry) },
  };
}

/** A copy with the named parts written out; what stays away unless asked for is added. */
function expanded(world: World, found: object, paths: readonly string[]): object {
  const copy = structuredClone(found);
  for (const path of paths) {
    const parts = path.split('.');
    const roots = parts[0] === 'data' && 'data' in copy && Array.isArray(copy.data) ? copy.data : [copy];
    for (const root of roots)
      expandPart(world, root as Record<string, unknown>, parts[0] === 'data' ? parts.slice(1) : parts, path);
  }
  return copy;
}

function expandPart(world: World, node: Record<string, unknown>, parts: readonly string[], path: string): void {
  const [name, ...rest] = parts;
  if (name === undefined) return;
  if (!(name in node)) {
    const added = partsOnDemand(world, node, name);
    if (added === undefined) throw refused(`This property cannot be expanded (${path}).`, undefined, 'expand');
    node[name] = added;
  } else if (typeof node[name] === 'string') {
    node[name] = structuredClone(world.any(node[name])) ?? node[name];
  }
  for (const { one, left } of below(node[name], rest)) expandPart(world, one, left, path);
}

/** Objects one step further down: those of a list where the path says `data`. */
function below(next: unknown, rest: readonly string[]): { one: Record<string, unknown>; left: readonly string[] }[] {
  if (!isObject(next)) return [];
  const data: unknown = rest[0] === 'data' ? next['data'] : undefined;
  if (!Array.isArray(data)) return [{ one: next, left: rest }];
  return data.filter(isObject).map((one) => ({ one, left: rest.slice(1) }));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function partsOnDemand(world: World, node: Record<string, unknown>, name: string): object | undefined {
  if (node['object'] === 'invoice' && name === 'payments') {
    return structuredClone(world.invoicePayments.page({ limit: 100 }, (one) => one.invoice === node['id']));
  }
  if (node['object'] === 'checkout.session' && name === 'line_items') {
    const lines = world.sessionLines.get(String(node['id'])) ?? [];
    const data = lines.map((line, at) => ({
      id: `li_${String(node['id'])}_${at}`,
      object: 'item',
      description: line.name,
      currency: line.currency,
      quantity: line.quantity,
      amount_total: line.unitAmount * line.quantity,
      amount_subtotal: line.unitAmount * line.quantity,
      price: line.price === null ? null : world.prices.find(line.price),
    }));
    return { object: 'list', data, has_more: false, url: `/v1/checkout/sessions/${String(node['id'])}/line_items` };
  }
  return undefined;
}
