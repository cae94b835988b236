import { parseAmount } from '@parley/kernel/money';
import { moneyText } from '@parley/ui/format-text';

/** A decimal amount with its currency. */
export function amountText(amount: string, currency: string): string {
  return moneyText(parseAmount(amount) ?? 0n, currency);
}

interface Counts {
  readonly cells: number;
  readonly passed: number;
  readonly open: number;
}

/** Share of what was asked that passed; a dash before anything was. */
export function passRate(columns: readonly Counts[]): string {
  const asked = columns.reduce((sum, { cells, open }) => sum + cells - open, 0);
  const passed = columns.reduce((sum, column) => sum + column.passed, 0);
  return asked === 0 ? '–' : `${Math.round((100 * passed) / asked)} %`;
}
