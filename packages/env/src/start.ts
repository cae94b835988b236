import { cpus } from 'node:os';
import { z } from 'zod';
import { type EnvSource, parseEnv } from './parse.ts';
import { type LogLevel, processEnv } from './shared.ts';
import { port, postgresUrl, redisUrl, smtpUrl, wholeNumber } from './values.ts';

/** What the one-command start takes. All of it is optional: what is not set is prepared under `.parley/`. */
export const startEnv = {
  ...processEnv,
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
  SAMPLE_PORT: port().optional().describe('the port of the sample service, from 1 to 65535'),
  MAILBOX_PORT: port().optional().describe('the port of the mailbox page, from 1 to 65535'),
  GATEWAY_PROCESSES: wholeNumber(1, 64).optional().describe('how many gateway processes to run, from 1 to 64'),
  PARLEY_DATA_DIR: z.string().optional().describe('the folder for all data, instead of .parley'),
  CHROMIUM_PATH: z.string().optional().describe('the Chromium to run browser tests in'),
};

export interface StartEnv {
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly smtpUrl: string | null;
  /** Ports asked for by name; one that is not here is chosen. */
  readonly ports: Readonly<Record<'portal' | 'gateway' | 'simulator' | 'sample' | 'mailbox', number | null>>;
  readonly gatewayProcesses: number;
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
    ports: {
      portal: env.PORTAL_PORT ?? null,
      gateway: env.GATEWAY_PORT ?? null,
      simulator: env.SIMULATOR_PORT ?? null,
      sample: env.SAMPLE_PORT ?? null,
      mailbox: env.MAILBOX_PORT ?? null,
    },
    gatewayProcesses: env.GATEWAY_PROCESSES ?? Math.min(cpus().length, 64),
    dataDir: env.PARLEY_DATA_DIR ?? null,
    chromiumPath: env.CHROMIUM_PATH ?? null,
    logLevel: env.LOG_LEVEL,
  };
}
