import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { running } from '../src/running.ts';
import { signIn } from '../src/sign-in.ts';

/** Pages by who looks at them; `null` for a visitor. A new page belongs in this list. */
const PAGES: readonly (readonly [email: string | null, path: string])[] = [
  [null, '/'],
  [null, '/catalogue'],
  [null, '/catalogue/aurora/summarise'],
  [null, '/catalogue/aurora/chat'],
  [null, '/catalogue/aurora/parts'],
  [null, '/docs/errors'],
  [null, '/sign-in'],
  [null, '/sign-up'],
  [null, '/invitations/inv_unknown'],
  ['dana@aurora.example', '/t/aurora/home'],
  ['dana@aurora.example', '/t/aurora/apis'],
  ['dana@aurora.example', '/t/aurora/apis/summarise'],
  ['dana@aurora.example', '/t/aurora/apis/parts'],
  ['dana@aurora.example', '/t/aurora/prompts'],
  ['dana@aurora.example', '/t/aurora/prompts/triage'],
  ['dana@aurora.example', '/t/aurora/models'],
  ['dana@aurora.example', '/t/aurora/upstreams'],
  ['dana@aurora.example', '/t/aurora/approvals'],
  ['dana@aurora.example', '/t/aurora/usage'],
  ['dana@aurora.example', '/t/aurora/requests'],
  ['dana@aurora.example', '/t/aurora/audit'],
  ['dana@aurora.example', '/t/aurora/team'],
  ['dana@aurora.example', '/t/aurora/settings'],
  ['dana@aurora.example', '/t/aurora/system'],
  ['noor@nimbus.example', '/t/nimbus/home'],
  ['noor@nimbus.example', '/t/nimbus/catalogue'],
  ['noor@nimbus.example', '/t/nimbus/catalogue/aurora/summarise'],
  ['noor@nimbus.example', '/t/nimbus/applications'],
  ['noor@nimbus.example', '/t/nimbus/applications/support-desk'],
  ['noor@nimbus.example', '/t/nimbus/usage'],
];

const LOOKS = [
  { name: 'desktop-light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { name: 'desktop-dark', viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  { name: 'phone-light', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  { name: 'phone-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const;

/** Notes what a page must not do: errors on its console, requests to any other host. */
function watch(page: Page): string[] {
  const faults: string[] = [];
  const home = new URL(running().portalUrl).host;
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`page error: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.host !== home) faults.push(`request to ${url.host}`);
  });
  return faults;
}

for (const look of LOOKS) {
  test.describe(look.name, () => {
    const contexts = new Map<string | null, BrowserContext>();

    test.afterAll(async () => {
      for (const context of contexts.values()) await context.close();
    });

    for (const [email, path] of PAGES) {
      test(`${path} (${email ?? 'a visitor'})`, async ({ browser }, info) => {
        let context = contexts.get(email);
        if (!context) {
          context = await browser.newContext({
            viewport: look.viewport,
            colorScheme: look.colorScheme,
            reducedMotion: 'reduce',
          });
          contexts.set(email, context);
          if (email) {
            const page = await context.newPage();
            await signIn(page, email);
            await page.close();
          }
        }
        const page = await context.newPage();
        const faults = watch(page);
        await page.goto(running().portalUrl + path);
        await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
        await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
        await page.screenshot({
          path: info.outputPath(`${look.name}${path.replaceAll('/', '_')}.png`),
          fullPage: true,
        });
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, 'the page scrolls sideways').toBeLessThanOrEqual(0);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter((one) => one.impact === 'serious' || one.impact === 'critical');
        expect(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual(
          [],
        );
        expect(faults).toEqual([]);
        await page.close();
      });
    }
  });
}
