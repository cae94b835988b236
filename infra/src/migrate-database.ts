import { ensureRoles, migrate, urlAs } from '@parley/db/migrate';
import type { Secrets } from './secrets.ts';
import { StartError } from './start-error.ts';
import { ensureDatabase } from './stores/postgres.ts';

/** Connections of the two roles that row-level security applies to. */
export interface RoleUrls {
  readonly appDatabase: string;
  readonly workerDatabase: string;
}

/**
 * Brings a database up to date: makes it when missing, applies what migrations it lacks, lets the application roles sign
 * in with this installation's passwords. Throws `StartError`.
 */
export async function migrateDatabase(
  databaseUrl: string,
  secrets: Pick<Secrets, 'postgresApp' | 'postgresWorker'>,
  tell: (note: string) => void,
): Promise<RoleUrls> {
  await ensureDatabase(databaseUrl);
  try {
    const { applied } = await migrate({ databaseUrl });
    tell(applied.length === 0 ? 'up to date' : `${applied.length} applied`);
    await ensureRoles({ databaseUrl, appPassword: secrets.postgresApp, workerPassword: secrets.postgresWorker });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`The database could not be brought up to date: ${reason.replace(/\.?$/, '.')}`);
  }
  return {
    appDatabase: urlAs(databaseUrl, 'parley_app', secrets.postgresApp),
    workerDatabase: urlAs(databaseUrl, 'parley_worker', secrets.postgresWorker),
  };
}
