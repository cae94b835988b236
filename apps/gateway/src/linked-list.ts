/** What can be in one list; both are `null` while it is in none. */
export interface Linked<T> {
  previous: T | null;
  next: T | null;
}

/**
 * A list its items are linked into themselves. Used where something comes and goes with every request: a `Set` would grow
 * a new table every few dozen requests, and each old table, dead but promoted, keeps all requests it held from being
 * collected young. That was a quarter of the gateway's time.
 */
export class LinkedList<T extends Linked<T>> {
  #first: T | null = null;
  #last: T | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds an item that is in no list. */
  add(item: T): void {
    item.previous = this.#last;
    if (this.#last === null) this.#first = item;
    else this.#last.next = item;
    this.#last = item;
    this.#size++;
  }

  /** Takes an item out; does nothing when it is not in. */
  remove(item: T): void {
    const { previous, next } = item;
    if (previous === null && this.#first !== item) return;
    if (previous === null) this.#first = next;
    else previous.next = next;
    if (next === null) this.#last = previous;
    else next.previous = previous;
    item.previous = null;
    item.next = null;
    this.#size--;
  }

  /** Visits every item; a visit may take its own item out. */
  forEach(visit: (item: T) => void): void {
    for (let item = this.#first; item !== null; ) {
      const { next } = item;
      visit(item);
      item = next;
    }
  }
}
