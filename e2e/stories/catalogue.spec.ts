import { expect, type Page, test } from '@playwright/test';
import { barriers } from '../src/accessibility.ts';
import { openPage } from '../src/open-page.ts';
import { running } from '../src/running.ts';
import { signUp } from '../src/sign-up.ts';

/** A newcomer picks a provider from the table and takes two models over from the catalogue, with everything known filled in. */
const run = Date.now().toString(36);
const slug = `cara-${run}`;

const at = (path: string): string => `${running().portalUrl}/t/${slug}/${path}`;

test('a provider is picked by name, and its models are added from the catalogue with windows and prices', async ({
  page,
}, info) => {
  await signUp(page, { name: 'Cara Chooser', email: `${slug}@example.test`, tenant: `Cara ${run}`, slug });
  await addProvider(page);
  await page.screenshot({ path: info.outputPath('tested.png') });
  await chooseModels(page, (name) => page.screenshot({ path: info.outputPath(`${name}.png`) }));
  await seeThem(page);
  await page.screenshot({ path: info.outputPath('models.png'), fullPage: true });
  await cannotAddAgain(page);
});

/** Groq by name; its address is the simulator's, which speaks the same format. */
async function addProvider(page: Page): Promise<void> {
  await openPage(page, at('models'));
  await page.getByRole('button', { name: 'Add a provider' }).first().click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Filter providers').fill('groq');
  await sheet.getByRole('button', { name: /^Groq/ }).click();
  await expect(sheet.getByLabel('Name', { exact: true })).toHaveValue('Groq');
  await expect(sheet.getByLabel('Base URL')).toHaveValue('https://api.groq.com/openai/v1');
  await sheet.getByLabel('Base URL').fill(`${running().simulatorUrl}/v1`);
  await sheet.getByLabel('Key').fill('sim-story');
  await sheet.getByRole('button', { name: 'Add and test' }).click();
  await expect(sheet.getByText('It works')).toBeVisible();
}

async function chooseModels(page: Page, look: (name: string) => Promise<unknown>): Promise<void> {
  await page.getByRole('button', { name: 'Choose models' }).click();
  const sheet = page.getByRole('dialog', { name: 'Add from the catalogue' });
  const list = sheet.getByRole('list', { name: 'Models of the catalogue' });
  await sheet.getByLabel('Search models').fill('llama 70b');
  await expect(list.getByRole('checkbox')).toHaveCount(2);
  await list.getByLabel('Llama 3.3 70B', { exact: false }).check();
  await sheet.getByLabel('Search models').fill('gpt-oss');
  await list.getByLabel('gpt-oss-120b', { exact: false }).check();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await look(`catalogue-${width}`);
    expect(await barriers(page)).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await sheet.getByRole('button', { name: 'Add 2 models' }).click();
  await expect(sheet).toBeHidden();
}

async function seeThem(page: Page): Promise<void> {
  const table = page.getByRole('region', { name: 'Models' });
  const row = table.getByRole('row', { name: /llama-3-3-70b/ });
  await expect(row).toContainText('llama-3.3-70b-versatile');
  await expect(row).toContainText('$0.59');
  await expect(row).toContainText('$0.79');
  await expect(table.getByRole('row', { name: /gpt-oss-120b/ })).toBeVisible();
}

async function cannotAddAgain(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add from the catalogue' }).click();
  const sheet = page.getByRole('dialog', { name: 'Add from the catalogue' });
  await sheet.getByLabel('Search models').fill('llama 3.3 70b');
  await expect(sheet.getByLabel('Llama 3.3 70B', { exact: false })).toBeDisabled();
}
