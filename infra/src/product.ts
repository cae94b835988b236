import { mkdirSync } from 'node:fs';
import type { RunFile } from '@parley/contracts/run-file';
import { endRunningCommands } from './commands.ts';
import { type DataFolder, lockDataFolder, openDataFolder } from './data-folder.ts';
import { NO_DEMO, seedDemo } from './demo/seed.ts';
import { clearLeftovers, noteProcesses, wipe } from './leftovers.ts';
import { migrateDatabase } from './migrate-database.ts';
import type { StartOptions } from './options.ts';
import { buildPortal } from './portal-build.ts';
import { choosePorts, type Ports } from './ports.ts';
import type { Progress } from './progress.ts';
import { keptSecrets, type Secrets } from './secrets.ts';
import { gatewayServices, portalService, type Setting, surroundings, workerService } from './services.ts';
import { StartError } from './start-error.ts';
import { ensureDatabase, preparePostgres } from './stores/postgres.ts';
import { prepareRedis, requireRedis } from './stores/redis.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

/** The whole product on this machine: stores, surroundings, worker, gateways, portal, demo. */
export interface Product {
  /** Starts everything and resolves to what `.parley/run.json` says. Throws `StartError`. */
  start(): Promise<RunFile>;
  /** Stops everything in order, also half way through a start. */
  stop(): Promise<void>;
  /** Kills everything at once. */
  kill(): void;
}

const RUN_FILE = 'run.json';
const SURROUNDINGS = ['simulator', 'stripe-simulator', 'sample', 'mailbox'];

export function createProduct(options: StartOptions, progress: Progress): Product {
  let begun: { supervisor: Supervisor; folder: DataFolder; unlock: () => void } | null = null;
  let stopping = false;
  let starting: Promise<RunFile> | null = null;
  let run: RunFile | null = null;

  /** A step that is not begun once the product is being stopped. */
  const step: Progress['step'] = (label, work) => {
    if (stopping) throw new StartError('The start was stopped.');
    return progress.step(label, work);
  };

  const start = async (): Promise<RunFile> => {
    const folder = openDataFolder(options.dataDir);
    const unlock = lockDataFolder(folder);
    const supervisor = createSupervisor({
      logs: folder.path('logs'),
      say: progress.line,
      changed(marks) {
        noteProcesses(folder, marks);
        if (run && !stopping) writeRun({ ...run, pids: { ...supervisor.pids(), starter: process.pid } });
      },
    });
    const writeRun = (next: RunFile): void => {
      run = next;
      folder.write(RUN_FILE, next);
    };
    begun = { supervisor, folder, unlock };

    await clearLeftovers(folder);
    folder.remove(RUN_FILE);
    if (options.fresh) await step('Wipe', async () => wipeAll(options, folder));
    const ports = await choosePorts(folder, options.env.ports, options.scatterPorts);
    const secrets = keptSecrets(folder, options.env.secrets);

    const [databaseUrl, redisUrl] = await both(
      step('PostgreSQL', (tell) => startPostgres(options, folder, secrets, ports, supervisor, tell)),
      step('Redis', (tell) => startRedis(options, folder, secrets, ports, supervisor, tell)),
    );
    const roles = await step('Migrations', (tell) => migrateDatabase(databaseUrl, secrets, tell));
    const setting: Setting = {
      options,
      folder,
      ports,
      secrets,
      urls: {
        portal: options.env.portalUrl ?? local(ports.portal),
        gateway: options.env.gatewayUrl ?? local(ports.gateway),
        simulator: local(ports.simulator),
        // Never beside a Stripe account, nor for those who want no demo: its money buys real calls.
        stripeSimulator: options.demo && options.env.stripe === null ? local(ports.stripeSimulator) : null,
        sample: local(ports.sample),
        mailbox: local(ports.mailbox),
        redis: redisUrl,
        ...roles,
      },
    };

    if (options.mode === 'start') await step('Portal build', (tell) => buildPortal(setting, tell));
    await step('Simulators, sample, mailbox', async () => startAll(supervisor, surroundings(setting)));
    await step('Worker', async () => supervisor.start(workerService(setting)));
    await both(
      step('Gateway', async (tell) => {
        const gateways = gatewayServices(setting);
        await startAll(supervisor, gateways);
        tell(gateways.length === 1 ? '1 process' : `${gateways.length} processes behind one port`);
      }),
      step('Portal', async () => supervisor.start(portalService(setting))),
    );
    const demo = options.demo ? await step('Demo tenants', (tell) => seedDemo(setting, tell)) : NO_DEMO;

    writeRun({
      portalUrl: setting.urls.portal,
      gatewayUrl: setting.urls.gateway,
      simulatorUrl: setting.urls.simulator,
      stripeSimulatorUrl: setting.urls.stripeSimulator,
      mailUrl: setting.urls.mailbox,
      databaseUrl,
      redisUrl,
      pids: { ...supervisor.pids(), starter: process.pid },
      demo,
    });
    if (!run) throw new StartError('The start was stopped.');
    return run;
  };

  const stopAll = async (supervisor: Supervisor): Promise<void> => {
    const running = Object.keys(supervisor.pids());
    const gateways = running.filter((name) => name.startsWith('gateway'));
    const order = [gateways, ['worker'], ['portal'], SURROUNDINGS, ['postgres', 'redis']];
    for (const names of order) await supervisor.stop(names);
  };

  return {
    start() {
      starting = start();
      return starting;
    },
    async stop() {
      stopping = true;
      endRunningCommands();
      if (begun) await stopAll(begun.supervisor);
      await starting?.catch(() => {});
      if (!begun) return;
      await stopAll(begun.supervisor);
      begun.folder.remove(RUN_FILE);
      begun.folder.remove('processes.json');
      begun.unlock();
    },
    kill() {
      stopping = true;
      begun?.supervisor.kill();
      begun?.unlock();
    },
  };
}

async function wipeAll(options: StartOptions, folder: DataFolder): Promise<void> {
  const given = options.env.databaseUrl ? 'DATABASE_URL' : options.env.redisUrl ? 'REDIS_URL' : null;
  if (given) {
    throw new StartError(
      `--fresh deletes ${folder.root}, but the store of ${given} is not in it and would no longer fit: empty that store yourself and delete the folder, or unset ${given}.`,
    );
  }
  wipe(folder);
  mkdirSync(folder.path('logs'), { recursive: true });
}

async function startPostgres(
  options: StartOptions,
  folder: DataFolder,
  secrets: Secrets,
  ports: Ports,
  supervisor: Supervisor,
  tell: (note: string) => void,
): Promise<string> {
  if (options.env.databaseUrl) {
    tell('the one of DATABASE_URL');
    await ensureDatabase(options.env.databaseUrl);
    return options.env.databaseUrl;
  }
  const own = await preparePostgres(folder, secrets, ports.postgres, tell);
  await supervisor.start(own.service);
  await ensureDatabase(own.databaseUrl);
  tell(`own, on port ${ports.postgres}`);
  return own.databaseUrl;
}

async function startRedis(
  options: StartOptions,
  folder: DataFolder,
  secrets: Secrets,
  ports: Ports,
  supervisor: Supervisor,
  tell: (note: string) => void,
): Promise<string> {
  if (options.env.redisUrl) {
    tell('the one of REDIS_URL');
    await requireRedis(options.env.redisUrl);
    return options.env.redisUrl;
  }
  const own = await prepareRedis(folder, secrets.redis, ports.redis, tell);
  await supervisor.start(own.service);
  tell(`own, on port ${ports.redis}`);
  return own.redisUrl;
}

async function startAll(supervisor: Supervisor, specs: ReturnType<typeof gatewayServices>): Promise<void> {
  const starts = specs.map((spec) => supervisor.start(spec));
  await Promise.allSettled(starts);
  await Promise.all(starts);
}

/** Like `Promise.all`, but lets the other finish before it throws, so that nothing goes on behind a refusal. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

function local(port: number): string {
  return `http://127.0.0.1:${port}`;
}
