import { z } from 'zod';
import { type EnvSource, parseEnv } from './parse.ts';
import { storesEnv } from './stores.ts';
import { postgresUrl } from './values.ts';

/** What tests on real stores need; `npm test` sets it. */
export const testEnv = {
  ...storesEnv,
  TEST_DATABASE_ADMIN_URL: postgresUrl().describe(
    'the URL of a PostgreSQL superuser who may create databases for tests (npm test starts one and sets it)',
  ),
  TEST_REDIS_SERVER: z
    .string()
    .optional()
    .describe('the redis-server or valkey-server program, for tests that kill one of their own'),
};

export interface TestEnv {
  /** Superuser: makes databases and roles of its own for a test. */
  readonly databaseAdminUrl: string;
  readonly redisUrl: string;
  /** Program of a Redis server; `null` when not told. */
  readonly redisServer: string | null;
}

/** Stores for tests. Throws `EnvError`. */
export function loadTestEnv(source?: EnvSource): TestEnv {
  const env = parseEnv(testEnv, source);
  return {
    databaseAdminUrl: env.TEST_DATABASE_ADMIN_URL,
    redisUrl: env.REDIS_URL,
    redisServer: env.TEST_REDIS_SERVER ?? null,
  };
}
