import { expect, test } from '@playwright/test';
import { openPage } from '../src/open-page.ts';
import { running } from '../src/running.ts';
import { signIn } from '../src/sign-in.ts';

test('what opens over a page gives the keyboard back to where it was', async ({ page }) => {
  await signIn(page, 'dana@aurora.example');
  await openPage(page, `${running().portalUrl}/t/aurora/apis`);
  const opener = page.getByRole('button', { name: 'New API' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(opener).toBeFocused();

  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(opener).toBeFocused();
});

test('a form that a choice opened gives the keyboard back to what opened the choice', async ({ page }) => {
  await signIn(page, 'dana@aurora.example');
  await openPage(page, `${running().portalUrl}/t/aurora/apis/parts?tab=versions`);
  const opener = page.getByRole('button', { name: 'Add policy' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('priority');
  await page.keyboard.press('Enter');
  const form = page.getByRole('dialog', { name: 'Priority' });
  await expect(form.locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();
  await expect(opener).toBeFocused();
});
