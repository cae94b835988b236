/** What Stripe's meters count of each customer, an hour at a time. */
export const STRIPE_METERS = [
  { meter: 'requests', display: 'Requests' },
  { meter: 'input_tokens', display: 'Input tokens' },
  { meter: 'output_tokens', display: 'Output tokens' },
  { meter: 'response_bytes', display: 'Bytes answered' },
] as const;

/** The meter's event name at Stripe. */
export const eventName = (meter: string): string => `parley_${meter}`;

export interface SentTotal {
  readonly accountId: string;
  readonly meter: string;
  readonly hour: Date;
  readonly revision: number;
}

/** Names one state of one hour's total for ever; at most 100 characters, as Stripe takes. */
export function identifierOf(total: SentTotal): string {
  return `${total.accountId}:${total.meter}:${total.hour.getTime() / 1000}:${total.revision}`;
}

const IDENTIFIER = /^([0-9a-f-]{36}):(\w+):(\d+):(\d+)$/;

/** What an identifier names; `null` for one that is not ours. */
export function readIdentifier(identifier: string): SentTotal | null {
  const [, accountId, meter, seconds, revision] = IDENTIFIER.exec(identifier) ?? [];
  if (accountId === undefined || meter === undefined) return null;
  return { accountId, meter, hour: new Date(Number(seconds) * 1000), revision: Number(revision) };
}
