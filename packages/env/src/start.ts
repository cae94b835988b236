import { cpus, platform } from 'node:os';
import { z } from 'zod';
import { type EnvSource, parseEnv } from './parse.ts';
import { internalEnv, secretsEnv } from './secrets.ts';
import { type LogLevel, processEnv } from './shared.ts';
import { type StripeSettings, stripeEnv, stripeSettings } from './stripe.ts';
import { httpUrl, port, postgresUrl, redisUrl, smtpUrl, wholeNumber } from './values.ts';

/** Systems whose kernel spreads connections over the processes that share a port (libuv, `UV_TCP_REUSEPORT`). */
const REUSE_PORT: ReadonlySet<string> = new Set(['linux', 'freebsd', 'sunos', 'aix']);

/** What the one-command start takes. All of it is optional: what is not set is prepared under `.parley/`. */
export const startEnv = {
  ...processEnv,
  ...stripeEnv,
  DATABASE_URL: postgresUrl()
    .optional()
    .describe(
      'the PostgreSQL URL of a role that may create roles, or leave it unset to have PostgreSQL started for you',
    ),
  REDIS_URL: redisUrl().optional().describe('the Redis URL, or leave it unset to have Redis started for you'),
  SMTP_URL: smtpUrl().optional().describe('the mail server, or leave it unset for the local mailbox'),
  PORTAL_PORT: port().optional().describe('the port of the portal, from 1 to 65535'),
  GATEWAY_PORT: port().optional().describe('the port of the gateway, from 1 to 65535'),
  SIMULATOR_PORT: port().optional().describe('the port of the provider simulator, from 1 to 65535'),
  STRIPE_SIMULATOR_PORT: port().optional().describe('the port of the Stripe simulator, from 1 to 65535'),
  SAMPLE_PORT: port().optional().describe('the port of the sample service, from 1 to 65535'),
  MAILBOX_PORT: port().optional().describe('the port of the mailbox page, from 1 to 65535'),
  GATEWAY_METRICS_PORT: port()
    .optional()
    .describe('the port of the first gateway process’ /metrics, each further process on the next; none without it'),
  GATEWAY_PROCESSES: wholeNumber(1, 64).optional().describe('how many gateway processes to run, from 1 to 64'),
  PARLEY_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('the address to listen on, e.g. 0.0.0.0 to be reachable from elsewhere'),
  PORTAL_URL: httpUrl().optional().describe('the address people open the portal at, where it is not the local one'),
  GATEWAY_URL: httpUrl()
    .optional()
    .describe('the address applications call the gateway at, where it is not the local one'),
  PARLEY_MASTER_KEY: secretsEnv.PARLEY_MASTER_KEY.optional().describe(
    '32 random bytes in base64, or leave it unset to have one made',
  ),
  PARLEY_KEY_PEPPER: secretsEnv.PARLEY_KEY_PEPPER.optional().describe(
    'at least 32 random characters, or leave it unset to have them made',
  ),
  PARLEY_INTERNAL_SECRET: internalEnv.PARLEY_INTERNAL_SECRET.describe(
    'at least 32 random characters, or leave it unset to have them made',
  ),
  NEXTAUTH_SECRET: z
    .string()
    .min(32, 'it is shorter than 32 characters')
    .optional()
    .describe('at least 32 random characters, or leave it unset to have them made'),
  PARLEY_DATA_DIR: z.string().optional().describe('the folder for all data, instead of .parley'),
  CHROMIUM_PATH: z.string().optional().describe('the Chromium to run browser tests in'),
};

type PortName = 'portal' | 'gateway' | 'simulator' | 'stripeSimulator' | 'sample' | 'mailbox';

export interface StartEnv {
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly smtpUrl: string | null;
  /** Address that portal, gateway, simulator, sample service and mailbox listen on. */
  readonly host: string;
  readonly portalUrl: string | null;
  readonly gatewayUrl: string | null;
  /** Secrets of the operator's own; those not given are made and kept. */
  readonly secrets: Readonly<Record<'masterKey' | 'keyPepper' | 'internalSecret' | 'nextAuthSecret', string | null>>;
  /** Ports asked for by name; one that is not here is chosen. */
  readonly ports: Readonly<Record<PortName, number | null>>;
  /** The operator's own account; `null`: none is set. */
  readonly stripe: StripeSettings | null;
  readonly gatewayProcesses: number;
  /** Of the first gateway process; `null`: none serves metrics. */
  readonly metricsPort: number | null;
  readonly dataDir: string | null;
  readonly chromiumPath: string | null;
  readonly logLevel: LogLevel;
}

/** What the one-command start runs with. Throws `EnvError`. */
export function loadStartEnv(source?: EnvSource): StartEnv {
  const env = parseEnv(startEnv, source);
  return {
    databaseUrl: env.DATABASE_URL ?? null,
    redisUrl: env.REDIS_URL ?? null,
    smtpUrl: env.SMTP_URL ?? null,
    host: env.PARLEY_HOST,
    portalUrl: env.PORTAL_URL ?? null,
    gatewayUrl: env.GATEWAY_URL ?? null,
    secrets: {
      masterKey: env.PARLEY_MASTER_KEY ?? null,
      keyPepper: env.PARLEY_KEY_PEPPER ?? null,
      internalSecret: env.PARLEY_INTERNAL_SECRET ?? null,
      nextAuthSecret: env.NEXTAUTH_SECRET ?? null,
    },
    ports: {
      portal: env.PORTAL_PORT ?? null,
      gateway: env.GATEWAY_PORT ?? null,
      simulator: env.SIMULATOR_PORT ?? null,
      stripeSimulator: env.STRIPE_SIMULATOR_PORT ?? null,
      sample: env.SAMPLE_PORT ?? null,
      mailbox: env.MAILBOX_PORT ?? null,
    },
    stripe: stripeSettings(env),
    gatewayProcesses: env.GATEWAY_PROCESSES ?? (REUSE_PORT.has(platform()) ? Math.min(cpus().length, 64) : 1),
    metricsPort: env.GATEWAY_METRICS_PORT ?? null,
    dataDir: env.PARLEY_DATA_DIR ?? null,
    chromiumPath: env.CHROMIUM_PATH ?? null,
    logLevel: env.LOG_LEVEL,
  };
}
