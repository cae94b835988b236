import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import type { CompiledModel, CompiledVersion } from '../snapshot/compiled.ts';
import { noteSubscription } from './authorize.ts';
import { type ModelApi, type OfferedModel, offersOf, subscribedApis } from './open-models.ts';
import { checkBodySize } from './read-json.ts';

/** The name the caller has for the model. */
function askedName({ chat, operation, modelPath }: Exchange): string {
  return chat?.model ?? operation?.model ?? modelPath?.model ?? '';
}

function notFound(name: string): Refusal {
  return refusal('model_not_found', {
    message: `No model named \`${name.slice(0, 120)}\` is open to your application.`,
    param: 'model',
  });
}

/** `tenant/model` always means that publisher's model; a plain name any publisher's, as long as there is only one. */
export function chooseOffer(apis: readonly ModelApi[], name: string, nowMs: number): OfferedModel | Refusal {
  const slash = name.indexOf('/');
  const publisher = name.slice(0, Math.max(slash, 0));
  const named = apis.filter((entry) => entry.tenant.slug === publisher);
  let offers = slash > 0 ? offersOf(named, name.slice(slash + 1), nowMs) : [];
  if (offers.length === 0) offers = offersOf(apis, name, nowMs);
  const open = offers.filter((offer) => offer.code === null);
  const [first] = open;
  if (first === undefined) {
    const code = offers[0]?.code;
    return code ? refusal(code, { param: 'model' }) : notFound(name);
  }
  const publishers = [...new Set(open.map((offer) => offer.tenant.slug))];
  if (publishers.length === 1) return first;
  const forms = publishers.map((slug) => `\`${slug}/${first.model.slug}\``).join(' or ');
  return refusal('model_ambiguous', {
    message: `More than one publisher offers \`${name.slice(0, 120)}\` to your application: name it ${forms}.`,
    param: 'model',
  });
}

function take(exchange: Exchange, apis: ModelApi[] | Refusal, nowMs: number): Refusal | null {
  if (apis instanceof Refusal) return apis;
  const offer = chooseOffer(apis, askedName(exchange), nowMs);
  if (offer instanceof Refusal) return offer;
  exchange.model = offer.model;
  exchange.tenant = offer.tenant;
  exchange.api = offer.api;
  exchange.version = offer.version;
  return noteSubscription(exchange, offer.subscription, offer.api) ?? checkBodySize(exchange);
}

/** Finds the model a `/v1` call names among all model APIs its application is subscribed to. */
export function resolveModel(exchange: Exchange, ports: Ports): Refusal | null | Promise<Refusal | null> {
  const application = exchange.caller?.application;
  if (application === undefined) return refusal('internal');
  const apis = subscribedApis(application, ports);
  const nowMs = ports.clock.nowMs();
  return apis instanceof Promise ? apis.then((found) => take(exchange, found, nowMs)) : take(exchange, apis, nowMs);
}

/** The model of this name that one model API offers. */
export function modelIn({ target }: CompiledVersion, tenantSlug: string, name: string): CompiledModel | Refusal {
  const own = `${tenantSlug}/`;
  if (target.kind !== 'llm') return refusal('internal');
  const model =
    target.models.get(name) ?? (name.startsWith(own) ? target.models.get(name.slice(own.length)) : undefined);
  return model ?? notFound(name);
}

/** Finds the model a call to one model API names, among that API's. */
export function resolveApiModel(exchange: Exchange): Refusal | null {
  const { version, tenant } = exchange;
  if (version === null) return refusal('internal');
  const model = modelIn(version, tenant?.slug ?? '', askedName(exchange));
  if (model instanceof Refusal) return model;
  exchange.model = model;
  return null;
}
