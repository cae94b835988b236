import type { CreditKind } from '@parley/contracts/ledger';
import { accruedLines, lockAccount } from '@parley/db/repositories/ledger';
import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { LEDGER_CHECKS } from '../standing-checks/ledger-checks.ts';
import { rowsFound } from '../test/rows-found.ts';
import { expireGrant, voidGrant } from './end-grant.ts';
import { ensureAccount } from './ensure-account.ts';
import { grantCredit } from './grant-credit.ts';
import { postAccrual } from './post-accrual.ts';

const kit = testContext();
afterAll(() => kit.close());

/** Grants are named by their place in the case; a step about one that does not exist yet is refused and changes nothing. */
type Step =
  | { do: 'grant'; name: number; kind: CreditKind; amount: number; priority: number; ends: number | null }
  | { do: 'accrue'; subscription: number; period: string; line: string; amount: number; at: number }
  | { do: 'expire'; name: number; at: number }
  | { do: 'void'; name: number };

const START = Date.UTC(2026, 10, 1);
const minute = (at: number): Date => new Date(START + at * 60_000);
const name = fc.integer({ min: 0, max: 3 });
const at = fc.integer({ min: 0, max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      name,
      kind: fc.constantFrom('promotional' as const, 'purchased' as const),
      amount: fc.integer({ min: 1, max: 25 }),
      priority: fc.integer({ min: 0, max: 2 }),
      ends: fc.option(fc.integer({ min: 1, max: 6 })),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('accrue' as const),
      subscription: fc.integer({ min: 0, max: 1 }),
      period: fc.constantFrom('2026-10', '2026-11'),
      line: fc.constantFrom('requests', 'tokens'),
      amount: fc.integer({ min: -5, max: 40 }),
      at,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), name, at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('void' as const), name }) },
);

interface SlowGrant {
  readonly name: number;
  readonly kind: CreditKind;
  readonly priority: number;
  readonly ends: number | null;
  remaining: number;
  ended: boolean;
  readonly taken: Map<string, number>;
}

/** The same rules with no cleverness: one unit at a time, looking for the best grant each time. */
class SlowLedger {
  readonly grants: SlowGrant[] = [];
  readonly unbilled = new Map<string, number>();
  readonly #lines = new Map<string, number>();

  apply(one: Step): void {
    if (one.do === 'grant') {
      if (this.grants.some((grant) => grant.name === one.name)) return;
      this.grants.push({ ...one, remaining: one.amount, ended: false, taken: new Map() });
      return this.settle(0);
    }
    if (one.do === 'accrue') {
      const key = `${one.subscription}/${one.period}/${one.line}`;
      const difference = one.amount - (this.#lines.get(key) ?? 0);
      if (!this.#lines.has(key) || difference !== 0) {
        this.#lines.set(key, one.amount);
        this.unbilled.set(one.period, (this.unbilled.get(one.period) ?? 0) + difference);
        this.settle(one.at);
      }
      return;
    }
    const grant = this.grants.find((known) => known.name === one.name);
    if (grant && !grant.ended) {
      grant.ended = true;
      grant.remaining = 0;
    }
  }

  settle(now: number): void {
    for (const period of [...this.unbilled.keys()].sort()) {
      while ((this.unbilled.get(period) ?? 0) < 0) {
        const last = this.#ordered().findLast((grant) => !grant.ended && (grant.taken.get(period) ?? 0) > 0);
        if (!last) break;
        this.#move(last, period, -1);
      }
    }
    for (const period of [...this.unbilled.keys()].sort()) {
      while ((this.unbilled.get(period) ?? 0) > 0) {
        const first = this.#ordered().find(
          (grant) => !grant.ended && grant.remaining > 0 && (grant.ends === null || grant.ends > now),
        );
        if (!first) break;
        this.#move(first, period, 1);
      }
    }
  }

  #move(grant: SlowGrant, period: string, units: 1 | -1): void {
    grant.remaining -= units;
    grant.taken.set(period, (grant.taken.get(period) ?? 0) + units);
    this.unbilled.set(period, (this.unbilled.get(period) ?? 0) - units);
  }

  #ordered(): SlowGrant[] {
    const age = (grant: SlowGrant): number => this.grants.indexOf(grant);
    const kind = (grant: SlowGrant): number => (grant.kind === 'promotional' ? 0 : 1);
    return [...this.grants].sort(
      (a, b) => a.priority - b.priority || (a.ends ?? 1e9) - (b.ends ?? 1e9) || kind(a) - kind(b) || age(a) - age(b),
    );
  }
}

async function play(tenantId: string, steps: readonly Step[], lanes: number) {
  const { id: accountId } = await kit.db.within({ tenantId }, (tx) =>
    ensureAccount(tx, { tenantId, consumerTenantId: newId() }),
  );
  const subscriptions = [newId(), newId()];
  const ids = new Map<number, string>();
  const slow = new SlowLedger();
  const lane = async (mine: readonly Step[]): Promise<void> => {
    for (const one of mine) {
      await kit.db
        .within({ tenantId }, async (tx) => {
          if (one.do === 'grant') {
            const asked = { kind: one.kind, amountNano: BigInt(one.amount), priority: one.priority };
            const expiresAt = one.ends === null ? null : minute(one.ends);
            const key = `${accountId}/${one.name}`;
            const given = await grantCredit(tx, {
              tenantId,
              accountId,
              key,
              ...asked,
              expiresAt,
              occurredAt: minute(0),
            });
            ids.set(one.name, given.grantId);
          } else if (one.do === 'accrue') {
            const subscriptionId = subscriptions[one.subscription] ?? '';
            await lockAccount(tx, tenantId, accountId);
            const known = await accruedLines(tx, { tenantId, subscriptionId, period: one.period });
            const others = known.filter(({ line }) => line !== one.line);
            const lines = [...others, { line: one.line, amountNano: BigInt(one.amount) }].map(
              ({ line, amountNano }) => ({
                line,
                quantity: 1n,
                amountNano,
                rated: {},
              }),
            );
            await postAccrual(tx, {
              tenantId,
              accountId,
              subscriptionId,
              period: one.period,
              lines,
              occurredAt: minute(one.at),
              platformSharePpm: 125_000,
            });
          } else if (one.do === 'expire') {
            await expireGrant(tx, { tenantId, grantId: ids.get(one.name) ?? newId(), at: minute(one.at) });
          } else {
            await voidGrant(tx, { tenantId, grantId: ids.get(one.name) ?? newId() });
          }
          // Still under the account's lock: this is the serial order.
          slow.apply(one);
        })
        .catch((error: unknown) => {
          if (!(error instanceof Error) || error.name !== 'Fault') throw error;
        });
    }
  };
  await Promise.all(
    Array.from({ length: lanes }, (_, index) => lane(steps.filter((_one, place) => place % lanes === index))),
  );
  return { accountId, ids, slow };
}

test('any interleaving: sums are zero, balances are sums, no grant is overdrawn, and credit went as in the serial order', async () => {
  const { tenantId } = await kit.tenant();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
      // each step twice: repeats change nothing, at whatever moment they come
      const { accountId, ids, slow } = await play(
        tenantId,
        [...steps, ...steps.filter(({ do: kind }) => kind !== 'accrue')],
        4,
      );
      await kit.db.within({ tenantId }, async (tx) => {
        const balances = await tx.ledgerBalance.findMany({ where: { tenantId, billingAccountId: accountId } });
        const of = (item: string): number => Number(balances.find((row) => row.item === item)?.amountNano ?? 0n);
        for (const grant of slow.grants) {
          expect(0 - of(ids.get(grant.name) ?? '')).toBe(grant.remaining);
        }
        for (const [period, amount] of slow.unbilled) expect(of(period)).toBe(amount);
        expect(balances.reduce((sum, row) => sum + row.amountNano, 0n)).toBe(0n);
        expect(await rowsFound(tx, LEDGER_CHECKS)).toEqual([]);
      });
    }),
    { numRuns: 6 },
  );
});
