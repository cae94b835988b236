import type { Definition } from '../types.ts';

export type Policies = NonNullable<Definition['policies']>;
export type Split = NonNullable<Policies['split']>;

/** All of the traffic. */
const WHOLE = 10_000;

/** Everything to one variant (a blue/green switch). A canary ends with it; rules and mirror stay. */
export function allTo(split: Split, name: string): Split {
  const { canary: _, ...rest } = split;
  return { ...rest, variants: split.variants.map((one) => ({ ...one, weight: one.name === name ? WHOLE : 0 })) };
}

/** The same canary once more, from its first step; the split as it is where there is none. */
export function restarted(split: Split): Split {
  return split.canary ? { ...split, canary: { ...split.canary, attempt: split.canary.attempt + 1 } } : split;
}

/** Whether a variant has all of the traffic and nothing else moves it. */
export function hasAll({ variants, canary }: Split, name: string): boolean {
  return !canary && variants.every((one) => one.weight === (one.name === name ? WHOLE : 0));
}

/** The split of a place: the version's own, or that of one route. */
export function splitAt(definition: Definition | null, route: number | null): Split | undefined {
  if (definition?.kind !== 'rest') return undefined;
  if (route === null) return definition.policies?.split;
  return definition.routes[route]?.policies?.split ?? undefined;
}
