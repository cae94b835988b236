import type { ExperimentPolicy, ExperimentVariant } from '@parley/contracts/policies/experiment';
import { WHOLE } from '@parley/contracts/policies/split';
import { pickByShare, pointOf } from '@parley/domain/routing/shares';
import type { Exchange } from '../../exchange.ts';
import { deciding } from '../../explain/notes.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import { headerValues } from '../../routing/call-facts.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { takeOffer } from './prompt-label.ts';

/** Text that decides; empty leaves the call to chance. A variable counts by its JSON. */
function keyReader({ on, name }: ExperimentPolicy['by']): (exchange: Exchange) => string {
  switch (on) {
    case 'random':
      return () => '';
    case 'application':
      return (exchange) => exchange.caller?.application.id ?? '';
    case 'header': {
      const header = name.toLowerCase();
      return (exchange) => headerValues(exchange, header)[0] ?? '';
    }
    case 'variable':
      return ({ variables }) => {
        if (typeof variables !== 'object' || variables === null || !Object.hasOwn(variables, name)) return '';
        const value: unknown = Reflect.get(variables, name);
        return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
      };
  }
}

function take(exchange: Exchange, { name, promptVersion, label, model }: ExperimentVariant): Refusal | null {
  const target = exchange.version?.target;
  if (target?.kind !== 'prompt') return refusal('internal');
  exchange.variant = name;
  const key = promptVersion === undefined ? label : `#${promptVersion}`;
  const offer = key === undefined ? target.offer : target.others.get(key);
  // Never what the version serves instead: the results would be of something else than they say.
  if (offer === undefined) return refusal('provider_unconfigured');
  takeOffer(exchange, offer);
  if (model === undefined) return null;
  exchange.model = target.models.get(model) ?? null;
  return exchange.model === null ? refusal('provider_unconfigured') : null;
}

/** Chooses which variant of an experiment answers a call; calls that asked for a label are not part of it. */
export function experiment({ policies }: EndpointSource): Stage | null {
  const policy = policies.experiment;
  if (!policy) return null;
  const { variants, by } = policy;
  const weights = variants.map(({ weight }) => weight);
  const keyOf = keyReader(by);
  return deciding('experiment', (exchange) => {
    if (exchange.promptLabel !== null) return null;
    const key = keyOf(exchange);
    const point = key === '' ? Math.floor(Math.random() * WHOLE) : pointOf(key, by.seed);
    return take(exchange, variants[pickByShare(weights, point)] as ExperimentVariant);
  });
}
