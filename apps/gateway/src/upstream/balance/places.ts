import { targetUrl, type UpstreamOptions } from '@parley/contracts/upstream-options';
import type { Destination } from '../../snapshot/compiled.ts';
import { type TargetPlace, targetKey } from './target.ts';

/** The targets of an upstream as configured: the base URL by its weight, and the others. Doubles add their weights. */
export function configuredPlaces(base: Destination, options: UpstreamOptions): TargetPlace[] {
  const places = new Map<string, TargetPlace>();
  const add = (origin: string, basePath: string, weight: number): void => {
    const place = { origin, basePath, host: null, weight, priority: 0 };
    const known = places.get(targetKey(place));
    places.set(targetKey(place), known ? { ...known, weight: known.weight + weight } : place);
  };
  const baseWeight = options.baseWeight ?? 1;
  if (baseWeight > 0) add(base.origin, base.basePath, baseWeight);
  for (const target of options.targets ?? []) {
    const url = targetUrl(target.url, base.origin + base.basePath);
    if (url) add(url.origin, url.pathname.replace(/\/+$/, ''), target.weight);
  }
  return [...places.values()];
}
