import { defineConfig, devices } from '@playwright/test';

/** Black-box stories against a running Parley (`npm test` starts one and names its run file). */
const PAGES = 'every-page.spec.ts';
const FAULTS = 'faults/*.spec.ts';
const RESULTS = '../.parley/e2e-results';
const executablePath = process.env['CHROMIUM_PATH'];

export default defineConfig({
  testDir: './stories',
  timeout: 300_000,
  expect: { timeout: 30_000 },
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] ? [['list'], ['json']] : [['list']],
  use: {
    actionTimeout: 30_000,
    navigationTimeout: 30_000,
    ...devices['Desktop Chrome'],
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  // `npm test` runs the first two at once, then faults alone: they kill what pages are served by, and count exactly. The stories
  // are named first, because some take longer than many pages.
  projects: [
    { name: 'stories', testIgnore: [PAGES, FAULTS], outputDir: `${RESULTS}/stories` },
    { name: 'pages', testMatch: PAGES, outputDir: `${RESULTS}/pages`, fullyParallel: true },
    { name: 'faults', testMatch: FAULTS, outputDir: `${RESULTS}/faults`, workers: 1 },
  ],
});
