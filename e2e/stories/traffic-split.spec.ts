import { expect, type Page, test } from '@playwright/test';
import { manage } from '../src/management.ts';
import { openPage } from '../src/open-page.ts';
import { poll } from '../src/poll.ts';
import { running } from '../src/running.ts';
import { signIn } from '../src/sign-in.ts';

const slug = `split-${Date.now().toString(36)}`;

test('the variants of a split are compared live, and one press moves every call to one and back', async ({ page }) => {
  const call = await makeSplitApi();
  // One was made to see that it is served.
  for (let made = 1; made < 40; made++) expect(await call()).toBe(200);
  await signIn(page, 'dana@aurora.example');
  await openPage(page, `${running().portalUrl}/t/aurora/apis/${slug}?tab=versions`);
  await page.getByRole('link', { name: 'Traffic' }).click();
  await expect(page.getByRole('heading', { name: 'Traffic', exact: true })).toBeInViewport();
  await expect.poll(async () => (await calls(page, 'blue')) + (await calls(page, 'green'))).toBe(40);
  expect(await calls(page, 'blue')).toBeGreaterThan(5);
  expect(await calls(page, 'green')).toBeGreaterThan(5);

  await row(page, 'green').getByRole('button', { name: 'All calls here' }).click();
  await expect(row(page, 'green').getByRole('button', { name: 'Has all calls' })).toBeDisabled();
  await expect.poll(() => calls(page, 'blue')).toBe(0);
  await poll('every call to go to green', async () => {
    for (let made = 0; made < 10; made++) await call();
    const recent = await manage<{ items: { id: string }[] }>('GET', `/requests?apiId=${await apiId()}&limit=10`);
    const details = await Promise.all(
      recent.items.map(({ id }) => manage<{ inside: unknown; variant: string | null }>('GET', `/requests/${id}`)),
    );
    return (
      JSON.stringify(details).includes('"variant":"green"') && !JSON.stringify(details).includes('"variant":"blue"')
    );
  });

  await page.getByRole('button', { name: /^Back to revision \d+$/ }).click();
  await expect(row(page, 'green').getByRole('button', { name: 'All calls here' })).toBeEnabled();
  await expect(page.getByText('Back to revision 1', { exact: true }).first()).toBeVisible();
});

const row = (page: Page, name: string) =>
  page
    .getByRole('table', { name: 'Variants' })
    .getByRole('row')
    .filter({ hasText: `${name}-` });

/** The third figure of a variant's row. */
async function calls(page: Page, name: string): Promise<number> {
  const text = await row(page, name).getByRole('cell').nth(2).textContent();
  return Number(text?.replaceAll(/\D/g, ''));
}

async function apiId(): Promise<string> {
  return (await manage<{ id: string }>('GET', `/apis/${slug}`)).id;
}

/** A published API whose calls are halved between two upstreams; gives what calls it, answering the status. */
async function makeSplitApi(): Promise<() => Promise<number>> {
  const { upstreams } = await manage<{ upstreams: { slug: string; baseUrl: string }[] }>('GET', '/export');
  const baseUrl = upstreams.find((one) => one.slug === 'parts-service')?.baseUrl;
  const named = (name: string) => `${name}-${slug}`;
  const variants = ['blue', 'green'].map((name) => ({ name, upstream: named(name), weight: 5000 }));
  const reply = await manage<{ keys: { secret: string }[] }>('POST', '/apply', {
    parley: 1,
    upstreams: variants.map(({ upstream }) => ({ slug: upstream, name: upstream, baseUrl })),
    apis: [
      {
        slug,
        name: slug,
        kind: 'rest',
        plans: [{ slug: 'open', name: 'Open', approval: 'auto', limits: [] }],
        versions: [
          {
            version: 'v1',
            state: 'published',
            routes: [{ method: 'GET', path: '/parts', upstream: named('blue') }],
            policies: { split: { variants } },
          },
        ],
      },
    ],
    applications: [
      { slug, name: slug, subscriptions: [{ api: `aurora/${slug}`, plan: 'open' }], keys: [{ name: 'main' }] },
    ],
  });
  const apiKey = reply.keys[0]?.secret;
  if (!apiKey) throw new Error('apply made no key');
  const call = async (): Promise<number> => {
    const response = await fetch(`${running().gatewayUrl}/aurora/${slug}/v1/parts`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    await response.arrayBuffer();
    return response.status;
  };
  await poll('the gateway to know the API and its key', async () => (await call()) === 200);
  return call;
}
