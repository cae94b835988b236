import { migrate } from '@parley/db/migrate';
import { loadStartEnv } from '@parley/env/start';
import { createProgress } from '../progress.ts';
import { StartError } from '../start-error.ts';
import { ensureDatabase } from '../stores/postgres.ts';

/** `npm run migrate`: brings the database of DATABASE_URL up to date. `npm start` does so by itself for its own. */
export async function run(): Promise<number> {
  const { databaseUrl } = loadStartEnv();
  if (!databaseUrl) {
    throw new StartError(
      'DATABASE_URL is not set: set it to the database to bring up to date (npm start does so by itself for its own).',
    );
  }
  await createProgress().step('Migrations', async (tell) => {
    await ensureDatabase(databaseUrl);
    try {
      const { applied } = await migrate({ databaseUrl });
      tell(applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`);
    } catch (error) {
      throw new StartError(error instanceof Error ? error.message : String(error));
    }
  });
  return 0;
}
