import { defineConfig, devices } from '@playwright/test';

/** Black-box stories against a running Parley (`npm test` starts one and names its run file). */
const PAGES = 'every-page.spec.ts';
const RESULTS = '../.parley/e2e-results';
const executablePath = process.env['CHROMIUM_PATH'];

export default defineConfig({
  testDir: './stories',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] ? [['list'], ['json']] : [['list']],
  use: {
    actionTimeout: 15_000,
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
  // One after the other (`npm test` runs them so): stories kill what pages are served by.
  projects: [
    { name: 'pages', testMatch: PAGES, outputDir: `${RESULTS}/pages`, fullyParallel: true },
    { name: 'stories', testIgnore: PAGES, outputDir: `${RESULTS}/stories`, workers: 1 },
  ],
});
