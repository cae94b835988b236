import type { LedgerAccount } from '@parley/contracts/ledger';
import type { Transaction } from '@parley/db/client';
import { liveGrants } from '@parley/db/repositories/ledger';
import { Fault } from '@parley/kernel/fault';
import type { Nano } from '@parley/kernel/money';
import { openAccount, post } from './post.ts';
import { tellGateways } from './tell-gateways.ts';

type Ending = 'expired' | 'voided';

/** Where the rest of a grant goes: what was bought and runs out is earned; voided, it is owed back to the customer. */
const REST: Readonly<Record<'promotional' | 'purchased', Readonly<Record<Ending, LedgerAccount>>>> = {
  promotional: { expired: 'promotion', voided: 'promotion' },
  purchased: { expired: 'breakage', voided: 'refund' },
};

export interface EndedGrant {
  readonly grantId: string;
  /** Nano-units that were left. */
  readonly endedNano: Nano;
  readonly repeated: boolean;
}

async function end(
  tx: Transaction,
  grant: { tenantId: string; grantId: string; ending: Ending; at: Date; note: string },
): Promise<EndedGrant> {
  const { tenantId, grantId, ending, at } = grant;
  const where = { tenantId_id: { tenantId, id: grantId } };
  const found = await tx.creditGrant.findUnique({ where, select: { billingAccountId: true } });
  if (!found) throw new Fault('not_found', 'There is no such credit.');
  const account = await openAccount(tx, tenantId, found.billingAccountId);
  const row = await tx.creditGrant.findUniqueOrThrow({ where });
  if (row.endKind === ending) return { grantId, endedNano: row.endedNano, repeated: true };
  if (row.endKind)
    throw new Fault(
      'invalid_state',
      `This credit has ${row.endKind === 'expired' ? 'run out' : 'been taken back'} already.`,
    );
  if (ending === 'expired' && (row.expiresAt === null || row.expiresAt > at)) {
    throw new Fault('invalid_state', 'This credit has not run out.');
  }
  const endedNano = (await liveGrants(tx, account)).find(({ id }) => id === grantId)?.remainingNano ?? 0n;
  if (endedNano > 0n) {
    await post(tx, account, {
      kind: ending === 'expired' ? 'expire' : 'void',
      key: `${ending}:${grantId}`,
      occurredAt: ending === 'expired' ? (row.expiresAt ?? at) : at,
      note: grant.note,
      entries: [
        {
          account: row.kind === 'purchased' ? 'credit_purchased' : 'credit_promotional',
          amountNano: endedNano,
          grantId,
        },
        { account: REST[row.kind][ending], amountNano: -endedNano },
      ],
    });
  }
  await tx.creditGrant.update({ where, data: { endedAt: at, endKind: ending, endedNano }, select: { id: true } });
  await tellGateways(tx, account);
  return { grantId, endedNano, repeated: false };
}

/**
 * Ends a grant whose time is over at `at`: what is left becomes breakage (bought) or reverses the promotion (given). A
 * repeat returns the first result. Throws `not_found`, or `invalid_state` where it has time left or was voided.
 */
export function expireGrant(
  tx: Transaction,
  grant: { readonly tenantId: string; readonly grantId: string; readonly at: Date },
): Promise<EndedGrant> {
  return end(tx, { ...grant, ending: 'expired', note: '' });
}

/**
 * Takes back what is left of a grant. The rest of bought credit is then owed to the customer (account `refund`), to be paid
 * out with `refund({ of: 'owed' })`. A repeat returns the first result. Throws `not_found`, or `invalid_state` where it ran out.
 */
export function voidGrant(
  tx: Transaction,
  grant: { readonly tenantId: string; readonly grantId: string; readonly note?: string; readonly at?: Date },
): Promise<EndedGrant> {
  return end(tx, { ...grant, at: grant.at ?? new Date(), note: grant.note ?? '', ending: 'voided' });
}
