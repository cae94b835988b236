import { postgresUrl, redisUrl } from './values.ts';

const DATABASE = 'the PostgreSQL URL of the role';

/** Where the stores are. Each process takes only the connection of its own role. */
export const storesEnv = {
  REDIS_URL: redisUrl().describe('the Redis URL, e.g. redis://:password@127.0.0.1:6379'),
};

/** Owner of schema and roles: migrations only. */
export const ownerDatabaseEnv = {
  DATABASE_URL: postgresUrl().describe(
    `${DATABASE} that owns the schema, e.g. postgresql://owner:password@host/parley`,
  ),
};

/** The portal's role: row-level security applies. */
export const appDatabaseEnv = {
  APP_DATABASE_URL: postgresUrl().describe(`${DATABASE} parley_app, e.g. postgresql://parley_app:password@host/parley`),
};

/** The worker's role. */
export const workerDatabaseEnv = {
  WORKER_DATABASE_URL: postgresUrl().describe(
    `${DATABASE} parley_worker, e.g. postgresql://parley_worker:password@host/parley`,
  ),
};
