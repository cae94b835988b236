import type { Transaction } from '@parley/db/client';
import {
  balancesOf,
  type LiveGrant,
  type LockedAccount,
  liveGrants,
  takenInPeriod,
} from '@parley/db/repositories/ledger';
import { type Draw, type DrawableGrant, drawDown, giveBack } from '@parley/domain/billing/draw-down';
import type { Nano } from '@parley/kernel/money';
import { type Entry, post } from './post.ts';
import { tellGateways } from './tell-gateways.ts';

function drawable(grant: LiveGrant): DrawableGrant {
  return {
    id: grant.id,
    kind: grant.kind,
    priority: grant.priority,
    expiresAtMs: grant.expiresAt?.getTime() ?? null,
    createdAtMs: grant.createdAt.getTime(),
    remainingNano: grant.remainingNano,
  };
}

/**
 * Lets credit pay for what is unbilled, the oldest month first, so that nothing is unbilled while there is usable credit;
 * where a correction left a month below zero, gives back first what credit had paid for it. `atMs` is when the use
 * happened: a grant that ended by then pays nothing. The account must be locked. Returns what credit paid on balance.
 */
export async function settleCredit(tx: Transaction, account: LockedAccount, at: Date): Promise<{ coveredNano: Nano }> {
  const open = await balancesOf(tx, account, 'unbilled');
  if (open.length === 0) return { coveredNano: 0n };
  let grants = (await liveGrants(tx, account)).map(drawable);
  const hadCredit = left(grants) > 0n;
  let coveredNano = 0n;
  const move = async (kind: 'draw' | 'give_back', period: string, draws: readonly Draw[]): Promise<void> => {
    const sign = kind === 'draw' ? 1n : -1n;
    const moved = new Map(draws.map((draw) => [draw.grantId, draw.amountNano * sign]));
    const total = draws.reduce((sum, draw) => sum + draw.amountNano, 0n) * sign;
    if (total === 0n) return;
    const entries: Entry[] = grants
      .filter((grant) => moved.has(grant.id))
      .map((grant) => ({
        account: grant.kind === 'purchased' ? 'credit_purchased' : 'credit_promotional',
        amountNano: moved.get(grant.id) ?? 0n,
        grantId: grant.id,
        period,
      }));
    await post(tx, account, {
      kind,
      occurredAt: at,
      entries: [...entries, { account: 'unbilled', amountNano: -total, period }],
    });
    grants = grants.map((grant) => ({ ...grant, remainingNano: grant.remainingNano - (moved.get(grant.id) ?? 0n) }));
    coveredNano += total;
  };

  for (const { item: period, amountNano } of open.filter((balance) => balance.amountNano < 0n)) {
    const taken = await takenInPeriod(tx, account, period);
    const givers = grants.map((grant) => ({ ...grant, takenNano: taken.get(grant.id) ?? 0n }));
    await move('give_back', period, giveBack(givers, -amountNano).returns);
  }
  for (const { item: period, amountNano } of open.filter((balance) => balance.amountNano > 0n)) {
    await move('draw', period, drawDown(grants, amountNano, at.getTime()).draws);
  }
  // Plans paid from credit open and close with it.
  if (left(grants) > 0n !== hadCredit) await tellGateways(tx, account);
  return { coveredNano };
}

const left = (grants: readonly DrawableGrant[]): Nano => grants.reduce((sum, grant) => sum + grant.remainingNano, 0n);
