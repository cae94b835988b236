import { z } from 'zod';
import { httpUrl } from './values.ts';

const secrets = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  )
  .refine((list) => list.length > 0 && list.every((one) => one.startsWith('whsec_')), 'each begins with whsec_');

/** The operator's Stripe account. Without STRIPE_SECRET_KEY Stripe is off. */
export const stripeEnv = {
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_\w+$/, 'it is not a secret key (sk_…) or a restricted one (rk_…)')
    .optional()
    .describe('the secret key of your Stripe account, e.g. sk_live_…'),
  STRIPE_WEBHOOK_SECRET: secrets
    .optional()
    .describe('the signing secrets of the webhook /api/stripe/webhooks, comma separated while one is being replaced'),
  STRIPE_API_BASE: httpUrl().optional().describe('the address of the Stripe simulator, e.g. http://127.0.0.1:12111'),
};

/** Stripe as a process is given it; `null`: off. */
export interface StripeSettings {
  readonly secretKey: string;
  readonly webhookSecrets: readonly string[];
  /** Another address than Stripe's own: the simulator's. */
  readonly apiBase: string | null;
}

export function stripeSettings(env: {
  STRIPE_SECRET_KEY?: string | undefined;
  STRIPE_WEBHOOK_SECRET?: string[] | undefined;
  STRIPE_API_BASE?: string | undefined;
}): StripeSettings | null {
  if (env.STRIPE_SECRET_KEY === undefined) return null;
  return {
    secretKey: env.STRIPE_SECRET_KEY,
    webhookSecrets: env.STRIPE_WEBHOOK_SECRET ?? [],
    apiBase: env.STRIPE_API_BASE ?? null,
  };
}
