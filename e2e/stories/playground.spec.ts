import { expect, type Page, test } from '@playwright/test';
import { openPage, pageWorks } from '../src/open-page.ts';
import { running } from '../src/running.ts';
import { signIn } from '../src/sign-in.ts';

test('a conversation is asked of two models through the gateway, and its cost is what was recorded', async ({
  page,
}) => {
  await signIn(page, 'noor@nimbus.example');
  await write(page, 'nimbus', 'swift');
  await page.getByRole('button', { name: 'Compare with another' }).click();
  await page.getByLabel('Model 2', { exact: true }).fill('ponder');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  for (const answer of ['Answer 1', 'Answer 2']) {
    const column = page.getByRole('region', { name: answer, exact: true });
    await expect(column.getByText('Answered')).toBeVisible({ timeout: 30_000 });
    await expect(column.getByText(/\d+ in · \d+ out/)).toBeVisible();
    await expect(column.getByRole('link', { name: /^\$0\.\d+$/ })).toBeVisible({ timeout: 30_000 });
  }
  await page.reload();
  await pageWorks(page);
  await expect(page.getByLabel('Text of turn 2')).toHaveValue('What is the capital of Norway?');
  await expect(page.getByLabel('API key', { exact: true })).toHaveValue('');
});

test('its publisher sees what each client sends, what the provider is sent, and makes a prompt of it', async ({
  page,
}) => {
  await signIn(page, 'dana@aurora.example');
  await write(page, 'aurora', 'ponder');
  await page.getByText('Parameters', { exact: true }).click();
  await page.getByLabel('Temperature').fill('1.5');
  await page.getByRole('radio', { name: 'Requests' }).click();
  const changes = page.getByRole('region', { name: 'Fields that change' });
  await expect(changes.getByRole('row', { name: 'temperature 1.5 1', exact: true })).toBeVisible();
  await page.getByRole('radio', { name: 'Gemini' }).click();
  await expect(page.getByLabel('curl')).toContainText('/v1beta/models/ponder:streamGenerateContent?alt=sse');
  const sent = page.getByRole('region', { name: 'The request sent upstream' });
  await expect(sent.getByLabel('Request', { exact: true })).toContainText('x-api-key: (the provider’s key)');
  await page.getByRole('button', { name: 'Make a prompt' }).click();
  await page
    .getByRole('dialog')
    .getByLabel('Name', { exact: true })
    .fill(`Played ${Date.now().toString(36)}`);
  await page.getByRole('button', { name: 'Open the editor' }).click();
  await expect(page.getByLabel('Text of message 2')).toHaveValue('What is the capital of Norway?');
  await expect(page.getByLabel('Temperature')).toHaveValue('1.5');
});

async function write(page: Page, tenant: string, model: string): Promise<void> {
  await openPage(page, `${running().portalUrl}/t/${tenant}/playground`);
  await page.getByLabel('Text of turn 1').fill('Be brief.');
  await page.getByLabel('Text of turn 2').fill('What is the capital of Norway?');
  await page.getByLabel('Model 1', { exact: true }).fill(model);
}
