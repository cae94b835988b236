import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type DataFolder, lockDataFolder, openDataFolder } from './data-folder.ts';
import { anyFreePort, choosePorts } from './ports.ts';
import { markOf } from './processes.ts';
import { keptSecrets } from './secrets.ts';

let root: string;
let folder: DataFolder;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parley-data-'));
  folder = openDataFolder(root);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function occupy(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server: Server = createServer()
      .once('error', reject)
      .listen(port, '127.0.0.1', () => resolve(server));
  });
}

describe('a data folder', () => {
  it('keeps secrets from one start to the next, closed to other users; the operator may bring their own', () => {
    const first = keptSecrets(folder, {});
    expect(keptSecrets(folder, {})).toEqual(first);
    expect(statSync(join(root, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(Buffer.from(first.masterKey, 'base64')).toHaveLength(32);
    const given = keptSecrets(folder, { keyPepper: 'p'.repeat(40), masterKey: null });
    expect(given).toEqual({ ...first, keyPepper: 'p'.repeat(40) });
    expect(keptSecrets(folder, {}).keyPepper).toBe(first.keyPepper);
  });

  it('keeps the secrets of an older release, and makes the one it did not know', () => {
    const { internalSecret: _, stripeWebhook: _unknown, ...older } = keptSecrets(folder, {});
    folder.write('secrets.json', older);
    const now = keptSecrets(folder, {});
    expect(now).toMatchObject(older);
    expect(now.internalSecret.length).toBeGreaterThanOrEqual(32);
    expect(now.stripeWebhook).toMatch(/^whsec_.{32}$/);
    expect(keptSecrets(folder, {})).toEqual(now);
  });

  it('belongs to one start at a time, which is named to the other', () => {
    const unlock = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(`Parley already runs from ${root} (pid ${process.pid})`);
    unlock();
    lockDataFolder(folder)();
  });

  it('is taken over from a start that is gone, also when its pid serves another program by now', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const mark = markOf(child.pid ?? 0);
    expect(mark).not.toBeNull();
    const other = { pid: child.pid, startedAt: `${mark?.startedAt}0` };
    writeFileSync(join(root, 'starter.lock'), JSON.stringify(other));
    lockDataFolder(folder)();
    writeFileSync(join(root, 'starter.lock'), 'half writ');
    lockDataFolder(folder)();
    writeFileSync(join(root, 'starter.lock'), JSON.stringify(mark));
    expect(() => lockDataFolder(folder)).toThrow(`pid ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    lockDataFolder(folder)();
  });

  it('reads a file only when it is what it should be', () => {
    const schema = z.object({ n: z.number() });
    expect(folder.read('a.json', schema)).toBeNull();
    folder.write('a.json', { n: 1 });
    expect(folder.read('a.json', schema)).toEqual({ n: 1 });
    writeFileSync(join(root, 'a.json'), '{"n": "1"');
    expect(folder.read('a.json', schema)).toBeNull();
  });
});

describe('ports', () => {
  it('stay the same from start to start, and move on when somebody else took one', async () => {
    const first = await choosePorts(folder, {}, true);
    expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length);
    expect(await choosePorts(folder, {}, true)).toEqual(first);
    const other = await occupy(first.portal);
    const second = await choosePorts(folder, {}, true);
    expect(second.portal).not.toBe(first.portal);
    expect({ ...second, portal: 0 }).toEqual({ ...first, portal: 0 });
    other.close();
  });

  it('asked for by name are used or refused, never replaced', async () => {
    const port = await anyFreePort();
    expect((await choosePorts(folder, { gateway: port }, true)).gateway).toBe(port);
    const other = await occupy(port);
    await expect(choosePorts(folder, { gateway: port }, true)).rejects.toThrow(
      `Port ${port}, asked for as the gateway port, is used by another program: stop that program, or set GATEWAY_PORT to another port or leave it unset.`,
    );
    other.close();
    await expect(choosePorts(folder, { gateway: port, portal: port }, true)).rejects.toThrow(`Port ${port}`);
  });
});
