import { rmSync } from 'node:fs';
import { lockDataFolder, openDataFolder } from './data-folder.ts';
import { clearLeftovers, noteProcesses, wipe } from './leftovers.ts';
import { migrateDatabase } from './migrate-database.ts';
import { choosePorts } from './ports.ts';
import type { Progress } from './progress.ts';
import { keptSecrets } from './secrets.ts';
import { preparePostgres } from './stores/postgres.ts';
import { prepareRedis } from './stores/redis.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

/** Throwaway stores for tests, always made anew. */
export interface TestStores {
  /** Starts them and resolves to the environment that tests read. */
  start(): Promise<Record<string, string>>;
  stop(): Promise<void>;
  kill(): void;
}

export function createTestStores(root: string, progress: Progress): TestStores {
  let begun: { supervisor: Supervisor; unlock: () => void } | null = null;

  return {
    async start() {
      const folder = openDataFolder(root);
      const unlock = lockDataFolder(folder);
      const supervisor = createSupervisor({
        logs: folder.path('logs'),
        say: progress.line,
        changed: (marks) => noteProcesses(folder, marks),
      });
      begun = { supervisor, unlock };
      await clearLeftovers(folder);
      wipe(folder);
      openDataFolder(root);
      const ports = await choosePorts(folder, {}, true);
      const secrets = keptSecrets(folder, {});
      const redis = await progress.step('Redis', async (tell) => {
        const own = await prepareRedis(folder, secrets.redis, ports.redis, tell);
        await supervisor.start(own.service);
        return own;
      });
      const postgres = await progress.step('PostgreSQL', async (tell) => {
        const own = await preparePostgres(folder, secrets, ports.postgres, tell);
        await supervisor.start(own.service);
        tell(`on port ${ports.postgres}`);
        return own;
      });
      const roles = await progress.step('Migrations', (tell) => migrateDatabase(postgres.databaseUrl, secrets, tell));
      return {
        TEST_DATABASE_ADMIN_URL: postgres.adminUrl,
        DATABASE_URL: postgres.databaseUrl,
        APP_DATABASE_URL: roles.appDatabase,
        WORKER_DATABASE_URL: roles.workerDatabase,
        REDIS_URL: redis.redisUrl,
        ...(redis.program ? { TEST_REDIS_SERVER: redis.program } : {}),
        PARLEY_MASTER_KEY: secrets.masterKey,
        PARLEY_KEY_PEPPER: secrets.keyPepper,
        NEXTAUTH_SECRET: secrets.nextAuthSecret,
        PORTAL_URL: 'http://127.0.0.1:3000',
        GATEWAY_URL: 'http://127.0.0.1:8080',
      };
    },
    async stop() {
      if (!begun) return;
      await begun.supervisor.stop(['postgres', 'redis']);
      begun.unlock();
      rmSync(root, { recursive: true, force: true });
    },
    kill() {
      begun?.supervisor.kill();
      begun?.unlock();
    },
  };
}
