import Stripe from 'stripe';

/** The operator's Stripe account, opened. */
export interface StripeAccess {
  readonly client: Stripe;
  /** Signing secrets of the webhook; several while one is being replaced. */
  readonly webhookSecrets: readonly string[];
  /** True where another address than Stripe's answers: the simulator. */
  readonly simulated: boolean;
}

const TIMEOUT_MS = 15_000;
/** Tries of the SDK's own, under the same idempotency key. */
const RETRIES = 2;

/** Opens the account; `null` settings mean that Stripe is off. Nothing is asked of Stripe yet. `retries`: tries of the SDK’s own beyond the first. */
export function openStripe(
  settings: { secretKey: string; webhookSecrets: readonly string[]; apiBase: string | null } | null,
  retries: number = RETRIES,
): StripeAccess | null {
  if (settings === null) return null;
  const base = settings.apiBase === null ? null : new URL(settings.apiBase);
  const client = new Stripe(settings.secretKey, {
    timeout: TIMEOUT_MS,
    maxNetworkRetries: retries,
    telemetry: false,
    appInfo: { name: 'Parley' },
    ...(base === null
      ? {}
      : {
          host: base.hostname,
          port: base.port || (base.protocol === 'https:' ? '443' : '80'),
          protocol: base.protocol === 'https:' ? ('https' as const) : ('http' as const),
        }),
  });
  return { client, webhookSecrets: settings.webhookSecrets, simulated: base !== null };
}
