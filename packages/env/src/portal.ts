import { z } from 'zod';
import { mailboxEnv } from './mail.ts';
import { type EnvSource, parseEnv } from './parse.ts';
import { internalEnv, secretsEnv } from './secrets.ts';
import { addressesEnv, type LogLevel, outboundEnv, processEnv } from './shared.ts';
import { appDatabaseEnv, storesEnv } from './stores.ts';
import { type StripeSettings, stripeEnv, stripeSettings } from './stripe.ts';

export const portalEnv = {
  ...appDatabaseEnv,
  ...storesEnv,
  ...secretsEnv,
  ...internalEnv,
  ...addressesEnv,
  ...mailboxEnv,
  ...outboundEnv,
  ...processEnv,
  ...stripeEnv,
  NEXTAUTH_SECRET: z
    .string()
    .min(32, 'it is shorter than 32 characters')
    .describe('at least 32 random characters, which sign sessions (openssl rand -base64 32)'),
};

export interface PortalEnv {
  /** Role `parley_app`. */
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly masterKey: string;
  readonly keyPepper: string;
  /** Signs the portal's calls to the gateway; `null`: no dry runs. */
  readonly internalSecret: string | null;
  readonly nextAuthSecret: string;
  readonly portalUrl: string;
  readonly gatewayUrl: string;
  readonly mailboxUrl: string | null;
  /** CIDR ranges that upstreams and providers may use although they are private. */
  readonly allowedPrivate: readonly string[];
  readonly stripe: StripeSettings | null;
  readonly logLevel: LogLevel;
}

/** What the portal runs with. Throws `EnvError`. */
export function loadPortalEnv(source?: EnvSource): PortalEnv {
  const env = parseEnv(portalEnv, source);
  return {
    databaseUrl: env.APP_DATABASE_URL,
    redisUrl: env.REDIS_URL,
    masterKey: env.PARLEY_MASTER_KEY,
    keyPepper: env.PARLEY_KEY_PEPPER,
    internalSecret: env.PARLEY_INTERNAL_SECRET ?? null,
    nextAuthSecret: env.NEXTAUTH_SECRET,
    portalUrl: env.PORTAL_URL,
    gatewayUrl: env.GATEWAY_URL,
    mailboxUrl: env.MAILBOX_URL ?? null,
    allowedPrivate: env.PARLEY_ALLOWED_PRIVATE,
    stripe: stripeSettings(env),
    logLevel: env.LOG_LEVEL,
  };
}
