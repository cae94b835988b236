import { expect, type Page } from '@playwright/test';
import { openPage, pageWorks } from './open-page.ts';
import { running } from './running.ts';

/** Somebody new, and the tenant they make. */
export interface Newcomer {
  readonly name: string;
  readonly email: string;
  readonly tenant: string;
  /** What the tenant's name becomes in addresses. */
  readonly slug: string;
}

/** Makes an account and a tenant through the pages, as they would. Ends on the tenant's home. */
export async function signUp(page: Page, newcomer: Newcomer): Promise<void> {
  await openPage(page, `${running().portalUrl}/sign-up`);
  await page.getByLabel('Your name').fill(newcomer.name);
  await page.getByLabel('E-mail').fill(newcomer.email);
  await page.getByLabel('Password', { exact: true }).fill('a long enough password');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page).toHaveURL(/\/new-tenant$/);
  await pageWorks(page);
  await page.getByLabel('Name', { exact: true }).fill(newcomer.tenant);
  await expect(page.getByLabel('Name in URLs')).toHaveValue(newcomer.slug);
  await page.getByRole('button', { name: 'Create tenant' }).click();
  await expect(page).toHaveURL(`${running().portalUrl}/t/${newcomer.slug}/home`);
}
