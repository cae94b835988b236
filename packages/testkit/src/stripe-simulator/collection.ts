import { missing } from './stripe-error.ts';

/** What every object of Stripe's has. Times are Unix seconds. */
export interface Thing {
  readonly id: string;
  readonly object: string;
  readonly created: number;
}

export interface Page {
  readonly limit?: number | undefined;
  readonly starting_after?: string | undefined;
  readonly ending_before?: string | undefined;
}

export interface ListOf<T> {
  readonly object: 'list';
  readonly data: T[];
  readonly has_more: boolean;
  readonly url: string;
}

/** The objects of one kind, newest first in lists, as Stripe gives them. */
export class Collection<T extends Thing> {
  /** How errors call one (“No such customer”). */
  readonly kind: string;
  readonly url: string;
  readonly #things = new Map<string, T>();

  constructor(kind: string, url: string) {
    this.kind = kind;
    this.url = url;
  }

  add(thing: T): T {
    this.#things.set(thing.id, thing);
    return thing;
  }

  remove(id: string): void {
    this.#things.delete(id);
  }

  find(id: string): T | undefined {
    return this.#things.get(id);
  }

  /** The object of that id; throws `resource_missing`, naming the parameter it came in. */
  get(id: string, param = 'id'): T {
    const thing = this.#things.get(id);
    if (thing === undefined) throw missing(this.kind, id, param);
    return thing;
  }

  all(): T[] {
    return [...this.#things.values()];
  }

  page(page: Page, wanted: (thing: T) => boolean = () => true): ListOf<T> {
    const found = this.all().filter(wanted).reverse();
    const limit = page.limit ?? 10;
    const after = page.starting_after === undefined ? -1 : this.#place(found, page.starting_after, 'starting_after');
    const end = page.ending_before === undefined ? undefined : this.#place(found, page.ending_before, 'ending_before');
    const from = end === undefined ? after + 1 : Math.max(0, end - limit);
    const data = found.slice(from, end ?? from + limit);
    const hasMore = end === undefined ? from + limit < found.length : from > 0;
    return { object: 'list', data, has_more: hasMore, url: this.url };
  }

  #place(found: readonly T[], id: string, param: string): number {
    const at = found.findIndex((thing) => thing.id === id);
    if (at < 0) throw missing(this.kind, id, param);
    return at;
  }
}
