import { planPricingSchema } from '@parley/contracts/plan-pricing';
import { type ApplicationSnapshot, applicationSnapshotSchema } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import { creditOf } from '@parley/db/repositories/ledger';
import { compileCredit } from './compile-credit.ts';

/** Of several subscriptions to one API at most one is in one of these states (the database sees to it). */
const LIVE: ReadonlySet<string> = new Set(['requested', 'approved', 'suspended']);

/**
 * Everything a gateway must know of an application as caller: every secret of every key (ended ones too, so that the
 * refusal can say why) and one subscription per API: the live one, else the latest. `null` when there is no such
 * application. Runs as a role that sees every tenant.
 */
export async function compileApplicationSnapshot(
  tx: Transaction,
  applicationId: string,
  version: number,
): Promise<ApplicationSnapshot | null> {
  const application = await tx.application.findFirst({
    where: { id: applicationId },
    select: { tenantId: true, slug: true, teamId: true },
  });
  if (!application) return null;
  const { tenantId } = application;
  const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { slug: true } });
  const snapshot: ApplicationSnapshot = {
    version,
    applicationId,
    tenantId,
    tenantSlug: tenant.slug,
    slug: application.slug,
    ...(application.teamId === null ? {} : { teamId: application.teamId }),
    keys: await secretsOf(tx, tenantId, applicationId),
    subscriptions: await subscriptionsOf(tx, tenantId, applicationId),
    ...(await knownBy(tx, tenantId, applicationId)),
  };
  return applicationSnapshotSchema.parse(snapshot);
}

async function secretsOf(
  tx: Transaction,
  tenantId: string,
  applicationId: string,
): Promise<ApplicationSnapshot['keys']> {
  const keys = await tx.apiKey.findMany({
    where: { tenantId, applicationId },
    orderBy: { id: 'asc' },
    include: { secrets: { orderBy: { id: 'asc' } } },
  });
  return keys.flatMap((key) =>
    key.secrets.map((secret) => ({
      id: key.id,
      hash: secret.hash,
      expiresAtMs: earlier(key.expiresAt, secret.expiresAt),
      revokedAtMs: earlier(key.revokedAt, secret.revokedAt),
      scopes: key.scopes,
    })),
  );
}

type Known = Pick<ApplicationSnapshot, 'identities' | 'certificates' | 'webhookSecrets' | 'sealedDataKey'>;

/** Identities, certificates and webhook secrets, and the data key where one of them is sealed. */
async function knownBy(tx: Transaction, tenantId: string, applicationId: string): Promise<Known> {
  const rows = await tx.applicationIdentity.findMany({ where: { tenantId, applicationId }, orderBy: { id: 'asc' } });
  const identities = rows.flatMap(({ id, kind, issuer, subject, scopes, sealed }) =>
    kind === 'certificate' ? [] : [{ id, kind, issuer, subject, scopes, sealed }],
  );
  const certificates = rows.flatMap(({ id, kind, issuer, subject, scopes }) =>
    kind === 'certificate' ? [{ id, issuer, subject, scopes }] : [],
  );
  const webhookSecrets = await webhookSecretsOf(tx, tenantId, applicationId);
  const known = { identities, certificates, ...(webhookSecrets.length > 0 ? { webhookSecrets } : {}) };
  if (webhookSecrets.length === 0 && !rows.some((row) => row.sealed !== null)) return known;
  const key = await tx.tenantKey.findFirstOrThrow({ where: { tenantId }, orderBy: { createdAt: 'desc' } });
  return { ...known, sealedDataKey: key.sealed };
}

async function webhookSecretsOf(
  tx: Transaction,
  tenantId: string,
  applicationId: string,
): Promise<NonNullable<ApplicationSnapshot['webhookSecrets']>> {
  const rows = await tx.webhookSecret.findMany({
    where: { tenantId, applicationId, use: 'verify', OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ id, name, sealed, expiresAt }) => ({
    id,
    name,
    sealed,
    expiresAtMs: expiresAt?.getTime() ?? null,
  }));
}

async function subscriptionsOf(
  tx: Transaction,
  tenantId: string,
  applicationId: string,
): Promise<ApplicationSnapshot['subscriptions']> {
  const rows = await tx.subscription.findMany({
    where: { consumerTenantId: tenantId, applicationId },
    orderBy: [{ requestedAt: 'asc' }, { id: 'asc' }],
  });
  const perApi = new Map<string, (typeof rows)[number]>();
  for (const row of rows) {
    const kept = perApi.get(row.apiId);
    if (!kept || LIVE.has(row.state) || !LIVE.has(kept.state)) perApi.set(row.apiId, row);
  }
  const publishers = await tx.tenant.findMany({
    where: { id: { in: [...new Set(rows.map((row) => row.tenantId))] } },
    select: { id: true, slug: true },
  });
  const billing = await billingOf(tx, tenantId, [...perApi.values()]);
  const credit = await compileCredit(tx, tenantId, [...perApi.values()]);
  const slugs = new Map(publishers.map((publisher) => [publisher.id, publisher.slug]));
  return [...perApi.values()].map((row) => ({
    id: row.id,
    publisherTenantId: row.tenantId,
    publisherSlug: slugs.get(row.tenantId) ?? '',
    apiId: row.apiId,
    planId: row.planId,
    state: row.state,
    expiresAtMs: row.expiresAt?.getTime() ?? null,
    ...billing(row),
    ...(credit.has(row.id) ? { credit: credit.get(row.id) } : {}),
  }));
}

type Billed = Pick<ApplicationSnapshot['subscriptions'][number], 'billing'>;
type Row = { readonly tenantId: string; readonly planId: string };

/** How the customer's account with the publisher stands, for each of its subscriptions. */
async function billingOf(
  tx: Transaction,
  consumerTenantId: string,
  rows: readonly Row[],
): Promise<(row: Row) => Billed> {
  const accounts = await tx.billingAccount.findMany({
    where: { consumerTenantId, tenantId: { in: [...new Set(rows.map((row) => row.tenantId))] } },
    select: { tenantId: true, id: true, standing: true },
  });
  if (accounts.length === 0) return () => ({});
  const prices = await tx.planPrice.findMany({
    where: { planId: { in: rows.map((row) => row.planId) }, effectiveFrom: { lte: new Date() } },
    orderBy: [{ effectiveFrom: 'desc' }, { number: 'desc' }],
    distinct: ['tenantId', 'planId'],
    select: { tenantId: true, planId: true, pricing: true },
  });
  const withCredit = new Set<string>();
  for (const account of accounts) if ((await creditOf(tx, account)) > 0n) withCredit.add(account.id);
  return ({ tenantId, planId }) => {
    const account = accounts.find((one) => one.tenantId === tenantId);
    if (account === undefined) return {};
    const price = prices.find((one) => one.tenantId === tenantId && one.planId === planId);
    const pricing = price && planPricingSchema.parse(price.pricing);
    const { id: accountId, standing } = account;
    const spent = pricing?.collection === 'prepaid' && !withCredit.has(accountId);
    return { billing: { accountId, standing, charges: (pricing?.rules.length ?? 0) > 0, ...(spent && { spent }) } };
  };
}

function earlier(a: Date | null, b: Date | null): number | null {
  if (!a || !b) return (a ?? b)?.getTime() ?? null;
  return Math.min(a.getTime(), b.getTime());
}
