import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idDay, idTimeMs, isId, newId } from './id.ts';

test('ids made one after another rise, also within a millisecond and when the clock steps back', () => {
  const ids: string[] = [];
  const base = Date.now() + 10_000;
  for (let i = 0; i < 20_000; i++) ids.push(newId(i % 3 === 0 ? base - 5 : base));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test('an id tells its time and UTC day', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 44 }), (offset) => {
      const at = Date.UTC(2030, 0, 1) + offset;
      const id = newId(at);
      expect(isId(id)).toBe(true);
      expect(idTimeMs(id)).toBeGreaterThanOrEqual(at);
      expect(idDay(id)).toBe(new Date(idTimeMs(id)).toISOString().slice(0, 10));
    }),
  );
});
