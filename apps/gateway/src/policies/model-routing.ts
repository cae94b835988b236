import type { Exchange } from '../exchange.ts';
import { noted, PREPARES } from '../explain/notes.ts';
import type { EndpointSource, Stage } from '../stage.ts';

/** Puts the version's routing of models in force for the call. */
export function modelRouting({ policies }: EndpointSource): Stage | null {
  const { modelRouting: routing } = policies;
  if (!routing) return null;
  return noted((exchange: Exchange) => {
    exchange.routing = routing;
    return null;
  }, PREPARES);
}
