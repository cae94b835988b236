import { execFile } from 'node:child_process';
import { expect, it } from 'vitest';

/** Loaded before the gateway: prints the URL of every module that is really loaded. */
const HOOK = `
import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { console.log(url); return next(url, context); } });
`;
const FORBIDDEN =
  /\/node_modules\/(?:@prisma|prisma|next|next-auth|react|react-dom)\/|\/(?:packages\/(?:db|services|ui)|apps\/portal)\//;

function modulesOfGateway(): Promise<string[]> {
  const main = new URL('../src/main.ts', import.meta.url).pathname;
  const hook = `data:text/javascript,${encodeURIComponent(HOOK)}`;
  return new Promise((resolve) => {
    // Without its environment the gateway says what it misses and ends, after everything has been loaded.
    execFile(process.execPath, ['--import', hook, main], { env: {}, maxBuffer: 16_000_000 }, (_error, stdout) => {
      resolve(stdout.split('\n').filter((line) => line.startsWith('file:')));
    });
  });
}

it('a gateway process loads nothing of the database client, the services, the portal or their frameworks', async () => {
  const modules = await modulesOfGateway();
  expect(modules.filter((url) => url.includes('/apps/gateway/src/')).length).toBeGreaterThan(40);
  expect(modules.some((url) => url.includes('/node_modules/ioredis/'))).toBe(true);
  expect(modules.filter((url) => FORBIDDEN.test(url))).toEqual([]);
}, 30_000);
