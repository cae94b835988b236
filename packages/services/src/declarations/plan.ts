import type { Declaration, DeclarationStep } from '@parley/contracts/declaration';

export type Item<List extends keyof Declaration> = Declaration[List] extends readonly (infer One)[] ? One : never;
export type Api = Item<'apis'>;
export type Version = Api['versions'][number];
type Application = Item<'applications'>;

/** What is to be done, with what it is to be done to. The order is the order of carrying out. */
export type PlannedStep = DeclarationStep & { readonly target: Target };
export type Target =
  | { kind: 'provider'; wanted: Item<'providers'> }
  | { kind: 'provider key'; provider: string; wanted: Item<'providers'>['keys'][number] }
  | { kind: 'model'; wanted: Item<'models'> }
  | { kind: 'price'; model: string; wanted: NonNullable<Item<'models'>['price']> }
  | { kind: 'upstream'; wanted: Item<'upstreams'> }
  | { kind: 'shared text'; wanted: Item<'promptPartials'> }
  | { kind: 'prompt'; wanted: Item<'prompts'> }
  | { kind: 'prompt version'; wanted: Item<'prompts'> }
  | { kind: 'prompt label'; prompt: string; label: string; version: number | 'latest' }
  | { kind: 'api'; wanted: Api }
  | { kind: 'plan'; api: string; wanted: Api['plans'][number] }
  | { kind: 'plan price'; api: string; plan: string; wanted: NonNullable<Api['plans'][number]['price']> }
  | { kind: 'api version'; api: string; wanted: Version }
  | { kind: 'definition'; api: string; wanted: Version }
  | { kind: 'state'; api: string; version: string; from: Version['state']; to: Version['state'] }
  | { kind: 'alias'; api: string; alias: string; version: string | null }
  | { kind: 'host'; wanted: Item<'hosts'> }
  | { kind: 'budget'; wanted: Item<'budgets'> }
  | { kind: 'application'; wanted: Application }
  | { kind: 'key'; application: string; wanted: Application['keys'][number] }
  | { kind: 'identity'; application: string; wanted: Application['identities'][number] }
  | { kind: 'subscription'; application: string; wanted: Application['subscriptions'][number] };

export type Change = DeclarationStep['changes'][number];

export function shorten(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

/** JSON with keys in order, so that equal values have equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Fields of `wanted` that are given and differ from `current`. */
export function differences(wanted: object, current: object, fields: readonly string[]): Change[] {
  const want = wanted as Record<string, unknown>;
  const have = current as Record<string, unknown>;
  return fields.flatMap((field) => {
    if (want[field] === undefined || canonical(want[field]) === canonical(have[field])) return [];
    return [{ field, from: shorten(have[field]), to: shorten(want[field]) }];
  });
}

export function bySlug<One extends { slug: string }>(list: readonly One[]): Map<string, One> {
  return new Map(list.map((one) => [one.slug, one]));
}

/** Steps in the order in which they are found, which is the order of carrying out. */
export class Plan {
  readonly steps: PlannedStep[] = [];

  add(action: DeclarationStep['action'], name: string, target: Target, changes: Change[] = []): void {
    this.steps.push({ action, kind: target.kind, name, changes, target });
  }
}

/** The open tenant as it is, and the number of each prompt's latest version, which a declaration does not carry. */
export interface TenantState {
  readonly declaration: Declaration;
  readonly latestPromptNumbers: ReadonlyMap<string, number>;
}
