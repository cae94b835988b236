import { must } from '@parley/kernel/assert';
import { expect, type Page } from '@playwright/test';
import { openPage } from './open-page.ts';
import { running } from './running.ts';

/** Signs a demo person in through the page, as they would. Ends on their tenant's home. */
export async function signIn(page: Page, email: string): Promise<void> {
  const user = must(
    running().demo.users.find((one) => one.email === email),
    `${email} among the demo's people`,
  );
  await openPage(page, `${running().portalUrl}/sign-in`);
  await page.getByLabel('E-mail').fill(user.email);
  await page.getByLabel('Password', { exact: true }).fill(user.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/t/${user.tenant}/`), { timeout: 30_000 });
}
