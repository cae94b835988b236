import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { type ModelApi, type OfferedModel, openModels, subscribedApis } from './open-models.ts';
import { reply } from './reply.ts';

/** One entry of OpenAI's model list. */
interface ListedModel {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
}

/** Names as the caller may use them: plain, or `tenant/model` where several publishers offer the plain one. */
function listed(offers: readonly OfferedModel[]): Map<string, ListedModel> {
  const publishers = new Map<string, Set<string>>();
  for (const { model, tenant } of offers) {
    const known = publishers.get(model.slug);
    if (known) known.add(tenant.slug);
    else publishers.set(model.slug, new Set([tenant.slug]));
  }
  const models = new Map<string, ListedModel>();
  for (const { model, tenant } of offers) {
    const ambiguous = (publishers.get(model.slug)?.size ?? 0) > 1;
    const id = ambiguous ? `${tenant.slug}/${model.slug}` : model.slug;
    const created = Math.floor(model.createdAtMs / 1000);
    models.set(id, { id, object: 'model', created, owned_by: tenant.slug });
  }
  return models;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Finds one model by a name `GET /v1/models/{id}` gives; `tenant/model` works for all. */
function find(
  offers: readonly OfferedModel[],
  models: ReadonlyMap<string, ListedModel>,
  id: string,
): ListedModel | null {
  const known = models.get(id);
  if (known) return known;
  const offer = offers.find(({ tenant, model }) => `${tenant.slug}/${model.slug}` === id);
  if (offer === undefined) return null;
  const created = Math.floor(offer.model.createdAtMs / 1000);
  return { id, object: 'model', created, owned_by: offer.tenant.slug };
}

function answer(exchange: Exchange, ports: Ports, apis: readonly ModelApi[]): Refusal | null {
  const offers = openModels(apis, ports.clock.nowMs());
  const models = listed(offers);
  if (exchange.rest === '' || exchange.rest === '/') {
    reply(exchange, ports, 200, JSON.stringify({ object: 'list', data: [...models.values()] }));
    return null;
  }
  const id = decoded(exchange.rest.slice(1));
  const found = find(offers, models, id);
  if (found === null) return refusal('model_not_found', { param: 'model' });
  reply(exchange, ports, 200, JSON.stringify(found));
  return null;
}

/** Answers `/v1/models` from the configuration: every model open to the caller's application. */
export function listModels(exchange: Exchange, ports: Ports): Refusal | null | Promise<Refusal | null> {
  const application = exchange.caller?.application;
  if (application === undefined) return refusal('internal');
  const apis = subscribedApis(application, ports);
  if (!(apis instanceof Promise)) return answer(exchange, ports, apis);
  return apis.then((found) => (found instanceof Refusal ? found : answer(exchange, ports, found)));
}

/** Answers the model list of one API. */
export function listApiModels(exchange: Exchange, ports: Ports): Refusal | null {
  const { tenant, api, version, subscription } = exchange;
  if (tenant === null || api === null || version === null || subscription === null) return refusal('internal');
  const only = { ...api, versions: new Map([[version.version, version]]) };
  return answer(exchange, ports, [{ tenant, api: only, subscription }]);
}
