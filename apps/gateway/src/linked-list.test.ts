import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Linked, LinkedList } from './linked-list.ts';

class Item implements Linked<Item> {
  previous: Item | null = null;
  next: Item | null = null;
}

function itemsOf(list: LinkedList<Item>): Item[] {
  const items: Item[] = [];
  list.forEach((item) => items.push(item));
  return items;
}

describe('LinkedList', () => {
  it('holds what a Set would, in the same order, whatever is added and removed', () => {
    const step = fc.record({ at: fc.nat(7), add: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const items = Array.from({ length: 8 }, () => new Item());
        const list = new LinkedList<Item>();
        const model = new Set<Item>();
        for (const { at, add } of steps) {
          const item = items[at] as Item;
          if (add && !model.has(item)) {
            list.add(item);
            model.add(item);
          } else if (!add) {
            list.remove(item);
            model.delete(item);
          }
          expect(itemsOf(list)).toEqual([...model]);
          expect(list.size).toBe(model.size);
        }
        for (const item of items) if (!model.has(item)) expect([item.previous, item.next]).toEqual([null, null]);
      }),
    );
  });

  it('lets a visit take its own item out', () => {
    const list = new LinkedList<Item>();
    for (let i = 0; i < 3; i++) list.add(new Item());
    list.forEach((item) => list.remove(item));
    expect(list.size).toBe(0);
  });
});
