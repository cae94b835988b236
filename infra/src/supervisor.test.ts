import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { poll } from './poll.ts';
import { anyFreePort, isFree } from './ports.ts';
import { isRunning, markOf, type ProcessMark, sendSignal } from './processes.ts';
import { StartError } from './start-error.ts';
import { keptService } from './stores/kept-service.ts';
import { createSupervisor, type ServiceSpec, type Supervisor } from './supervisor.ts';

const WATCH_PARENT = fileURLToPath(new URL('./watch-parent.ts', import.meta.url));
const SERVER = `
  const { createServer } = require('node:http');
  console.log('listening soon');
  const server = createServer((_, response) => response.end(String(process.pid))).listen(Number(process.argv[2]), '127.0.0.1');
  process.on('SIGTERM', () => { require('node:fs').appendFileSync(process.argv[3], process.argv[4] + ' '); server.close(() => process.exit(0)); server.closeAllConnections(); });
`;

let folder: string;
let said: string[];
let marks: Record<string, ProcessMark>;
let supervisor: Supervisor;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-supervisor-'));
  writeFileSync(join(folder, 'server.cjs'), SERVER);
  said = [];
  marks = {};
  supervisor = createSupervisor({
    logs: folder,
    say: (line) => said.push(line),
    changed: (children) => {
      marks = children;
    },
  });
});

afterEach(() => {
  supervisor.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function pidAt(port: number): Promise<number | null> {
  try {
    return Number(await (await fetch(`http://127.0.0.1:${port}/`)).text());
  } catch {
    return null;
  }
}

function server(name: string, port: number): ServiceSpec {
  return {
    name,
    command: process.execPath,
    args: ['--import', WATCH_PARENT, join(folder, 'server.cjs'), String(port), join(folder, 'stopped'), name],
    env: {},
    cwd: folder,
    isReady: async () => (await pidAt(port)) !== null,
    readyTimeoutMs: 10_000,
    stopTimeoutMs: 5_000,
  };
}

describe('a supervised service', () => {
  it('is ready when it says so, and is stopped by being asked', async () => {
    const port = await anyFreePort();
    await supervisor.start(server('app', port));
    expect(await pidAt(port)).toBe(supervisor.pids()['app']);
    await supervisor.stop(['app']);
    expect(await isFree(port)).toBe(true);
    expect(supervisor.pids()).toEqual({});
    expect(readFileSync(join(folder, 'stopped'), 'utf8')).toBe('app ');
    expect(said).toEqual([]);
  });

  it('is named with its last log lines and started again after a kill -9', async () => {
    const port = await anyFreePort();
    await supervisor.start(server('app', port));
    const first = supervisor.pids()['app'] ?? 0;
    process.kill(first, 'SIGKILL');
    const second = await poll(
      async () => {
        const pid = await pidAt(port);
        return pid !== first ? pid : null;
      },
      { timeoutMs: 10_000 },
    );
    expect(second).toBe(supervisor.pids()['app']);
    expect(said[0]).toContain('app was ended by SIGKILL; starting it again in 0.5 s');
    expect(said[0]).toContain('listening soon');
    expect(await poll(() => said.some((line) => line.includes('app runs again')), { timeoutMs: 5_000 })).toBe(true);
  });

  it('that ends before it is ready refuses the start with its own last words', async () => {
    const spec: ServiceSpec = {
      ...server('app', 1),
      args: ['-e', 'console.error("DATABASE_URL is not set"); process.exit(3)'],
      isReady: () => false,
    };
    const refusal = await supervisor.start(spec).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(StartError);
    expect(String(refusal)).toContain('app could not be started: it ended with code 3');
    expect(String(refusal)).toContain('DATABASE_URL is not set');
    expect(supervisor.pids()).toEqual({});
  });

  it('that never gets ready is stopped and refused', async () => {
    const port = await anyFreePort();
    const spec = { ...server('app', port), isReady: () => false, readyTimeoutMs: 300 };
    await expect(supervisor.start(spec)).rejects.toThrow('app could not be started: it was not ready within 0.3 s');
    expect(await isFree(port)).toBe(true);
  });

  it('that ignores the request to leave is killed after its time', async () => {
    const port = await anyFreePort();
    const deaf = `process.on('SIGTERM', () => {}); require('node:http').createServer((_, r) => r.end(String(process.pid))).listen(${port}, '127.0.0.1')`;
    await supervisor.start({ ...server('app', port), args: ['-e', deaf], stopTimeoutMs: 200 });
    await supervisor.stop(['app']);
    expect(await isFree(port)).toBe(true);
    expect(said.join()).toContain('did not stop within 0.2 s and was killed');
  });

  it('stops in the order asked for', async () => {
    const ports = [await anyFreePort(), await anyFreePort(), await anyFreePort()];
    await Promise.all(ports.map((port, index) => supervisor.start(server(`app-${index}`, port))));
    for (const name of ['app-2', 'app-0', 'app-1']) await supervisor.stop([name]);
    expect(readFileSync(join(folder, 'stopped'), 'utf8')).toBe('app-2 app-0 app-1 ');
  });
});

describe('when the starter is killed outright', () => {
  it('neither its services nor what a keeper runs is left behind', async () => {
    const [own, kept] = [await anyFreePort(), await anyFreePort()];
    writeFileSync(
      join(folder, 'starter.ts'),
      `import { createSupervisor } from ${JSON.stringify(new URL('./supervisor.ts', import.meta.url).href)};
       import { writeFileSync } from 'node:fs';
       const [folder, ...specs] = JSON.parse(process.argv[2]);
       let ready = 0;
       const supervisor = createSupervisor({ logs: folder, say: console.log, changed: (marks) => writeFileSync(folder + '/marks.json', JSON.stringify(marks)) });
       const ask = async (port) => { try { return (await fetch('http://127.0.0.1:' + port)).ok } catch { return false } };
       for (const { port, spec } of specs) await supervisor.start({ ...spec, isReady: () => ask(port) });
       writeFileSync(folder + '/ready', String(process.pid));`,
    );
    const keptSpec = keptService(
      {
        command: process.execPath,
        args: [join(folder, 'server.cjs'), String(kept), join(folder, 'stopped'), 'kept'],
        stopSignal: 'SIGTERM',
        stopTimeoutMs: 5_000,
      },
      { name: 'kept', cwd: folder, isReady: () => false, readyTimeoutMs: 10_000 },
    );
    const argument = JSON.stringify([folder, { port: own, spec: server('own', own) }, { port: kept, spec: keptSpec }]);
    const outer: ServiceSpec = {
      ...server('starter', 0),
      args: [join(folder, 'starter.ts'), argument],
      isReady: () => (readSafely(join(folder, 'ready')) === null ? false : true),
      readyTimeoutMs: 20_000,
    };
    await supervisor.start(outer);
    const left = Object.values(JSON.parse(readFileSync(join(folder, 'marks.json'), 'utf8')) as typeof marks);
    expect(left).toHaveLength(3);
    expect(left.every(isRunning)).toBe(true);

    const pid = marks['starter']?.pid ?? 0;
    expect(markOf(pid)).not.toBeNull();
    sendSignal(pid, 'SIGKILL');
    expect(await poll(() => left.every((mark) => !isRunning(mark)), { timeoutMs: 10_000 })).toBe(true);
    expect((readSafely(join(folder, 'stopped')) ?? '').split(' ').filter(Boolean).sort()).toEqual(['kept', 'own']);
  });
});

function readSafely(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

describe('a port', () => {
  it('is not free while anybody listens on it, on whichever address', async () => {
    for (const host of ['127.0.0.1', '0.0.0.0']) {
      const port = await anyFreePort();
      const listening = await new Promise<Server>((resolve) => {
        const made: Server = createServer().listen(port, host, () => resolve(made));
      });
      expect(await isFree(port)).toBe(false);
      await new Promise((resolve) => listening.close(resolve));
      expect(await isFree(port)).toBe(true);
    }
  });
});
