import { type Browser, expect, type Page, test } from '@playwright/test';
import { openPage } from '../src/open-page.ts';
import { poll } from '../src/poll.ts';
import { running } from '../src/running.ts';
import { type Newcomer, signUp } from '../src/sign-up.ts';

/**
 * The main job, by two people in two tenants who have nothing but a browser and a program: publish a prompt, subscribe,
 * approve, call, see the usage, revoke. Names are new in every run, so that it can run again on kept data.
 */
const run = `${Date.now().toString(36)}`;
const ada: Newcomer = {
  name: 'Ada Publisher',
  email: `ada-${run}@example.test`,
  tenant: `Ada Works ${run}`,
  slug: `ada-works-${run}`,
};
const ben: Newcomer = {
  name: 'Ben Builder',
  email: `ben-${run}@example.test`,
  tenant: `Ben Builds ${run}`,
  slug: `ben-builds-${run}`,
};

async function arrival(browser: Browser, newcomer: Newcomer): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await signUp(page, newcomer);
  return page;
}

const at = (person: Newcomer, path: string): string => `${running().portalUrl}/t/${person.slug}/${path}`;

async function addModel(page: Page): Promise<void> {
  await openPage(page, at(ada, 'models'));
  await page.getByRole('button', { name: 'Add a provider' }).first().click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: /simulator/i }).click();
  await sheet.getByLabel('Base URL').fill(`${running().simulatorUrl}/v1`);
  await sheet.getByLabel('Key').fill('sim-story');
  await sheet.getByRole('button', { name: 'Add and test' }).click();
  await expect(sheet.getByText('It works')).toBeVisible();
  await sheet.getByRole('button', { name: 'Add sim-small' }).click();
  const model = page.getByRole('dialog');
  await model.getByLabel('Name for callers').fill('quick');
  await model.getByLabel('Input', { exact: true }).fill('1.00');
  await model.getByLabel('Output', { exact: true }).fill('2.00');
  await model.getByRole('button', { name: 'Add model' }).click();
  await expect(page.getByRole('region', { name: 'Models' }).getByText('quick')).toBeVisible();
}

async function writePrompt(page: Page): Promise<void> {
  await openPage(page, at(ada, 'prompts'));
  await page.getByRole('button', { name: 'Write a prompt' }).click();
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Haiku');
  await page.getByRole('dialog').getByRole('button', { name: 'Open the editor' }).click();
  await page.getByLabel('Text of message 1').fill('You write haikus.');
  await page.getByLabel('Text of message 2').fill('Write one about {{topic}}.');
  await page.getByRole('button', { name: 'Add variable topic' }).click();
  await page.getByLabel('Model', { exact: true }).selectOption('quick');
  const test = page.getByRole('region', { name: 'Test run' });
  await test.getByLabel('topic').fill('rain');
  await test.getByRole('button', { name: 'Run' }).click();
  await expect(test.getByRole('region', { name: 'Answer' })).toContainText('simulated');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Version 1', { exact: true }).first()).toBeVisible();
}

async function publish(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('radio', { name: /Everyone/ }).click();
  await sheet.getByRole('radio', { name: /One of us decides/ }).click();
  await sheet.getByRole('button', { name: 'Publish', exact: true }).click();
  const url = `${running().gatewayUrl}/${ada.slug}/haiku/v1`;
  await expect(page.getByRole('dialog').getByText(url).first()).toBeVisible();
  return url;
}

async function subscribe(page: Page): Promise<void> {
  await openPage(page, at(ben, `catalogue/${ada.slug}/haiku`));
  await page.getByRole('button', { name: 'Subscribe' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name of the new application').fill('Weather page');
  await dialog.getByLabel('What will you use it for?').fill('A haiku a day under the forecast.');
  await dialog.getByRole('button', { name: 'Ask for access' }).click();
  await expect(page.getByRole('dialog', { name: `${ada.tenant} has your request` })).toBeVisible();
}

async function makeKey(page: Page): Promise<string> {
  await openPage(page, at(ben, 'applications/weather-page'));
  await page.getByRole('button', { name: 'New key' }).first().click();
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('server');
  await page.getByRole('dialog').getByRole('button', { name: 'Make key' }).click();
  const secret = (await page.getByLabel('API key', { exact: true }).textContent())?.trim() ?? '';
  expect(secret).toMatch(/^pk_live_/);
  await page.getByRole('checkbox', { name: 'I have copied the key' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText(secret)).toHaveCount(0);
  return secret;
}

async function decide(page: Page, move: 'Approve' | 'Revoke', reason: string): Promise<void> {
  await openPage(page, at(ada, 'approvals'));
  if (move === 'Revoke') await page.getByRole('button', { name: 'In force' }).click();
  const row = page.getByRole('listitem').filter({ hasText: ben.tenant }).first();
  await row.getByRole('button', { name: move }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').first().fill(reason);
  await dialog.getByRole('button', { name: move }).click();
  await expect(dialog).toBeHidden();
}

test('from sign-up to a call and back to no access', async ({ browser }) => {
  const publisher = await arrival(browser, ada);
  await addModel(publisher);
  await writePrompt(publisher);
  const url = await publish(publisher);

  const builder = await arrival(browser, ben);
  await subscribe(builder);
  const key = await makeKey(builder);
  const call = async (): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ topic: 'rain' }),
    });

  const early = await poll('the gateway to know the key', async () => {
    const response = await call();
    return response.status === 401 ? null : response;
  });
  expect(early.status).toBe(403);
  expect(early.headers.get('content-type')).toContain('application/problem+json');
  expect(await early.json()).toMatchObject({
    code: 'subscription_pending',
    requestId: early.headers.get('x-request-id'),
  });

  await decide(publisher, 'Approve', 'Welcome.');
  const answer = await poll(
    'the approval to reach the gateway',
    async () => {
      const response = await call();
      return response.status === 200 ? response : null;
    },
    5_000,
  );
  const requestId = answer.headers.get('x-request-id') ?? '';
  const body = (await answer.json()) as { output: string; usage: { inputTokens: number; outputTokens: number } };
  expect(body.output).toContain('simulated');

  // Both sides see the call, with its tokens and what it cost at 1.00 and 2.00 per million.
  const cost = (body.usage.inputTokens + body.usage.outputTokens * 2) / 1e6;
  for (const [page, person] of [
    [publisher, ada],
    [builder, ben],
  ] as const) {
    await expect(async () => {
      await openPage(page, at(person, `requests/${requestId}`));
      await expect(page.getByText(requestId).first()).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 30_000 });
    await expect(page.locator('main')).toContainText('200');
    const facts = page.getByRole('region', { name: 'Tokens and cost' });
    await expect(facts.getByRole('row', { name: `Input ${body.usage.inputTokens}` })).toBeVisible();
    await expect(facts.getByRole('row', { name: `Output ${body.usage.outputTokens}` })).toBeVisible();
    await expect(facts).toContainText(`$${cost}`);
  }
  await builder.goto(at(ben, 'applications/weather-page'));
  await expect(builder.locator('main')).toContainText('Welcome.');

  await decide(publisher, 'Revoke', 'The trial is over.');
  const revokedAt = Date.now();
  const refused = await poll(
    'the revocation to reach the gateway',
    async () => {
      const response = await call();
      return response.status === 403 ? response : null;
    },
    5_000,
  );
  expect(Date.now() - revokedAt).toBeLessThan(1_000);
  expect(await refused.json()).toMatchObject({ code: 'subscription_revoked' });

  // The audit log of the publisher tells both decisions.
  await publisher.goto(at(ada, 'audit'));
  for (const deed of ['Approved', 'Revoked']) {
    const entry = new RegExp(`^${deed} .*Weather page → Haiku ${ada.name}`);
    await expect(publisher.getByRole('row', { name: entry })).toBeVisible();
  }
});
