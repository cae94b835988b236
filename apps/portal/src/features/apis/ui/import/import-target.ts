import { shortNameOf } from '@parley/kernel/short-name';

export interface KnownUpstream {
  readonly slug: string;
  readonly name: string;
  readonly baseUrl: string;
}

/** Where imported routes lead: an upstream there is, or one made with them. */
export type Target = { readonly kind: 'known'; readonly upstream: string } | NewTarget;

export interface NewTarget {
  readonly kind: 'new';
  readonly name: string;
  readonly baseUrl: string;
}

/** What a document says of where it is served. */
export interface Named {
  /** What it calls the API. */
  readonly title: string;
  /** Absolute addresses it names. */
  readonly urls: readonly string[];
}

/** An upstream as the document names it. */
export function newTarget({ title, urls: [url = ''] }: Named): NewTarget {
  return { kind: 'new', name: title || (URL.canParse(url) ? new URL(url).hostname : ''), baseUrl: url };
}

/**
 * The likeliest target of a document: an upstream at an address it names, else a new one there; without an address the
 * first upstream there is. `mayCreate` is false for those who may not make upstreams.
 */
export function likelyTarget(document: Named, known: readonly KnownUpstream[], mayCreate: boolean): Target {
  const same = known.find(({ baseUrl }) => document.urls.includes(baseUrl));
  if (same) return { kind: 'known', upstream: same.slug };
  if (mayCreate && (document.urls.length > 0 || known.length === 0)) return newTarget(document);
  return { kind: 'known', upstream: known[0]?.slug ?? '' };
}

/** A short name made from a name, with a number where it is taken. */
export function freeSlug(name: string, known: readonly KnownUpstream[]): string {
  const base = shortNameOf(name) || 'upstream';
  const taken = new Set(known.map(({ slug }) => slug));
  if (!taken.has(base)) return base;
  for (let at = 2; ; at++) {
    const slug = `${base.slice(0, 59)}-${at}`;
    if (!taken.has(slug)) return slug;
  }
}
