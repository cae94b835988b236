import type { MeaningRoute } from '@parley/contracts/usage-event';
import type { Exchange } from '../exchange.ts';
import { noted } from '../explain/notes.ts';
import type { EndpointSource, Stage } from '../stage.ts';

const NONE: Readonly<Record<MeaningRoute['outcome'], string>> = {
  matched: '',
  below: 'no route is close enough',
  late: 'the embedding took too long',
  failed: 'the embedding could not be had (a dry run asks no model)',
  wordless: 'it does not end with the user’s words',
};

function inWords({ meaningRoute, model }: Exchange): string {
  if (meaningRoute === undefined) return `The name “${model?.slug ?? ''}” does not choose by meaning.`;
  const { name, outcome, closeness } = meaningRoute;
  const close = closeness === null ? '' : `; the nearest is ${closeness} close`;
  return name === null
    ? `By its meaning the call goes to the models without a route: ${NONE[outcome]}${close}.`
    : `By its meaning the call goes the route “${name}”, ${closeness ?? 0} close.`;
}

function scores({ meaningRoute }: Exchange): string[] {
  return (meaningRoute?.scores ?? []).map(({ name, closeness }) => `“${name}” is ${closeness} close.`);
}

/** Finds the route of a call whose name chooses among models by meaning. `null` for a version without such a name. */
export function chooseByMeaning({ policies }: EndpointSource): Stage | null {
  if (!policies.modelRouting?.aliases.some(({ semantic }) => semantic !== undefined)) return null;
  const stage: Stage = (exchange, ports) => {
    const meaning = exchange.model?.alias?.meaning ?? null;
    if (meaning === null) return null;
    const take = (route: MeaningRoute): null => {
      if (!exchange.settled) exchange.meaningRoute = route;
      return null;
    };
    const route = meaning.decide(exchange, ports);
    return route instanceof Promise ? route.then(take) : take(route);
  };
  return noted(stage, { step: 'upstream', policy: null, harmless: true, sentence: inWords, notes: scores });
}
