import { type BatchesPolicy, batchesPolicy } from '@parley/contracts/policies/batches';
import type { Exchange } from '../exchange.ts';
import type { Caller } from '../ports/keys/keys.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import type { CompiledVersion } from '../snapshot/compiled.ts';
import { openModels, subscribedApis } from '../stages/open-models.ts';
import { chooseOffer, modelIn } from '../stages/resolve-model.ts';

/** What a version without the policy does. */
export const USUAL_BATCHES: BatchesPolicy = batchesPolicy.parse({});

/** Where calls of a batch go: an API's own address, or over all model APIs of the application. */
export interface BatchPlace {
  readonly caller: Caller;
  /** Of an API's own address; else `null`. */
  readonly version: CompiledVersion | null;
  /** The publisher's short name there. */
  readonly tenantSlug: string;
}

export function placeOf({ caller, version, tenant }: Exchange): BatchPlace | Refusal {
  return caller === null ? refusal('internal') : { caller, version, tenantSlug: tenant?.slug ?? '' };
}

function policyOf(version: CompiledVersion): BatchesPolicy | null {
  return version.target.kind === 'llm' ? version.target.batches : null;
}

function most(policies: readonly (BatchesPolicy | null)[]): BatchesPolicy | Refusal {
  const open = policies.filter((policy) => policy?.allow === true) as BatchesPolicy[];
  if (open.length === 0) return refusal('batches_off');
  return open.reduce((best, policy) => ({
    ...best,
    maxMegabytes: Math.max(best.maxMegabytes, policy.maxMegabytes),
    keepDays: Math.max(best.keepDays, policy.keepDays),
  }));
}

/** What holds for files, whose calls nobody has read yet: the widest of what any API of the caller allows. */
export async function fileRules(place: BatchPlace, ports: Ports): Promise<BatchesPolicy | Refusal> {
  if (place.version !== null) return most([policyOf(place.version)]);
  const apis = await subscribedApis(place.caller.application, ports);
  if (apis instanceof Refusal) return apis;
  const versions = new Set(openModels(apis, ports.clock.nowMs()).map(({ version }) => version));
  return most([...versions].map(policyOf));
}

async function policyFor(place: BatchPlace, model: string, ports: Ports): Promise<BatchesPolicy | Refusal | null> {
  if (place.version !== null) {
    const found = modelIn(place.version, place.tenantSlug, model);
    return found instanceof Refusal ? found : policyOf(place.version);
  }
  const apis = await subscribedApis(place.caller.application, ports);
  if (apis instanceof Refusal) return apis;
  const offer = chooseOffer(apis, model, ports.clock.nowMs());
  return offer instanceof Refusal ? offer : policyOf(offer.version);
}

/** What holds for calls to this model in a batch; refuses a model that is not the caller's, or takes no batches. */
export async function modelRules(place: BatchPlace, model: string, ports: Ports): Promise<BatchesPolicy | Refusal> {
  const policy = await policyFor(place, model, ports);
  if (policy instanceof Refusal) return policy;
  return policy?.allow === true ? policy : refusal('batches_off', { param: 'model' });
}
