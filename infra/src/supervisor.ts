import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { lastLines, rotateLog } from './log-files.ts';
import { poll } from './poll.ts';
import { markOf, type ProcessMark, sendSignal } from './processes.ts';
import { StartError } from './start-error.ts';

/** A process to keep running. */
export interface ServiceSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** True once the service does its work; asked until then. */
  readonly isReady: (running: { pid: number }) => boolean | Promise<boolean>;
  readonly readyTimeoutMs: number;
  /** Milliseconds it has to leave after SIGTERM, before it is killed. */
  readonly stopTimeoutMs: number;
  /** Runs before each start of the process, the first and those after a crash. */
  readonly prepare?: () => Promise<void>;
}

export interface Supervisor {
  /** Starts a service; resolves when it is ready. Throws `StartError` with its last log lines when it never is. */
  start(spec: ServiceSpec): Promise<void>;
  /** Asks these services to leave, all at once, and waits until they have. */
  stop(names: readonly string[]): Promise<void>;
  /** Kills everything that still runs, at once. */
  kill(): void;
  /** Pid of the program of each running service. */
  pids(): Record<string, number>;
}

interface Service {
  readonly spec: ServiceSpec;
  child: ChildProcess;
  /** The program itself, where a keeper runs it. */
  programPid: number | null;
  startedMs: number;
  crashes: number;
  stopping: boolean;
  exited: Promise<string>;
}

const RESTART_FIRST_MS = 500;
const RESTART_MOST_MS = 15_000;
/** A service that ran this long before it crashed is restarted as if it were the first time. */
const SETTLED_MS = 30_000;
const LOG_LINES = 6;

/**
 * Keeps services running: a crashed one is named with its last log lines and started again after a growing pause.
 *
 * Children run in process groups of their own, so that Ctrl-C reaches only the starter, which stops them in order.
 * `changed` is told all child marks whenever one comes or goes.
 */
export function createSupervisor(options: {
  readonly logs: string;
  readonly say: (line: string) => void;
  readonly changed: (children: Record<string, ProcessMark>) => void;
}): Supervisor {
  const services = new Map<string, Service>();
  const logOf = (name: string): string => join(options.logs, `${name}.log`);

  const announce = (): void => {
    const marks: Record<string, ProcessMark> = {};
    for (const [name, { child, programPid }] of services) {
      for (const [key, pid] of [[name, child.pid] as const, [`${name}/program`, programPid] as const]) {
        const mark = pid ? markOf(pid) : null;
        if (mark) marks[key] = mark;
      }
    }
    options.changed(marks);
  };

  const launch = (spec: ServiceSpec): Service => {
    const log = openSync(logOf(spec.name), 'a', 0o600);
    const child = spawn(spec.command, [...spec.args], {
      cwd: spec.cwd,
      env: { ...spec.env },
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    closeSync(log);
    const service: Service = {
      spec,
      child,
      programPid: null,
      startedMs: Date.now(),
      crashes: 0,
      stopping: false,
      exited: new Promise((resolve) => {
        child.once('error', (error) => resolve(`cannot be run: ${error.message}`));
        child.once('exit', (code, signal) => resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`));
      }),
    };
    child.on('message', (message) => {
      const pid = (message as { pid?: unknown } | null)?.pid;
      if (typeof pid !== 'number') return;
      service.programPid = pid;
      announce();
    });
    child.channel?.unref();
    return service;
  };

  const tail = (name: string): string =>
    lastLines(logOf(name), LOG_LINES)
      .map((text) => `      ${text}`)
      .join('\n');

  const watch = (service: Service): void => {
    void service.exited.then(async (how) => {
      announce();
      if (service.stopping || services.get(service.spec.name) !== service) return;
      const crashes = Date.now() - service.startedMs > SETTLED_MS ? 1 : service.crashes + 1;
      const pauseMs = Math.min(RESTART_FIRST_MS * 2 ** (crashes - 1), RESTART_MOST_MS);
      options.say(
        `  ! ${service.spec.name} ${how}; starting it again in ${pauseMs / 1000} s (log: ${logOf(service.spec.name)})\n${tail(service.spec.name)}`,
      );
      await wait(pauseMs, undefined, { ref: false });
      if (service.stopping) return;
      try {
        await service.spec.prepare?.();
      } catch (error) {
        options.say(`  ! ${service.spec.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
      if (service.stopping) return;
      const next = launch(service.spec);
      next.crashes = crashes;
      services.set(service.spec.name, next);
      announce();
      watch(next);
      if (await untilReady(next)) options.say(`  ✓ ${service.spec.name} runs again (pid ${next.child.pid})`);
    });
  };

  /** Resolves to false when the service ends or its time is over. */
  const untilReady = async (service: Service): Promise<boolean> => {
    let ended = false;
    void service.exited.then(() => {
      ended = true;
    });
    const answer = await poll(
      async () => ended || service.stopping || (await service.spec.isReady({ pid: service.child.pid ?? 0 })),
      { timeoutMs: service.spec.readyTimeoutMs },
    );
    return answer === true && !ended && !service.stopping;
  };

  const stopOne = async (service: Service): Promise<void> => {
    service.stopping = true;
    const { child, spec } = service;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    sendSignal(child.pid, 'SIGTERM');
    const left = await Promise.race([service.exited.then(() => true), wait(spec.stopTimeoutMs, false, { ref: false })]);
    if (!left) {
      options.say(`  ! ${spec.name} did not stop within ${spec.stopTimeoutMs / 1000} s and was killed`);
      killGroup(child.pid);
      await service.exited;
    }
  };

  return {
    async start(spec) {
      rotateLog(options.logs, spec.name);
      await spec.prepare?.();
      const service = launch(spec);
      services.set(spec.name, service);
      announce();
      if (await untilReady(service)) return watch(service);
      const ended = await Promise.race([service.exited, wait(0, null)]);
      await stopOne(service);
      services.delete(spec.name);
      announce();
      const reason = ended ?? `was not ready within ${spec.readyTimeoutMs / 1000} s`;
      throw new StartError(
        `${spec.name} could not be started: it ${reason} (log: ${logOf(spec.name)})\n${tail(spec.name)}`,
      );
    },
    async stop(names) {
      const leaving = names.map((name) => services.get(name)).filter((service) => service !== undefined);
      await Promise.all(leaving.map(stopOne));
      for (const service of leaving) services.delete(service.spec.name);
      announce();
    },
    kill() {
      for (const service of services.values()) {
        service.stopping = true;
        if (service.child.pid !== undefined) killGroup(service.child.pid);
      }
    },
    pids() {
      const pids: Record<string, number> = {};
      for (const [name, { child, programPid }] of services) {
        const pid = programPid ?? child.pid;
        if (pid !== undefined) pids[name] = pid;
      }
      return pids;
    },
  };
}

/** Children lead process groups of their own. */
function killGroup(pid: number): void {
  if (!sendSignal(-pid, 'SIGKILL')) sendSignal(pid, 'SIGKILL');
}
