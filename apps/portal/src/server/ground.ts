import { loadPortalEnv } from '@parley/env/portal';
import { createProducer } from '@parley/jobs/producer';
import { type Ground, openGround } from '@parley/services/sign-in/ground';
import { openStripe } from '@parley/services/stripe/access';
import { createLogger } from '@parley/telemetry/logger';
import { Redis } from 'ioredis';
import { once } from './once.ts';

/** The parsed environment. */
export const portalEnv = once('env', () => loadPortalEnv());

export const logger = once('logger', () => createLogger({ service: 'portal', level: portalEnv().logLevel }));

/** Database and settings that every verb stands on. */
export const ground = once('ground', (): Ground => {
  const env = portalEnv();
  return openGround({
    databaseUrl: env.databaseUrl,
    masterKey: env.masterKey,
    keyPepper: env.keyPepper,
    portalUrl: env.portalUrl,
    gatewayUrl: env.gatewayUrl,
    internalSecret: env.internalSecret,
    allowedPrivate: env.allowedPrivate,
    stripe: openStripe(env.stripe),
  });
});

export const redis = once('redis', () => {
  const client = new Redis(portalEnv().redisUrl, { maxRetriesPerRequest: 2, enableOfflineQueue: true });
  client.on('error', (error: Error) => logger().warn('redis is not reachable', { error }));
  return client;
});

/** Hands jobs to the worker where no tenant's transaction can: sign-in mails. */
export const producer = once('producer', () => createProducer({ redisUrl: portalEnv().redisUrl }));
