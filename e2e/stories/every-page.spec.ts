import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, expect, type Page, type TestInfo, test } from '@playwright/test';
import { barriers } from '../src/accessibility.ts';
import { openPage } from '../src/open-page.ts';
import { running } from '../src/running.ts';
import { signIn } from '../src/sign-in.ts';

/** Pages by who looks at them; `null` for a visitor. A new page belongs in this list. */
const PAGES: readonly (readonly [email: string | null, path: string])[] = [
  [null, '/'],
  [null, '/catalogue'],
  [null, '/catalogue/aurora/summarise'],
  [null, '/catalogue/aurora/chat'],
  [null, '/catalogue/aurora/parts'],
  [null, '/docs/errors'],
  [null, '/sign-in'],
  [null, '/sign-up'],
  [null, '/invitations/inv_unknown'],
  ['dana@aurora.example', '/t/aurora/home'],
  ['dana@aurora.example', '/t/aurora/apis'],
  ['dana@aurora.example', '/t/aurora/apis/summarise'],
  ['dana@aurora.example', '/t/aurora/apis/parts'],
  ['dana@aurora.example', '/t/aurora/prompts'],
  ['dana@aurora.example', '/t/aurora/prompts?tab=shared'],
  ['dana@aurora.example', '/t/aurora/prompts/triage'],
  ['dana@aurora.example', '/t/aurora/prompts/triage/bench'],
  ['dana@aurora.example', '/t/aurora/playground'],
  ['dana@aurora.example', '/t/aurora/models'],
  ['dana@aurora.example', '/t/aurora/models/compare?with=swift,sage'],
  ['dana@aurora.example', '/t/aurora/guardrails'],
  ['dana@aurora.example', '/t/aurora/upstreams'],
  ['dana@aurora.example', '/t/aurora/approvals'],
  ['dana@aurora.example', '/t/aurora/customers'],
  ['dana@aurora.example', '/t/aurora/customers?tab=statements'],
  ['dana@aurora.example', '/t/aurora/invoices'],
  ['dana@aurora.example', '/t/aurora/usage'],
  ['dana@aurora.example', '/t/aurora/requests'],
  ['dana@aurora.example', '/t/aurora/sessions'],
  ['dana@aurora.example', '/t/aurora/costs'],
  ['dana@aurora.example', '/t/aurora/costs?tab=margin'],
  ['dana@aurora.example', '/t/aurora/costs?tab=reconcile'],
  ['dana@aurora.example', '/t/aurora/budgets'],
  ['dana@aurora.example', '/t/aurora/audit'],
  ['dana@aurora.example', '/t/aurora/team'],
  ['dana@aurora.example', '/t/aurora/settings'],
  ['dana@aurora.example', '/t/aurora/settings?tab=invoices'],
  ['dana@aurora.example', '/t/aurora/system'],
  ['noor@nimbus.example', '/t/nimbus/home'],
  ['noor@nimbus.example', '/t/nimbus/catalogue'],
  ['noor@nimbus.example', '/t/nimbus/catalogue/aurora/summarise'],
  ['noor@nimbus.example', '/t/nimbus/applications'],
  ['noor@nimbus.example', '/t/nimbus/applications/support-desk'],
  ['noor@nimbus.example', '/t/nimbus/conversations'],
  ['noor@nimbus.example', '/t/nimbus/party-tokens'],
  ['noor@nimbus.example', '/t/nimbus/party-tokens?tab=used'],
  ['noor@nimbus.example', '/t/nimbus/billing'],
  ['noor@nimbus.example', '/t/nimbus/usage'],
];

/** What opens over a page, or within it: looked at like a page. */
const OPENED: readonly (readonly [name: string, path: string, open: (page: Page) => Promise<void>])[] = [
  ['a version', '/t/aurora/apis/parts?tab=versions', async () => {}],
  [
    'a route',
    '/t/aurora/apis/parts?tab=versions',
    async (page) => {
      await page.getByRole('list', { name: 'Routes' }).getByRole('button').first().click();
      await expect(page.getByLabel('Path at the upstream')).toBeVisible();
    },
  ],
  [
    'the policies to choose from',
    '/t/aurora/apis/parts?tab=versions',
    async (page) => {
      await page.getByRole('button', { name: 'Add policy' }).click();
      await expect(page.getByRole('option', { name: /^Shield/ })).toBeVisible();
    },
  ],
  [
    'the form of a policy',
    '/t/aurora/apis/parts?tab=versions',
    async (page) => {
      await page.getByRole('button', { name: 'Add policy' }).click();
      await page.getByRole('option', { name: /^Traffic split/ }).click();
      await page.getByRole('button', { name: 'Add variant' }).click();
    },
  ],
  [
    'the routing of models',
    '/t/aurora/apis/chat?tab=versions',
    async (page) => {
      await page.getByRole('button', { name: 'Edit Model routing' }).click();
      await page.getByRole('button', { name: 'Try this call' }).click();
      await expect(page.getByRole('region', { name: 'Models for smart' })).toBeVisible();
    },
  ],
  [
    'the import of a document',
    '/t/aurora/apis/parts?tab=versions',
    async (page) => {
      await page.getByRole('button', { name: 'Import OpenAPI' }).click();
      const paths = { '/pets/{id}': { get: { summary: 'Read a pet', responses: {} } } };
      const servers = [{ url: 'https://pets.example.com/a-rather-long/address/of-a-service' }];
      const document = { openapi: '3.1.0', info: { title: 'Pets', version: '1' }, servers, paths };
      await page.getByLabel('Document', { exact: true }).fill(JSON.stringify(document));
      await expect(page.getByRole('button', { name: 'Import 1 route' })).toBeEnabled();
    },
  ],
  [
    'the providers to choose from',
    '/t/aurora/models',
    async (page) => {
      await page.getByRole('button', { name: 'Add provider' }).click();
      await expect(page.getByRole('dialog').getByRole('button', { name: /^Amazon Bedrock/ })).toBeVisible();
    },
  ],
  [
    'the form of a cloud’s provider',
    '/t/aurora/models',
    async (page) => {
      await page.getByRole('button', { name: 'Add provider' }).click();
      await page.getByRole('button', { name: /^Amazon Bedrock/ }).click();
      await expect(page.getByRole('dialog').getByLabel('Region')).toBeVisible();
    },
  ],
  [
    'the catalogue for a provider it does not know',
    '/t/aurora/models',
    async (page) => {
      await page.getByRole('button', { name: 'Add from the catalogue' }).click();
      await expect(page.getByRole('dialog').getByText('does not know which models')).toBeVisible();
    },
  ],
  [
    'a conversation’s requests',
    '/t/aurora/playground',
    async (page) => {
      await page.getByLabel('Text of turn 2').fill('Hello');
      await page.getByLabel('Model 1', { exact: true }).fill('ponder');
      await page.getByRole('radio', { name: 'Requests' }).click();
      await expect(page.getByRole('region', { name: 'Fields that change' })).toBeVisible();
    },
  ],
  [
    'a conversation, read',
    '/t/nimbus/conversations',
    async (page) => {
      await firstConversation(page);
      await page.getByRole('button', { name: 'Show what was said' }).click();
      await expect(page.getByText('Calls find_warranty')).toBeVisible();
      await page.getByRole('button', { name: 'What the model saw' }).last().click();
      await expect(page.getByRole('region', { name: 'What the model saw' })).toBeVisible();
    },
  ],
  [
    'what is sent of a conversation',
    '/t/nimbus/conversations',
    async (page) => {
      await firstConversation(page);
      await page.getByRole('tab', { name: 'What is sent' }).click();
      await expect(page.getByRole('list', { name: 'Turns in and out' })).toBeVisible();
    },
  ],
  [
    'a party token, issued and inspected',
    '/t/nimbus/party-tokens',
    async (page) => {
      await page.getByRole('radio', { name: /^An assistant that can hand over/ }).click();
      await page.getByRole('button', { name: 'Issue the token' }).click();
      await page.getByRole('button', { name: 'Inspect it' }).click();
      await page.getByRole('button', { name: 'Inspect', exact: true }).click();
      await expect(page.getByText('This token is good')).toBeVisible();
      await page.getByLabel('On what').fill('model:aurora/swift');
      await page.getByRole('button', { name: 'Ask' }).click();
      await expect(page.getByText('Allowed')).toBeVisible();
    },
  ],
  [
    'an upstream’s options',
    '/t/aurora/upstreams',
    async (page) => {
      await page.getByRole('button', { name: 'Add upstream' }).click();
      const sheet = page.getByRole('dialog');
      for (const option of ['Targets', 'Balancing', 'Breaker']) {
        await sheet.getByRole('radiogroup', { name: option }).getByRole('radio', { name: 'On' }).click();
      }
    },
  ],
];

async function firstConversation(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'Conversations' }).getByRole('link').first().click();
  await expect(page.getByRole('list', { name: 'Turns', exact: true })).toBeVisible();
}

/** Dark differs in colour only, so that only contrast is asked again. */
const LOOKS = [
  { name: 'desktop-light', width: 1440, height: 900, colorScheme: 'light', rules: null },
  { name: 'desktop-dark', width: 1440, height: 900, colorScheme: 'dark', rules: ['color-contrast'] },
  { name: 'phone-dark', width: 390, height: 844, colorScheme: 'dark', rules: ['color-contrast'] },
  { name: 'phone-light', width: 390, height: 844, colorScheme: 'light', rules: null },
] as const;

/** Notes what a page must not do: errors on its console, requests to any other host. */
function watch(page: Page): string[] {
  const faults: string[] = [];
  const home = new URL(running().portalUrl).host;
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`page error: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.host !== home) faults.push(`request to ${url.host}`);
  });
  return faults;
}

/** A page of this person's browser. Each signs in once in a worker; the folder of results is emptied at its start. */
async function pageOf(browser: Browser, email: string | null, info: TestInfo): Promise<Page> {
  const open = async (state?: string): Promise<Page> => {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...(state ? { storageState: state } : {}) });
    return context.newPage();
  };
  if (email === null) return open();
  const state = join(info.project.outputDir, `${info.parallelIndex}-${email}.json`);
  if (existsSync(state)) return open(state);
  const page = await open();
  await signIn(page, email);
  await page.context().storageState({ path: state });
  return page;
}

/** Has colours arrive where they fade to. One that has arrived may have others begin: what is inherited fades again. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (let round = 0; round < 50; round++) {
      const fading = document.getAnimations().filter((one) => one instanceof CSSTransition);
      if (fading.length === 0) return;
      for (const one of fading) one.finish();
    }
    throw new Error('colours on this page fade without end');
  });
}

// A trace films each page, which takes longer than looking at it; the pictures tell what was seen.
test.use({ trace: 'off' });

for (const [email, path] of PAGES) {
  test(`${path} (${email ?? 'a visitor'})`, async ({ browser }, info) => {
    await lookAt(await pageOf(browser, email, info), path, info);
  });
}

for (const [name, path, open] of OPENED) {
  test(`${name} at ${path}`, async ({ browser }, info) => {
    const email = path.startsWith('/t/nimbus') ? 'noor@nimbus.example' : 'dana@aurora.example';
    await lookAt(await pageOf(browser, email, info), path, info, open);
  });
}

/** Opens a page, does what is to be done on it, and looks at it in every width and theme. */
async function lookAt(page: Page, path: string, info: TestInfo, open?: (page: Page) => Promise<void>): Promise<void> {
  const faults = watch(page);
  await openPage(page, running().portalUrl + path);
  await open?.(page);
  for (const { name, width, height, colorScheme, rules } of LOOKS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await settled(page);
    const overflow = (): Promise<number> =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await expect.soft.poll(overflow, { message: `${name} scrolls sideways`, timeout: 3_000 }).toBeLessThanOrEqual(0);
    expect.soft(await barriers(page, rules), name).toEqual([]);
    await page.screenshot({ path: info.outputPath(`${name}.png`), fullPage: true });
  }
  expect(faults).toEqual([]);
  await page.context().close();
}
