import { z } from 'zod';
import { cidrList, httpUrl } from './values.ts';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What every process takes. */
export const processEnv = {
  LOG_LEVEL: z
    .enum(LOG_LEVELS)
    .default('info')
    .describe(`one of ${LOG_LEVELS.join(', ')}`),
};

/** The two public addresses. */
export const addressesEnv = {
  PORTAL_URL: httpUrl().describe('the address people open the portal at, e.g. https://parley.example.com'),
  GATEWAY_URL: httpUrl().describe('the address applications call the gateway at, e.g. https://api.example.com'),
};

/** What tenants' upstreams and providers may reach besides public addresses. */
export const outboundEnv = {
  PARLEY_ALLOWED_PRIVATE: cidrList()
    .default([])
    .describe('a comma list of private CIDR ranges that upstreams and providers may use, e.g. 127.0.0.0/8,::1/128'),
};
