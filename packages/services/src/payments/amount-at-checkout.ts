import { fromMinor, toMinor } from '@parley/domain/billing/minor-units';
import { NANO_PER_UNIT, type Nano } from '@parley/kernel/money';

/** Less than this is not paid by card at once, but with the invoice. */
const LEAST = 1n * NANO_PER_UNIT;

/** What is paid when a card is left for a plan: its fee for the rest of the month, in whole coins. `null`: nothing. */
export function amountAtCheckout(feeNano: Nano, currency: string): Nano | null {
  const coins = fromMinor(toMinor(feeNano, currency), currency);
  return coins < LEAST ? null : coins;
}
