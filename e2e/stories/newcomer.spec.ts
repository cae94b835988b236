import { expect, type Page, test } from '@playwright/test';
import { openPage } from '../src/open-page.ts';
import { poll } from '../src/poll.ts';
import { running } from '../src/running.ts';
import { signUp } from '../src/sign-up.ts';

/** What a newcomer does in the first five minutes: a tenant of one's own, and somebody's OpenAPI document. */
const run = Date.now().toString(36);
const slug = `nina-${run}`;

const at = (path: string): string => `${running().portalUrl}/t/${slug}/${path}`;

test('a newcomer imports an OpenAPI document and has it validated, limited and cached within five minutes', async ({
  page,
}) => {
  const began = Date.now();
  const document = await publicApi();
  await signUp(page, { name: 'Nina New', email: `${slug}@example.test`, tenant: `Nina ${run}`, slug });
  await makeApi(page);
  await importDocument(page, document);
  await addPolicies(page);
  await addPlan(page);
  await publish(page);
  const key = await subscribe(page);
  const call = caller(key);
  await callIt(call);
  await askWhy(page);
  await useUp(call);
  expect(Date.now() - began, 'milliseconds from sign-up to the last call').toBeLessThan(300_000);
});

/**
 * The demo's sample service stands in for a public API: its document is fetched from it, as one would, and says where it
 * is served, as public ones do.
 */
async function publicApi(): Promise<string> {
  const response = await fetch(`${running().gatewayUrl}/aurora/parts/v1/echo`, {
    headers: { authorization: `Bearer ${running().demo.apiKey}` },
  });
  const { headers } = (await response.json()) as { headers: Record<string, string> };
  const url = `http://${headers['host']}`;
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as object;
  return JSON.stringify({ ...document, servers: [{ url }] });
}

async function makeApi(page: Page): Promise<void> {
  await openPage(page, at('apis'));
  await page.getByRole('button', { name: 'Make an API' }).first().click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Name', { exact: true }).fill('Parts');
  await sheet.getByRole('button', { name: 'Create' }).click();
  await expect(page).toHaveURL(new RegExp(`${at('apis')}/parts`));
}

/** Makes the upstream the document names, a route for each operation, and the policy that holds calls to it. */
async function importDocument(page: Page, document: string): Promise<void> {
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByRole('button', { name: 'Import OpenAPI' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Document', { exact: true }).fill(document);
  await expect(sheet.getByRole('switch', { name: 'Hold calls to this document' })).toBeChecked();
  await expect(sheet.getByRole('region', { name: 'What will be made' })).toContainText('An upstream, ');
  await sheet.getByRole('button', { name: /^Import \d+ routes$/ }).click();
  await expect(sheet).toBeHidden();
}

async function addPolicies(page: Page): Promise<void> {
  for (const title of ['Shield', 'Cache']) {
    await page.getByRole('button', { name: 'Add policy' }).click();
    await page.getByRole('option', { name: title }).click();
    const sheet = page.getByRole('dialog', { name: title });
    if (title === 'Cache') await sheet.getByRole('textbox', { name: 'Default TTL' }).fill('60');
    await sheet.getByRole('button', { name: /^(Save|Add)/ }).click();
    await expect(sheet).toBeHidden();
  }
}

async function addPlan(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Plans' }).click();
  await page.getByRole('button', { name: 'Add a plan' }).first().click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Name', { exact: true }).fill('Trial');
  await sheet.getByLabel('Requests of limit 1').fill('5');
  await sheet.getByLabel('Window of limit 1').selectOption({ label: 'a day' });
  await sheet.getByRole('radio', { name: /at once/i }).click();
  await sheet
    .getByRole('button', { name: /^(Save|Add)/ })
    .last()
    .click();
  await expect(sheet).toBeHidden();
}

async function publish(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByText('Published').first()).toBeVisible();
}

async function subscribe(page: Page): Promise<string> {
  await openPage(page, at(`catalogue/${slug}/parts`));
  await page.getByRole('button', { name: 'Subscribe' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name of the new application').fill('Workshop');
  await dialog.getByRole('button', { name: /Subscribe|access/ }).click();
  await expect(page.getByRole('dialog').getByRole('link', { name: 'Get a key' })).toBeVisible();
  await openPage(page, at('applications/workshop'));
  await page.getByRole('button', { name: 'New key' }).first().click();
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('bench');
  await page.getByRole('dialog').getByRole('button', { name: 'Make key' }).click();
  const secret = (await page.getByLabel('API key', { exact: true }).textContent())?.trim() ?? '';
  await page.getByRole('checkbox', { name: 'I have copied the key' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  return secret;
}

type Call = (path: string) => Promise<Response>;

const caller =
  (key: string): Call =>
  (path) =>
    fetch(`${running().gatewayUrl}/${slug}/parts/v1${path}`, { headers: { 'x-api-key': key } });

/** Valid calls pass and are kept, bad ones are named by their field and cost nothing. */
async function callIt(call: Call): Promise<void> {
  await poll('the gateway to serve the new key', async () => {
    const response = await call('/no-such-path');
    // Read to its end, or its connection is held and the next call opens another.
    await response.arrayBuffer();
    return response.status === 404;
  });

  const first = await call('/parts?limit=3');
  expect(first.status, await first.clone().text()).toBe(200);
  expect(first.headers.get('ratelimit')).toContain('r=4');

  const bad = await call('/parts?limit=many');
  expect(bad.status).toBe(400);
  expect(await bad.json()).toMatchObject({ code: 'contract_violated', errors: [{ pointer: '/query/limit' }] });

  const again = await call('/parts?limit=3');
  expect(again.headers.get('cache-status')).toContain('hit');
  expect(again.headers.get('ratelimit')).toContain('r=3');
}

/** The plan's five are five. After the dry run, which would tell of nothing else once they are used up. */
async function useUp(call: Call): Promise<void> {
  for (let left = 3; left > 0; left--) expect((await call('/parts?limit=3')).status).toBe(200);
  const over = await call('/parts?limit=3');
  expect(over.status).toBe(429);
  expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
}

/** The dry run names the policy that refuses, and the field. */
async function askWhy(page: Page): Promise<void> {
  await openPage(page, at('apis/parts'));
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByRole('button', { name: 'Dry run' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Path').fill('/parts?limit=many');
  await sheet.getByLabel('Application').selectOption({ index: 1 });
  await sheet.getByRole('button', { name: 'Explain' }).click();
  await expect(sheet.getByText('/query/limit', { exact: false })).toBeVisible();
}
