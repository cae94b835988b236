import { must } from '@parley/kernel/assert';
import { expect, type Page, test } from '@playwright/test';
import OpenAI, { APIError } from 'openai';
import { ageFailedPayments, closeBooks, rateNow, rows } from '../src/later.ts';
import { manage } from '../src/management.ts';
import { openPage, pageWorks } from '../src/open-page.ts';
import { poll } from '../src/poll.ts';
import { running } from '../src/running.ts';
import { signUp } from '../src/sign-up.ts';

/**
 * The whole life of a paying customer, by pages and the unmodified OpenAI client: a free plan, its quota, a paid plan through
 * checkout, an invoice, a card that fails, grace, restriction, payment, the end with a final invoice. Cards are those of the
 * Stripe simulator. Only the days in between are skipped (src/later.ts).
 */
const run = Date.now().toString(36);
const slug = `lia-${run}`;
const FREE = `life-free-${run}`;
const PAID = `life-paid-${run}`;
const QUOTA = 2;
const FAILS_LATER = /0341/;
const PAYS = /4242 4242/;
/** Nothing may take longer to reach a gateway. */
const AT_ONCE_MS = 1_000;

const at = (path: string): string => `${running().portalUrl}/t/${slug}/${path}`;

test('free, quota hit, checkout, raised limits at once, invoiced, card fails, grace, restricted, paid, restored, final invoice', async ({
  page,
}) => {
  test.skip(running().stripeSimulatorUrl === null, 'a Stripe account of one’s own is set');
  await offerPlans();
  await signUp(page, { name: 'Lia Lives', email: `${slug}@example.test`, tenant: `Lia ${run}`, slug });
  await subscribe(page);
  const client = caller(await makeKey(page));
  const { call } = client;

  await test.step('free, until the quota is hit', async () => {
    await poll('the gateway to know the key', async () => (await call()).status !== 401);
    const { used } = await untilRefused(call, 429);
    expect(used).toBeLessThanOrEqual(QUOTA);
    client.served = 0;
  });

  await test.step('pays at the checkout, and has the limits of the paid plan at once', async () => {
    await changePlan(page);
    await payWith(page, PAYS);
    const paidAt = Date.now();
    await poll('a call beyond the free quota', async () => (await call()).status === 200, 5_000);
    // From Stripe's webhook over the plan to the gateway.
    expect(Date.now() - paidAt).toBeLessThan(4 * AT_ONCE_MS);
    await expect(page.getByText('Your plan is changed, and your card is on file')).toBeVisible();
    await expect(page.locator('main')).toContainText('visa ending in 4242');
  });
  const ids = await idsOf();

  await test.step('usage is rated, and shown before it is invoiced', async () => {
    for (let n = 0; n < 2; n += 1) expect((await call()).status).toBe(200);
    await rated(ids.subscription, client.served);
    await openPage(page, at('billing'));
    await expect(page.locator('main')).toContainText('$300.');
  });

  await test.step('usage is invoiced, and the card that was left instead fails: grace', async () => {
    await useCard(page, FAILS_LATER);
    await expect(page.locator('main')).toContainText('visa ending in 0341');
    await closeBooks(ids.account, afterMonth(0, 3));
    await expectInvoices(page, ['Open']);
    await expect(async () => {
      await openPage(page, at('billing'));
      await expect(page.getByText('Leave a card that works')).toBeVisible({ timeout: 5_000 });
    }).toPass({ timeout: 30_000 });
    expect((await call()).status).toBe(200);
  });

  await test.step('a week later it is restricted: refused within a second, in the words of the caller’s client', async () => {
    await ageFailedPayments(ids.account, 8);
    const refused = await poll('the restriction', async () => {
      const answer = await call();
      return answer.status === 402 ? answer : null;
    });
    const heardAt = Date.now();
    expect(refused).toMatchObject({ code: 'billing_restricted' });
    const [moved] = await rows<{ ago: number }>(
      'SELECT extract(epoch FROM clock_timestamp() - standing_since) * 1000 AS ago FROM billing_accounts WHERE id = $1',
      [ids.account],
    );
    expect(Number(moved?.ago) - (Date.now() - heardAt)).toBeLessThan(AT_ONCE_MS);
    await openPage(page, at('billing'));
    await expect(page.getByText('A payment lifts this at once')).toBeVisible();
  });

  await test.step('pays, and is restored at once', async () => {
    await useCard(page, PAYS);
    const paidAt = Date.now();
    await poll('calls to pass again', async () => (await call()).status === 200, 5_000);
    expect(Date.now() - paidAt).toBeLessThan(4 * AT_ONCE_MS);
    await openPage(page, at('billing'));
    await expect(page.getByText('In good standing')).toBeVisible();
    await expectInvoices(page, ['Paid']);
  });

  await test.step('cancels, and gets a final invoice', async () => {
    for (let n = 0; n < 2; n += 1) expect((await call()).status).toBe(200);
    await cancel(page);
    await poll('calls to be refused', async () => (await call()).status === 403, 5_000);
    await rated(ids.subscription, client.served);
    // The month of the first invoice is closed: the final one is issued in the next, without waiting for its end.
    await closeBooks(ids.account, afterMonth(0, 5));
    await expectInvoices(page, ['Paid', 'Paid']);
    await page
      .getByRole('button', { name: /notification|notices/i })
      .first()
      .click();
    await expect(page.getByText(/has sent the final invoice/)).toBeVisible();
  });
});

/** A free plan with a small quota and a paid one, which asks for a card, on the demo's API of models. */
async function offerPlans(): Promise<void> {
  const { apis } = await manage<{ apis: { slug: string }[] }>('GET', '/export');
  const chat = must(
    apis.find((api) => api.slug === 'chat'),
    'the demo’s API of models',
  );
  const perCall = { kind: 'perUnit', nanoPerMillion: `${100n * 1_000_000_000n * 1_000_000n}` };
  await manage('POST', '/apply', {
    parley: 1,
    apis: [
      {
        ...chat,
        plans: [
          { slug: FREE, name: FREE, approval: 'auto', limits: [{ requests: QUOTA, windowSeconds: 86_400 }] },
          {
            slug: PAID,
            name: PAID,
            approval: 'auto',
            limits: [{ requests: 10_000, windowSeconds: 86_400 }],
            price: {
              card: 'required',
              recurring: { amountNano: '300000000000' },
              rules: [{ id: 'calls', name: 'Calls', meter: 'requests', charge: perCall }],
            },
          },
        ],
      },
    ],
  });
}

async function subscribe(page: Page): Promise<void> {
  await openPage(page, at('catalogue/aurora/chat'));
  await page.getByRole('button', { name: 'Subscribe' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name of the new application').fill('Assistant');
  await dialog.getByRole('radio', { name: FREE }).click();
  await dialog.getByRole('button', { name: 'Subscribe' }).click();
  await expect(page.getByRole('dialog', { name: 'Assistant is subscribed' })).toBeVisible();
}

async function makeKey(page: Page): Promise<string> {
  await openPage(page, at('applications/assistant'));
  await page.getByRole('button', { name: 'New key' }).first().click();
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('server');
  await page.getByRole('dialog').getByRole('button', { name: 'Make key' }).click();
  const secret = (await page.getByLabel('API key', { exact: true }).textContent())?.trim() ?? '';
  await page.getByRole('checkbox', { name: 'I have copied the key' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  return secret;
}

interface Ended {
  readonly status: number;
  readonly code: string | null;
}

/** Calls with the unmodified SDK: how one ended, and how many were answered. */
function caller(apiKey: string): { call: () => Promise<Ended>; served: number } {
  const client = new OpenAI({ baseURL: `${running().gatewayUrl}/v1`, apiKey, maxRetries: 0 });
  const calls = { served: 0, call };
  return calls;
  async function call(): Promise<Ended> {
    try {
      await client.chat.completions.create({ model: 'swift', messages: [{ role: 'user', content: 'Say hello.' }] });
      calls.served += 1;
      return { status: 200, code: null };
    } catch (error) {
      if (!(error instanceof APIError)) throw error;
      return { status: Number(error.status), code: error.code ?? null };
    }
  }
}

async function untilRefused(call: () => Promise<Ended>, status: number): Promise<{ used: number }> {
  for (let used = 0; used <= QUOTA; used += 1) {
    const ended = await call();
    if (ended.status === status) return { used };
    expect(ended.status).toBe(200);
  }
  throw new Error(`${QUOTA + 1} calls were answered`);
}

async function changePlan(page: Page): Promise<void> {
  await openPage(page, at('applications/assistant'));
  await page.getByRole('button', { name: 'Change plan' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: PAID }).click();
  await expect(dialog).toContainText(/is paid by card first|A card is left first/);
  await dialog.getByRole('button', { name: 'Go to checkout' }).click();
}

/** The page of the Stripe simulator that one was sent to, which says what it is. */
async function payWith(page: Page, card: RegExp): Promise<void> {
  await expect(page.getByRole('note')).toContainText('This is not Stripe, and no money moves');
  await page.getByRole('radio', { name: card }).check();
  await page.getByRole('button', { name: /^(Pay|Keep this card)/ }).click();
  await expect(page).toHaveURL(/\/billing\?done=/);
  await pageWorks(page);
}

async function useCard(page: Page, card: RegExp): Promise<void> {
  await openPage(page, at('billing'));
  await page.getByRole('button', { name: 'Use another card' }).click();
  await payWith(page, card);
  await expect(page.getByText('Your card is on file')).toBeVisible();
}

async function cancel(page: Page): Promise<void> {
  await openPage(page, at('applications/assistant'));
  await page.getByRole('list', { name: 'Subscriptions' }).getByRole('button', { name: 'Cancel' }).click();
  const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'));
  await expect(dialog).toContainText('final invoice');
  await dialog.getByRole('button', { name: 'Cancel subscription' }).click();
  await expect(dialog).toBeHidden();
}

async function idsOf(): Promise<{ subscription: string; account: string }> {
  const [found] = await rows<{ subscription: string; account: string }>(
    `SELECT s.id AS subscription, a.id AS account FROM subscriptions s JOIN tenants t ON t.id = s.consumer_tenant_id
     JOIN billing_accounts a ON a.tenant_id = s.tenant_id AND a.consumer_tenant_id = t.id WHERE t.slug = $1`,
    [slug],
  );
  return must(found, 'the customer’s account');
}

/** Waits until so many calls of the paid plan are rated and posted. */
async function rated(subscription: string, calls: number): Promise<void> {
  await poll('the calls to be rated', async () => {
    await rateNow(subscription);
    const [row] = await rows<{ calls: number; marked: number }>(
      `SELECT (SELECT coalesce(sum(quantity), 0)::int FROM accrual_lines WHERE subscription_id = $1 AND line LIKE 'usage/%') AS calls,
         (SELECT count(*)::int FROM rating_marks WHERE subscription_id = $1) AS marked`,
      [subscription],
    );
    return row?.calls === calls && row.marked === 0;
  });
}

/** Noon of a day in the month after this one. */
function afterMonth(months: number, day: number): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1 + months, day, 12));
}

/** The states of the invoices received, the newest first. */
async function expectInvoices(page: Page, states: readonly string[]): Promise<void> {
  await expect(async () => {
    await openPage(page, at('invoices'));
    const cells = page.getByRole('region', { name: 'Received invoices' }).getByRole('cell', { name: /^(Open|Paid)$/ });
    await expect(cells).toHaveText([...states], { timeout: 5_000 });
  }).toPass({ timeout: 30_000 });
}
