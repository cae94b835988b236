/** An amount of whole units as it is charged: at least two decimals, none that count cut off. */
export function amount(text: string, currency: string): string {
  const digits = text.includes('.') ? Math.max(2, text.length - text.indexOf('.') - 1) : 2;
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    maximumFractionDigits: Math.min(digits, 9),
  }).format(Number(text));
}
