import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from '@parley/env/parse';
import { storesEnv } from '@parley/env/stores';
import { Redis } from 'ioredis';
import { MASTER_KEY, PEPPER } from '../test/documents.ts';
import { acknowledge } from './acknowledge.ts';
import { upstreamConfig } from './nginx.ts';
import { answers, freePort, isRunning, program, type Running, start, stayOn } from './process.ts';

/** What is measured has a core of its own; load and upstream share another. */
export const [SUBJECT, OTHERS] = availableParallelism() > 1 ? ([1, 0] as const) : ([0, 0] as const);

/** Where to find a script of this folder. */
export const script = (name: string): string => new URL(name, import.meta.url).pathname;

/** A number given as `--name=…`. */
export function option(name: string, fallback: number): number {
  return Number(process.argv.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? fallback);
}

/** A gateway process under test. */
export interface Subject {
  readonly process: Running;
  readonly url: string;
  /** Where the process keeps the delay of its event loop (loop-delay.ts). */
  readonly loopFile: string;
}

/** Upstreams, gateways and a folder for one bench; `close` ends and removes them all. */
export class Bed {
  readonly redis: Redis;
  readonly folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  readonly nginx = program('nginx');
  readonly #redisUrl = parseEnv(storesEnv).REDIS_URL;
  readonly #running: Running[] = [];
  readonly #stopAcknowledging: () => void;

  constructor() {
    this.redis = new Redis(this.#redisUrl);
    this.#stopAcknowledging = acknowledge(this.redis);
  }

  keep(process: Running): Running {
    this.#running.push(process);
    return process;
  }

  subfolder(name: string): string {
    return mkdtempSync(join(this.folder, `${name}-`));
  }

  /** Starts an upstream that gives one small answer to everything; returns its port. */
  async upstream(body: string): Promise<number> {
    const port = await freePort();
    const folder = this.subfolder('upstream');
    if (this.nginx) {
      this.keep(start('upstream', this.nginx, ['-p', folder, '-c', upstreamConfig(folder, port, body)], OTHERS));
    } else this.keep(start('upstream', process.execPath, [script('static-upstream.ts'), String(port), body], OTHERS));
    await answers(`http://127.0.0.1:${port}/`, 200);
    return port;
  }

  /** Keeps this process and a Redis of this machine off the core of what is measured. */
  async #stepAside(): Promise<void> {
    stayOn(OTHERS, process.pid);
    const [, redisPid] = /process_id:(\d+)/.exec(await this.redis.info('server')) ?? [];
    if (redisPid !== undefined && isRunning(Number(redisPid), 'redis')) stayOn(OTHERS, Number(redisPid));
  }

  /** Starts a gateway process; several may share a port. */
  async gateway(port: number, core: number = SUBJECT): Promise<Subject> {
    await this.#stepAside();
    const node = `bench-${this.#running.length}`;
    const loopFile = join(this.folder, `${node}.json`);
    const args = ['--import', script('loop-delay.ts'), script('../src/main.ts')];
    const process_ = this.keep(
      start('gateway', process.execPath, args, core, {
        REDIS_URL: this.#redisUrl,
        PARLEY_MASTER_KEY: MASTER_KEY,
        PARLEY_KEY_PEPPER: PEPPER,
        PARLEY_SPOOL_DIR: join(this.folder, 'spool'),
        PARLEY_SNAPSHOT_DIR: join(this.folder, 'snapshot'),
        PARLEY_ALLOWED_PRIVATE: '127.0.0.0/8',
        GATEWAY_HOST: '127.0.0.1',
        GATEWAY_PORT: String(port),
        GATEWAY_NODE: node,
        LOG_LEVEL: 'warn',
        BENCH_LOOP_FILE: loopFile,
      }),
    );
    const url = `http://127.0.0.1:${port}`;
    await answers(`${url}/readyz`, 200);
    return { process: process_, url, loopFile };
  }

  async close(): Promise<void> {
    this.#stopAcknowledging();
    for (const process of this.#running.reverse()) await process.stop();
    this.redis.disconnect();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
