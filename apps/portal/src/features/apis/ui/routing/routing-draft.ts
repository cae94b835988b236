import { type Fields, isFields, textOf, type Value } from '@/schema-form/schema-node.ts';

/** The list of objects under a name of what is being written; nothing for what is no list. */
export function listIn(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? (value as readonly Value[]).filter(isFields) : [];
}

/** The text under a name; empty for what is none. */
export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** A member set, or taken out where it is `undefined`. */
export function withMember(fields: Fields, name: string, value: Value): Fields {
  const { [name]: _, ...rest } = fields;
  return value === undefined ? rest : { ...fields, [name]: value };
}

/** A list with one of it moved up (-1) or down (1); the same list at its ends. */
export function moved<T>(list: readonly T[], at: number, by: -1 | 1): readonly T[] {
  const one = list[at];
  const other = list[at + by];
  if (one === undefined || other === undefined) return list;
  return list.map((item, index) => (index === at ? other : index === at + by ? one : item));
}

export const NEW_TARGET: Fields = { model: '', weight: 1, when: '', route: '' };
export const NEW_ALIAS: Fields = { name: '', strategy: 'ordered', targets: [NEW_TARGET], sticky: 'none' };

/** Each target's share of the calls in percent, one decimal; zeros where nobody has a weight. */
export function sharesOf(targets: readonly Fields[]): number[] {
  const weights = targets.map(({ weight }) => (typeof weight === 'number' && weight > 0 ? weight : 0));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (all === 0 ? 0 : Math.round((1000 * weight) / all) / 10));
}

/** Names by meaning that the settings of a name have. */
export function routesOf(alias: Fields): string[] {
  const { semantic } = alias;
  return isFields(semantic) ? listIn(semantic, 'routes').map((route) => textIn(route, 'name')) : [];
}

/** Without choosing by meaning: targets then answer no route either, for a route nobody names is refused. */
export function withSemantic(alias: Fields, semantic: Value): Fields {
  const targets = listIn(alias, 'targets');
  const kept = semantic === undefined ? targets.map((target) => ({ ...target, route: '' })) : targets;
  return { ...withMember(alias, 'semantic', semantic), targets: kept };
}

const CHOSEN: Readonly<Record<string, readonly [first: string, next: string]>> = {
  weighted: ['One by weight', 'The others, as written'],
  cheapest: ['The cheapest', 'The next cheapest'],
  fastest: ['The fastest', 'The next fastest'],
  leastBusy: ['The least busy', 'The next least busy'],
};

/** What a model does that another may be asked for, as the end of a sentence about it. */
export const FAILURES: Readonly<Record<string, string>> = {
  unavailable: 'is unavailable',
  limited: 'is at its limit',
  timeout: 'takes too long',
  contextWindow: 'has too small a window',
  contentPolicy: 'refuses the content',
};

export interface PathStep {
  readonly title: string;
  /** What is known of it: its condition, how often it is asked. */
  readonly note: string;
  /** When the next one is asked; empty at the end. */
  readonly leads: string;
}

/** The way of a call through the models behind a name, as one reads it from left to right. */
export function pathOf(routing: Fields, alias: Fields): PathStep[] {
  const targets = listIn(alias, 'targets').filter((target) => textIn(target, 'model') !== '');
  const tries = typeof routing['tries'] === 'number' ? routing['tries'] : 1;
  const often = tries > 1 ? `up to ${tries} tries` : 'one try';
  const given = routing['fallbackOn'];
  const failures = Array.isArray(given) ? (given as readonly Value[]).map((one) => FAILURES[textOf(one)] ?? '') : [];
  const then = failures.length === 0 ? '' : `if it ${orList(failures.filter(Boolean))}`;
  const words = CHOSEN[textIn(alias, 'strategy')];
  const shown = words && targets.length > 1 ? targets.slice(0, 2) : targets;
  const steps = shown.map((target, at): PathStep => {
    const names = [...new Set(targets.map((one) => textIn(one, 'model')))].join(', ');
    const title = words && targets.length > 1 ? (words[at] ?? '') : textIn(target, 'model');
    const of = words && targets.length > 1 && at === 0 ? `of ${names} · ` : '';
    const route = textIn(target, 'route');
    const bounds = words
      ? ''
      : [route && `route ${route}`, textIn(target, 'when') && 'where its condition holds'].filter(Boolean).join(', ');
    return { title, note: `${of}${often}${bounds ? ` · ${bounds}` : ''}`, leads: at < shown.length - 1 ? then : '' };
  });
  // Without a failure that counts nobody else is asked.
  return failures.length === 0 &&
    !words &&
    targets.every((one) => textIn(one, 'when') === '' && textIn(one, 'route') === '')
    ? steps.slice(0, 1)
    : steps;
}

function orList(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

/** What asking twice costs, in words for whoever pays. */
export function hedgeCost(hedge: Value): string {
  if (!isFields(hedge)) return 'Off: every call is made once, and costs once.';
  const share = typeof hedge['maxShare'] === 'number' ? Math.round(hedge['maxShare'] * 1000) / 10 : 0;
  return `Up to ${share} % of calls are made twice. The one that is let go costs you its input at least, and its provider may bill more than anybody is told; your consumers pay for one.`;
}

/** What going on with an answer costs. */
export function resumeCost(on: Value): string {
  return on === true
    ? 'A text that breaks off is sent again as input, so that both tries’ tokens count, each at its model’s price. Streams are read and written anew; a word may repeat at the seam.'
    : 'Off: a text that breaks off ends with an error, and costs what was said.';
}
