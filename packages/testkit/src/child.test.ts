import { expect, test } from 'vitest';
import { startChild } from './child.ts';
import { freePort } from './free-port.ts';
import { waitFor } from './wait-for.ts';

const SIMULATOR = new URL('./simulator/main.ts', import.meta.url).pathname;
const MAILBOX = new URL('./mailbox/main.ts', import.meta.url).pathname;
const SAMPLE = new URL('./sample-service/main.ts', import.meta.url).pathname;

test.each([
  ['simulator', SIMULATOR, '--port', /listening on (http:\S+)/, '/'],
  ['mailbox', MAILBOX, '--http-port', /listening on (http:\S+) and smtp:/, '/api/messages'],
  ['sample service', SAMPLE, '--port', /listening on (http:\S+)/, '/parts'],
])(
  '%s starts from the command line on the port asked for and leaves on SIGTERM',
  async (_, script, flag, line, path) => {
    const port = await freePort();
    const child = await startChild(script, { args: [flag, String(port)] });
    try {
      const [, url = ''] = await child.waitForLine(line);
      expect(url).toBe(`http://127.0.0.1:${port}`);
      for (const each of [path, '/healthz']) expect((await fetch(url + each)).status).toBe(200);
      expect(await child.kill('SIGTERM')).toBe(0);
    } finally {
      await child.kill();
    }
  },
);

test('a child can be killed hard, and its end is known', async () => {
  const child = await startChild(SAMPLE, { args: ['--port', '0'] });
  await child.waitForLine(/listening/);
  expect(child.ended).toBeNull();
  expect(await child.kill()).toBe('SIGKILL');
  expect(child.ended).toBe('SIGKILL');
  expect(() => process.kill(child.pid, 0)).toThrow(/ESRCH/);
});

test('a child that ends before the line says why', async () => {
  const child = await startChild(SAMPLE, { args: ['--no-such-flag'] });
  await expect(child.waitForLine(/listening/)).rejects.toThrow(/ended with 1 before a line[\s\S]*no-such-flag/);
});

test('waitFor gives the value, or says what was awaited and why not', async () => {
  let tries = 0;
  expect(await waitFor('a third try', () => (++tries >= 3 ? tries : undefined), { everyMs: 1 })).toBe(3);
  expect(await waitFor('zero', () => 0)).toBe(0);
  const failing = waitFor(
    'the moon',
    () => {
      throw new Error('cloudy');
    },
    { timeoutMs: 30, everyMs: 5 },
  );
  await expect(failing).rejects.toThrow('Waited 30 ms in vain for: the moon. The last try failed: cloudy');
});
