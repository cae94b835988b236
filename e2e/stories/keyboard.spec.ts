import { expect, test } from '@playwright/test';
import { running } from '../src/running.ts';
import { signIn } from '../src/sign-in.ts';

test('what opens over a page gives the keyboard back to where it was', async ({ page }) => {
  await signIn(page, 'dana@aurora.example');
  await page.goto(`${running().portalUrl}/t/aurora/apis`);
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
