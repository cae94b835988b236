import { z } from 'zod';
import { key32 } from './values.ts';

/** Secrets that portal, gateway and worker must share. */
export const secretsEnv = {
  PARLEY_MASTER_KEY: key32().describe(
    "32 random bytes in base64, which seal the tenants' data keys (openssl rand -base64 32)",
  ),
  PARLEY_KEY_PEPPER: z
    .string()
    .min(32, 'it is shorter than 32 characters')
    .describe('at least 32 random characters, which key the hashes of API keys (openssl rand -base64 32)'),
};

/** What portal and gateway share for calls between them; without it there are no dry runs. */
export const internalEnv = {
  PARLEY_INTERNAL_SECRET: z
    .string()
    .min(32, 'it is shorter than 32 characters')
    .optional()
    .describe(
      'at least 32 random characters, which sign the calls of the portal to the gateway (openssl rand -base64 32)',
    ),
};
