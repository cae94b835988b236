import { budgetSnapshotSchema } from '@parley/contracts/budget';
import { limitSchema, type TenantSnapshot, tenantSnapshotSchema } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { effectiveNano } from '../budgets/budget-shape.ts';
import { priceSnapshot } from '../model-prices/price-row.ts';

import { readPromptBook } from '../prompts/offers.ts';
import { readStoredPrompt } from '../prompts/prompt-users.ts';

import { keyLimitsOf, storedSettings } from '../providers/provider-shape.ts';

import { storedOptions } from '../upstreams/options.ts';
import { compileContract, compileTarget } from './target-shape.ts';

/** Versions in these states are known to the gateway: served, served with a warning, or refused as retired. */
const PUBLIC_STATES = ['published', 'deprecated', 'retired'] as const;
/** A plan that was archived stays in force for subscriptions in these states. */
const LIVE_SUBSCRIPTIONS = ['requested', 'approved', 'suspended'] as const;

/**
 * Everything a gateway must know of a tenant as publisher, read in the caller's transaction and checked against the
 * contract. `version` orders documents (sequence `snapshot_version`). `null` when there is no such tenant. Runs as a role
 * that sees every tenant, so each query names the tenant itself.
 */
export async function compileTenantSnapshot(
  tx: Transaction,
  tenantId: string,
  version: number,
): Promise<TenantSnapshot | null> {
  const tenant = await tx.tenant.findUnique({ where: { id: tenantId }, select: { slug: true, timezone: true } });
  if (!tenant) return null;
  const key = await tx.tenantKey.findFirstOrThrow({ where: { tenantId }, orderBy: { createdAt: 'desc' } });
  const snapshot: TenantSnapshot = {
    version,
    tenantId,
    slug: tenant.slug,
    sealedDataKey: key.sealed,
    timeZone: tenant.timezone,
    hosts: await hostsOf(tx, tenantId),
    ...(await budgetsOf(tx, tenantId)),
    upstreams: await upstreamsOf(tx, tenantId),
    ...(await providersOf(tx, tenantId)),
    models: await modelsOf(tx, tenantId),
    apis: await apisOf(tx, tenantId),
  };
  return tenantSnapshotSchema.parse(snapshot);
}

async function hostsOf(tx: Transaction, tenantId: string): Promise<NonNullable<TenantSnapshot['hosts']>> {
  const where = { tenantId, state: 'verified' as const };
  const rows = await tx.tenantHost.findMany({ where, orderBy: { host: 'asc' } });
  return rows.map(({ host, apiId }) => ({ host, apiId }));
}

/** Hard budgets in force, with what was granted for a while. */
async function budgetsOf(tx: Transaction, tenantId: string): Promise<Pick<TenantSnapshot, 'budgets'>> {
  const rows = await tx.budget.findMany({
    where: { tenantId, mode: 'hard', archivedAt: null },
    include: { increases: { where: { state: 'approved' } } },
    orderBy: { id: 'asc' },
  });
  if (rows.length === 0) return {};
  const now = new Date();
  return {
    budgets: rows.map(({ id, name, scope, subject, period, amountNano, currency, increases }) =>
      budgetSnapshotSchema.parse({
        id,
        name,
        scope,
        subject,
        period,
        amountNano: effectiveNano(amountNano, increases, now).toString(),
        currency,
      }),
    ),
  };
}

async function upstreamsOf(tx: Transaction, tenantId: string): Promise<TenantSnapshot['upstreams']> {
  const rows = await tx.upstream.findMany({ where: { tenantId }, orderBy: { slug: 'asc' } });
  return rows.map((row) => ({
    id: row.id,
    slug: row.slug,
    baseUrl: row.baseUrl,
    timeouts: timeoutsOf(row),
    auth: row.authHeader && row.sealedAuth ? { header: row.authHeader, sealed: row.sealedAuth } : null,
    options: storedOptions(row.options),
    discoveryToken: row.sealedDiscoveryToken,
  }));
}

async function providersOf(
  tx: Transaction,
  tenantId: string,
): Promise<Pick<TenantSnapshot, 'providers' | 'formattedProviders'>> {
  const rows = await tx.provider.findMany({
    where: { tenantId },
    orderBy: { slug: 'asc' },
    include: { keys: { where: { disabledAt: null }, orderBy: { createdAt: 'asc' } } },
  });
  const all = rows.map((row) => ({
    format: row.format,
    fields: {
      id: row.id,
      slug: row.slug,
      baseUrl: row.baseUrl,
      timeouts: timeoutsOf(row),
      keys: row.keys.map((key) => {
        const { id, sealed, weight } = key;
        const limits = keyLimitsOf(key);
        return { id, sealed, weight, ...(Object.keys(limits).length === 0 ? {} : { limits }) };
      }),
      preset: row.preset,
      settings: storedSettings(row.settings),
    },
  }));
  return {
    providers: all
      .filter(({ format }) => format === 'openai_chat')
      .map(({ fields }) => ({ ...fields, kind: 'openai_compatible' as const })),
    formattedProviders: all
      .filter(({ format }) => format !== 'openai_chat')
      .map(({ format, fields }) => ({ ...fields, format })),
  };
}

async function modelsOf(tx: Transaction, tenantId: string): Promise<TenantSnapshot['models']> {
  const rows = await tx.model.findMany({
    where: { tenantId, disabledAt: null },
    orderBy: { slug: 'asc' },
    include: { prices: { orderBy: { effectiveFrom: 'desc' } } },
  });
  return rows.map((row) => ({
    id: row.id,
    slug: row.slug,
    providerId: row.providerId,
    providerModel: row.providerModel,
    contextTokens: row.contextTokens,
    maxOutputTokens: row.maxOutputTokens,
    capabilities: row.capabilities,
    createdAtMs: row.createdAt.getTime(),
    prices: row.prices.map(priceSnapshot),
  }));
}

async function apisOf(tx: Transaction, tenantId: string): Promise<TenantSnapshot['apis']> {
  const rows = await tx.api.findMany({
    where: { tenantId, versions: { some: { state: { in: [...PUBLIC_STATES] } } } },
    orderBy: { slug: 'asc' },
    include: {
      aliases: { orderBy: { alias: 'asc' } },
      versions: {
        where: { state: { in: [...PUBLIC_STATES] } },
        orderBy: { createdAt: 'asc' },
        include: { routes: { orderBy: { position: 'asc' } } },
      },
      plans: {
        where: {
          OR: [{ archivedAt: null }, { subscriptions: { some: { state: { in: [...LIVE_SUBSCRIPTIONS] } } } }],
        },
        orderBy: { position: 'asc' },
      },
    },
  });
  const versions = rows.flatMap((row) => row.versions);
  const revisions = await tx.apiRevision.findMany({
    where: {
      tenantId,
      OR: versions.map((version) => ({ apiVersionId: version.id, number: version.revision })),
    },
  });
  const definitions = new Map(revisions.map((revision) => [revision.apiVersionId, revision.definition]));
  const documents = new Map(revisions.map((revision) => [revision.apiVersionId, revision.openapi]));
  const served = rows
    .filter(({ kind }) => kind === 'prompt')
    .flatMap((row) => row.versions.flatMap(({ id }) => definitions.get(id) ?? []));
  const prompts = await readPromptBook(tx, tenantId, served.map(readStoredPrompt));
  const prepaid = await prepaidPlans(tx, tenantId);

  return rows.map((row) => ({
    id: row.id,
    slug: row.slug,
    name: row.name,
    maxBodyBytes: row.maxBodyBytes,
    versions: row.versions.map((version) => ({
      id: version.id,
      version: version.version,
      state: z.enum(PUBLIC_STATES).parse(version.state),
      deprecatedAtMs: version.deprecatedAt?.getTime() ?? null,
      sunsetAtMs: version.sunsetAt?.getTime() ?? null,
      ...(version.cacheGeneration > 0 ? { cacheGeneration: version.cacheGeneration } : {}),
      ...compileTarget(row.kind, definitions.get(version.id), version.routes, prompts),
      ...compileContract(row.kind, definitions.get(version.id), documents.get(version.id)),
    })),
    ...(row.aliases.length > 0
      ? { aliases: row.aliases.map(({ alias, apiVersionId }) => ({ alias, versionId: apiVersionId })) }
      : {}),
    plans: row.plans.map((plan) => ({
      id: plan.id,
      slug: plan.slug,
      limits: z.array(limitSchema).parse(plan.limits),
    })),
    ...(row.plans.some((plan) => prepaid.has(plan.id)) ? { prepaid: true } : {}),
  }));
}

/** Plans of which some version of the price is paid from credit. */
async function prepaidPlans(tx: Transaction, tenantId: string): Promise<ReadonlySet<string>> {
  const rows = await tx.planPrice.findMany({
    where: { tenantId, pricing: { path: ['collection'], equals: 'prepaid' } },
    distinct: ['planId'],
    select: { planId: true },
  });
  return new Set(rows.map(({ planId }) => planId));
}

function timeoutsOf(row: { connectTimeoutMs: number; headersTimeoutMs: number; totalTimeoutMs: number }) {
  return { connectMs: row.connectTimeoutMs, headersMs: row.headersTimeoutMs, totalMs: row.totalTimeoutMs };
}
