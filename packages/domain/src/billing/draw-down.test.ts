import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DrawableGrant, drawDown, giveBack, inDrawOrder, isUsable } from './draw-down.ts';

const grant = (id: string, fields: Partial<DrawableGrant> = {}): DrawableGrant => ({
  id,
  kind: 'purchased',
  priority: 50,
  expiresAtMs: null,
  createdAtMs: 0,
  remainingNano: 10n,
  ...fields,
});

test('grants are spent by priority, then the sooner end, then given before bought, then age, then id', () => {
  const order = inDrawOrder([
    grant('h'),
    grant('g', { createdAtMs: -1 }),
    grant('f', { kind: 'promotional', createdAtMs: 9 }),
    grant('e', { expiresAtMs: 20 }),
    grant('d', { expiresAtMs: 20, kind: 'promotional' }),
    grant('c', { expiresAtMs: 10 }),
    grant('b', { priority: 10 }),
    grant('a', { priority: 10 }),
  ]);
  expect(order.map(({ id }) => id).join('')).toBe('abcdefgh');
});

test('a grant pays for what happened before its end, and for nothing at it', () => {
  expect(isUsable({ expiresAtMs: 100 }, 99)).toBe(true);
  expect(isUsable({ expiresAtMs: 100 }, 100)).toBe(false);
  expect(drawDown([grant('a', { expiresAtMs: 100 }), grant('b')], 15n, 100)).toEqual({
    draws: [{ grantId: 'b', amountNano: 10n }],
    uncoveredNano: 5n,
  });
});

const grants = fc
  .array(
    fc.record({
      kind: fc.constantFrom('promotional' as const, 'purchased' as const),
      priority: fc.integer({ min: 0, max: 3 }),
      expiresAtMs: fc.option(fc.integer({ min: 1, max: 5 })),
      createdAtMs: fc.integer({ min: 0, max: 3 }),
      remainingNano: fc.bigInt({ min: 0n, max: 20n }),
    }),
    { maxLength: 8 },
  )
  .map((rows) => rows.map((row, at) => ({ ...row, id: `grant-${at}` })));

test('drawing equals taking unit by unit from the first grant that has one', () => {
  fc.assert(
    fc.property(grants, fc.bigInt({ min: 0n, max: 120n }), fc.integer({ min: 0, max: 5 }), (rows, amount, atMs) => {
      const left = new Map(rows.map((row) => [row.id, row.remainingNano]));
      let open = amount;
      for (; open > 0n; open -= 1n) {
        const first = inDrawOrder(rows).find((row) => (left.get(row.id) ?? 0n) > 0n && isUsable(row, atMs));
        if (!first) break;
        left.set(first.id, (left.get(first.id) ?? 0n) - 1n);
      }
      const result = drawDown(rows, amount, atMs);
      expect(result.uncoveredNano).toBe(open);
      const drawn = new Map(result.draws.map((draw) => [draw.grantId, draw.amountNano]));
      for (const row of rows) expect(row.remainingNano - (drawn.get(row.id) ?? 0n)).toBe(left.get(row.id));
    }),
  );
});

test('giving everything back undoes a draw; no grant gets more than was taken from it', () => {
  fc.assert(
    fc.property(grants, fc.bigInt({ min: 0n, max: 120n }), fc.bigInt({ min: 0n, max: 150n }), (rows, amount, back) => {
      const { draws } = drawDown(rows, amount, 0);
      const taken = new Map(draws.map((draw) => [draw.grantId, draw.amountNano]));
      const givers = rows.map((row) => ({ ...row, takenNano: taken.get(row.id) ?? 0n }));
      const { returns, keptNano } = giveBack(givers, back);
      const total = returns.reduce((sum, one) => sum + one.amountNano, 0n);
      expect(total + keptNano).toBe(back);
      for (const one of returns) expect(one.amountNano <= (taken.get(one.grantId) ?? 0n)).toBe(true);
      const drawn = draws.reduce((sum, one) => sum + one.amountNano, 0n);
      expect(keptNano).toBe(back > drawn ? back - drawn : 0n);
    }),
  );
});
