import { defineConfig } from 'vitest/config';
import ClosingLine from './packages/config/src/vitest/closing-line.ts';

/**
 * One run for every room: real PostgreSQL and Redis come by environment variables, which `npm test` sets (CONTRIBUTING.md).
 * A command line `--reporter` replaces the two reporters here.
 */
export default defineConfig({
  // The portal imports its own files as `@/…` (paths of its tsconfig.json).
  resolve: { tsconfigPaths: true },
  test: {
    include: ['packages/**/*.test.{ts,tsx}', 'apps/**/*.test.{ts,tsx}', 'infra/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/.next/**', '**/generated/**', '**/canaries/**', 'e2e/**'],
    environment: 'node',
    pool: 'forks',
    // One more than the two cores of a small machine: many tests wait for processes, stores and time.
    maxWorkers: 3,
    // Files share a process and its modules: importing everything anew for each took a quarter of the run. So no file mocks
    // modules, and what it changes of shared state it puts back.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    restoreMocks: true,
    unstubEnvs: true,
    reporters: ['default', new ClosingLine()],
  },
});
