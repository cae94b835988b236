import type { CreditKind } from '@parley/contracts/ledger';
import type { Nano } from '@parley/kernel/money';

/** A grant as drawing sees it. Amounts in nano-units, times in Unix milliseconds. */
export interface DrawableGrant {
  readonly id: string;
  readonly kind: CreditKind;
  readonly priority: number;
  readonly expiresAtMs: number | null;
  readonly createdAtMs: number;
  readonly remainingNano: Nano;
}

export interface Draw {
  readonly grantId: string;
  readonly amountNano: Nano;
}

function before(left: DrawableGrant, right: DrawableGrant): number {
  const leftEnd = left.expiresAtMs ?? Number.POSITIVE_INFINITY;
  const rightEnd = right.expiresAtMs ?? Number.POSITIVE_INFINITY;
  if (left.priority !== right.priority) return left.priority - right.priority;
  if (leftEnd !== rightEnd) return leftEnd < rightEnd ? -1 : 1;
  if (left.kind !== right.kind) return left.kind === 'promotional' ? -1 : 1;
  if (left.createdAtMs !== right.createdAtMs) return left.createdAtMs - right.createdAtMs;
  return left.id < right.id ? -1 : 1;
}

/** Grants in the order they are spent: priority, the sooner end (no end last), given before bought, age, id. */
export function inDrawOrder<Grant extends DrawableGrant>(grants: readonly Grant[]): Grant[] {
  return [...grants].sort(before);
}

/** Whether a grant may pay for what happened at a moment: its end is after it. */
export function isUsable(grant: { readonly expiresAtMs: number | null }, atMs: number): boolean {
  return grant.expiresAtMs === null || grant.expiresAtMs > atMs;
}

/** Takes an amount from grants in their order. What they do not cover is `uncoveredNano`. */
export function drawDown(
  grants: readonly DrawableGrant[],
  amountNano: Nano,
  atMs: number,
): { readonly draws: Draw[]; readonly uncoveredNano: Nano } {
  const draws: Draw[] = [];
  let open = amountNano > 0n ? amountNano : 0n;
  for (const grant of inDrawOrder(grants)) {
    if (open === 0n) break;
    if (grant.remainingNano <= 0n || !isUsable(grant, atMs)) continue;
    const taken = grant.remainingNano < open ? grant.remainingNano : open;
    draws.push({ grantId: grant.id, amountNano: taken });
    open -= taken;
  }
  return { draws, uncoveredNano: open };
}

/**
 * Gives an amount back to grants that had paid for what was corrected, the last in order first, none more than was taken
 * from it (`takenNano`). What no grant takes back is `keptNano`: it lowers the next invoice.
 */
export function giveBack(
  grants: readonly (DrawableGrant & { readonly takenNano: Nano })[],
  amountNano: Nano,
): { readonly returns: Draw[]; readonly keptNano: Nano } {
  const returns: Draw[] = [];
  let open = amountNano;
  for (const grant of inDrawOrder(grants).reverse()) {
    if (open === 0n) break;
    const returned = grant.takenNano < open ? grant.takenNano : open;
    if (returned <= 0n) continue;
    returns.push({ grantId: grant.id, amountNano: returned });
    open -= returned;
  }
  return { returns, keptNano: open };
}
