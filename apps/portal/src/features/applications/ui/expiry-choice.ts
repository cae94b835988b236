const DAY_MS = 86_400_000;

/** How long a key may live; empty for no end. */
export const EXPIRY_CHOICES = [
  { value: '', label: 'Never' },
  { value: '1', label: 'In a day' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
] as const;

/** The moment a choice of days leads to, as ISO 8601. */
export function expiryIn(days: string): string | undefined {
  return days === '' ? undefined : new Date(Date.now() + Number(days) * DAY_MS).toISOString();
}
