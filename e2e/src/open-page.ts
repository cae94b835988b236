import { expect, type Page } from '@playwright/test';

/**
 * Opens an address and waits until the page works: everything has arrived and React has taken it over. Before that a page can be
 * seen, but what is typed into it is forgotten and what is pressed does nothing: people wait for a slow page, stories must too.
 */
export async function openPage(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await pageWorks(page);
}

/** The same for a page that was loaded in another way, such as anew. */
export async function pageWorks(page: Page): Promise<void> {
  const title = page.getByRole('heading', { level: 1 }).first();
  await expect(title).toBeVisible();
  await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
  // React notes on each element of the server's what it belongs to, in a property of this name, when it takes the element over.
  const takenOver = () =>
    title.evaluate((element) => Object.keys(element).some((name) => name.startsWith('__reactProps$')));
  await expect.poll(takenOver, { message: 'React has taken the page over', intervals: [20, 50, 100] }).toBe(true);
}
