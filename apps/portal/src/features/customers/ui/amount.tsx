import { parseAmount } from '@parley/kernel/money';
import { Money } from '@parley/ui/format';

/** An amount as verbs of billing tell it: a decimal string of whole units. */
export function Amount({ value, currency, exact = false }: { value: string; currency: string; exact?: boolean }) {
  return <Money nano={parseAmount(value) ?? 0n} currency={currency} exact={exact} />;
}
