import { expect, type Page, test } from '@playwright/test';
import { manage } from '../src/management.ts';
import { openPage } from '../src/open-page.ts';
import { poll } from '../src/poll.ts';
import { running } from '../src/running.ts';
import { signIn } from '../src/sign-in.ts';

const slug = `studio-${Date.now().toString(36)}`;

test('a prompt is tried on rows, labelled, and two of its versions are compared on real calls', async ({ page }) => {
  await makePrompt();
  await signIn(page, 'dana@aurora.example');
  await tryOnRows(page);
  await label(page);
  const call = await publish();
  const requestId = await call();
  for (let made = 1; made < 30; made++) await call();
  await feedback(requestId);
  await openPage(page, `${running().portalUrl}/t/aurora/apis/${slug}?tab=versions`);
  const results = page.getByRole('region', { name: 'Results by variant' });
  await expect(results.getByRole('row', { name: /^old/ })).toBeVisible();
  await expect
    .poll(async () => (await figure(page, 'old', 0)) + (await figure(page, 'new', 0)), { timeout: 60_000 })
    .toBe(30);
  expect(await figure(page, 'new', 0)).toBeGreaterThan(2);
  await expect(results).toContainText('100 of 100 (1)', { timeout: 60_000 });
});

/** A prompt with two versions, on the model that the demo's own prompt uses. */
async function makePrompt(): Promise<void> {
  const { prompts } = await manage<{ prompts: { slug: string; definition: { model: string } }[] }>('GET', '/export');
  const model = prompts.find((one) => one.slug === 'triage')?.definition.model;
  const saying = (text: string) => ({
    model,
    messages: [{ role: 'user', text }],
    variables: [{ name: 'name', type: 'string', description: '', required: true }],
    settings: { maxOutputTokens: 20 },
    output: { kind: 'text' },
  });
  await manage('POST', '/prompts', { slug, name: slug, definition: saying('Greet {{name}}.') });
  await manage('POST', `/prompts/${slug}/versions`, { definition: saying('Hail {{name}} in one line.') });
}

async function tryOnRows(page: Page): Promise<void> {
  await openPage(page, `${running().portalUrl}/t/aurora/prompts/${slug}`);
  await page.getByRole('link', { name: 'Test bench' }).click();
  await page.getByRole('button', { name: 'Add dataset' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Short name').fill('cases');
  await sheet.getByRole('radio', { name: 'CSV' }).click();
  await sheet.getByLabel('Rows as CSV').fill('name,expected\nAda,Hello Ada\nBo,Hello Bo\n');
  await sheet.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'cases 2 rows' })).toBeVisible();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('dialog').getByRole('checkbox', { name: 'Version 1' }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  const answers = page.getByRole('region', { name: 'Answers side by side' });
  await expect(answers.getByText('passed', { exact: true })).toHaveCount(4, { timeout: 60_000 });
  await answers.getByRole('button', { name: 'Row 1' }).click();
  await expect(page.getByRole('dialog').getByText('From the expected answer').first()).toBeVisible();
  await page.keyboard.press('Escape');
}

async function label(page: Page): Promise<void> {
  await openPage(page, `${running().portalUrl}/t/aurora/prompts/${slug}`);
  await page.getByRole('button', { name: 'production → version 2' }).click();
  await page.getByLabel('Version of the label production').selectOption('1');
  await page.getByRole('button', { name: 'Move production back to version 2' }).click();
  await expect(page.getByLabel('Version of the label production')).toHaveValue('2');
}

/** An API that follows the label and tries both versions, by a variable; gives what calls it, answering the request's id. */
async function publish(): Promise<() => Promise<string>> {
  const variants = [
    { name: 'old', promptVersion: 1, weight: 5000 },
    { name: 'new', label: 'production', weight: 5000 },
  ];
  const reply = await manage<{ keys: { secret: string }[] }>('POST', '/apply', {
    parley: 1,
    apis: [
      {
        slug,
        name: slug,
        kind: 'prompt',
        plans: [{ slug: 'open', name: 'Open', approval: 'auto', limits: [] }],
        versions: [
          {
            version: 'v1',
            prompt: slug,
            promptLabel: 'production',
            policies: { experiment: { variants, by: { on: 'variable', name: 'name' } } },
          },
        ],
      },
    ],
    applications: [
      { slug, name: slug, subscriptions: [{ api: `aurora/${slug}`, plan: 'open' }], keys: [{ name: 'main' }] },
    ],
  });
  apiKey = reply.keys[0]?.secret ?? '';
  let made = 0;
  const call = async (): Promise<Response> =>
    fetch(`${running().gatewayUrl}/aurora/${slug}/v1`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `Caller ${made++}` }),
    });
  await poll('the gateway to know the API and its key', async () => {
    const response = await fetch(`${running().gatewayUrl}/aurora/${slug}/v1/none`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    await response.arrayBuffer();
    return response.status === 404;
  });
  return async () => {
    const response = await call();
    await response.arrayBuffer();
    expect(response.status).toBe(200);
    return response.headers.get('x-request-id') ?? '';
  };
}

let apiKey = '';

async function feedback(requestId: string): Promise<void> {
  const response = await fetch(`${running().gatewayUrl}/v1/feedback`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ request_id: requestId, score: 1, comment: 'Just right.' }),
  });
  expect(response.status).toBe(202);
}

/** A figure of a variant's row. */
async function figure(page: Page, name: string, at: number): Promise<number> {
  const row = page
    .getByRole('region', { name: 'Results by variant' })
    .getByRole('row', { name: new RegExp(`^${name}`) });
  return Number((await row.getByRole('cell').nth(at).textContent())?.replaceAll(/\D/g, ''));
}
