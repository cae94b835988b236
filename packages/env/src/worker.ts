import { z } from 'zod';
import { billingEnv } from './billing.ts';
import { mailEnv } from './mail.ts';
import { type EnvSource, parseEnv } from './parse.ts';
import { secretsEnv } from './secrets.ts';
import { addressesEnv, type LogLevel, outboundEnv, processEnv } from './shared.ts';
import { storesEnv, workerDatabaseEnv } from './stores.ts';
import { type StripeSettings, stripeEnv, stripeSettings } from './stripe.ts';
import { port } from './values.ts';

export const workerEnv = {
  ...workerDatabaseEnv,
  ...storesEnv,
  ...secretsEnv,
  ...addressesEnv,
  ...mailEnv,
  ...outboundEnv,
  ...billingEnv,
  ...processEnv,
  ...stripeEnv,
  WORKER_HEALTH_PORT: port().default(8090).describe('the port of /healthz, from 1 to 65535'),
  WORKER_HEALTH_HOST: z.string().default('0.0.0.0').describe('the address of /healthz, e.g. 127.0.0.1'),
};

export interface WorkerEnv {
  /** Role `parley_worker`. */
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly masterKey: string;
  readonly keyPepper: string;
  readonly portalUrl: string;
  readonly gatewayUrl: string;
  /** `null`: mail is not delivered. */
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  readonly allowedPrivate: readonly string[];
  readonly workerHealthPort: number;
  readonly workerHealthHost: string;
  /** The operator's share of revenue, in millionths. */
  readonly platformSharePpm: number;
  readonly stripe: StripeSettings | null;
  readonly logLevel: LogLevel;
}

/** What a worker process runs with. Throws `EnvError`. */
export function loadWorkerEnv(source?: EnvSource): WorkerEnv {
  const env = parseEnv(workerEnv, source);
  return {
    databaseUrl: env.WORKER_DATABASE_URL,
    redisUrl: env.REDIS_URL,
    masterKey: env.PARLEY_MASTER_KEY,
    keyPepper: env.PARLEY_KEY_PEPPER,
    portalUrl: env.PORTAL_URL,
    gatewayUrl: env.GATEWAY_URL,
    smtpUrl: env.SMTP_URL ?? null,
    platformSharePpm: env.PLATFORM_SHARE_PPM,
    mailFrom: env.MAIL_FROM,
    allowedPrivate: env.PARLEY_ALLOWED_PRIVATE,
    workerHealthPort: env.WORKER_HEALTH_PORT,
    workerHealthHost: env.WORKER_HEALTH_HOST,
    stripe: stripeSettings(env),
    logLevel: env.LOG_LEVEL,
  };
}
