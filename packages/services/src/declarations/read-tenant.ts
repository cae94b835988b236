import { CAPABILITIES, type Capability } from '@parley/contracts/capabilities';
import { type DeclarationInput, declarationSchema } from '@parley/contracts/declaration';
import { planPricingSchema } from '@parley/contracts/plan-pricing';
import { PROVIDER_FORMATS } from '@parley/contracts/provider-format';
import type { IdentityKind } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { type ApiKind, readStored } from '../api-versions/definition-shape.ts';
import { readBudgets } from '../budgets/declared.ts';
import { readHosts } from '../hosts/host-shape.ts';
import { priceDeclared } from '../model-prices/price-shape.ts';

import { latestPartials } from '../prompt-partials/partial-shape.ts';
import type { StoredPrompt } from '../prompts/offers.ts';
import { readDefinition } from '../prompts/prompt-shape.ts';

import { keyLimitsOf, storedSettings } from '../providers/provider-shape.ts';

import { storedOptions } from '../upstreams/options.ts';
import type { TenantState } from './plan.ts';

/** The open tenant as a declaration in canonical form: lists by slug, defaults written out, no secrets. */
export async function readTenant(tx: Transaction, tenantId: string, nowMs: number): Promise<TenantState> {
  const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { slug: true } });
  const input: DeclarationInput = {
    parley: 1,
    tenant: tenant.slug,
    providers: await readProviders(tx, tenantId),
    models: await readModels(tx, tenantId, nowMs),
    upstreams: await readUpstreams(tx, tenantId),
    promptPartials: (await latestPartials(tx, tenantId)).map(({ slug, text }) => ({ slug, text })),
    prompts: await readPrompts(tx, tenantId),
    apis: await readApis(tx, tenantId, nowMs),
    hosts: (await readHosts(tx, tenantId)).map(({ host, api }) => (api === null ? { host } : { host, api })),
    applications: await readApplications(tx, tenantId, tenant.slug),
    budgets: await readBudgets(tx, tenantId),
  };
  const numbers = await tx.promptVersion.groupBy({ by: ['promptId'], where: { tenantId }, _max: { number: true } });
  const slugs = new Map(
    (await tx.prompt.findMany({ where: { tenantId }, select: { id: true, slug: true } })).map((one) => [
      one.id,
      one.slug,
    ]),
  );
  const latestPromptNumbers = new Map(numbers.map((one) => [slugs.get(one.promptId) ?? '', one._max.number ?? 0]));
  return { declaration: declarationSchema.parse(input), latestPromptNumbers };
}

async function readProviders(tx: Transaction, tenantId: string): Promise<DeclarationInput['providers']> {
  const rows = await tx.provider.findMany({
    where: { tenantId },
    orderBy: { slug: 'asc' },
    include: { keys: { where: { disabledAt: null }, orderBy: { label: 'asc' } } },
  });
  return rows.map((row) => ({
    slug: row.slug,
    name: row.name,
    ...(row.preset === null ? {} : { preset: row.preset }),
    format: z.enum(PROVIDER_FORMATS).parse(row.format),
    baseUrl: row.baseUrl,
    settings: storedSettings(row.settings),
    connectTimeoutMs: row.connectTimeoutMs,
    headersTimeoutMs: row.headersTimeoutMs,
    totalTimeoutMs: row.totalTimeoutMs,
    keys: row.keys.map((key) => {
      const limits = keyLimitsOf(key);
      return { label: key.label, weight: key.weight, ...(Object.keys(limits).length === 0 ? {} : { limits }) };
    }),
  }));
}

async function readModels(tx: Transaction, tenantId: string, nowMs: number): Promise<DeclarationInput['models']> {
  const rows = await tx.model.findMany({
    where: { tenantId, disabledAt: null },
    orderBy: { slug: 'asc' },
    include: {
      provider: { select: { slug: true } },
      prices: { where: { effectiveFrom: { lte: new Date(nowMs) } }, orderBy: { effectiveFrom: 'desc' }, take: 1 },
    },
  });
  return rows.map((row) => {
    const [price] = row.prices;
    return {
      slug: row.slug,
      name: row.name,
      provider: row.provider.slug,
      providerModel: row.providerModel,
      ...(row.contextTokens === null ? {} : { contextTokens: row.contextTokens }),
      ...(row.maxOutputTokens === null ? {} : { maxOutputTokens: row.maxOutputTokens }),
      capabilities: row.capabilities.filter((one): one is Capability => CAPABILITIES.some((known) => known === one)),
      ...(price ? { price: priceDeclared(price) } : {}),
    };
  });
}

async function readUpstreams(tx: Transaction, tenantId: string): Promise<DeclarationInput['upstreams']> {
  const rows = await tx.upstream.findMany({ where: { tenantId }, orderBy: { slug: 'asc' } });
  return rows.map(({ slug, name, baseUrl, connectTimeoutMs, headersTimeoutMs, totalTimeoutMs, options }) => ({
    slug,
    name,
    baseUrl,
    connectTimeoutMs,
    headersTimeoutMs,
    totalTimeoutMs,
    options: storedOptions(options),
  }));
}

async function readPrompts(tx: Transaction, tenantId: string): Promise<DeclarationInput['prompts']> {
  const rows = await tx.prompt.findMany({
    where: { tenantId },
    orderBy: { slug: 'asc' },
    include: {
      versions: { orderBy: { number: 'desc' }, take: 1 },
      labels: { orderBy: { label: 'asc' }, include: { version: { select: { number: true } } } },
    },
  });
  return rows.flatMap((row) => {
    const [latest] = row.versions;
    if (!latest) return [];
    // Shared texts are named in the messages, and are declared by themselves.
    const { partials: _, ...definition } = readDefinition(latest.definition);
    const labels = Object.fromEntries(row.labels.map(({ label, version }) => [label, version.number]));
    const named = row.labels.length > 0 ? { labels } : {};
    return [{ slug: row.slug, name: row.name, description: row.description, definition, ...named }];
  });
}

async function readApis(tx: Transaction, tenantId: string, nowMs: number): Promise<DeclarationInput['apis']> {
  const rows = await tx.api.findMany({
    where: { tenantId },
    orderBy: { slug: 'asc' },
    include: {
      team: { select: { slug: true } },
      aliases: { orderBy: { alias: 'asc' } },
      plans: {
        where: { archivedAt: null },
        orderBy: { position: 'asc' },
        include: {
          prices: { where: { effectiveFrom: { lte: new Date(nowMs) } }, orderBy: { effectiveFrom: 'desc' }, take: 1 },
        },
      },
      versions: { orderBy: { createdAt: 'asc' }, include: { revisions: { orderBy: { number: 'desc' } } } },
    },
  });
  const prompts = await tx.promptVersion.findMany({
    where: { tenantId },
    select: { id: true, number: true, prompt: { select: { slug: true } } },
  });
  const pointed = new Map(prompts.map((row) => [row.id, { prompt: row.prompt.slug, promptVersion: row.number }]));
  const promptOf = ({ promptVersionId, promptLabel }: StoredPrompt) => {
    const found = pointed.get(promptVersionId);
    return found && promptLabel ? { prompt: found.prompt, promptLabel } : { ...found };
  };
  return rows.map((row) => ({
    slug: row.slug,
    name: row.name,
    kind: row.kind,
    summary: row.summary,
    description: row.description,
    category: row.category,
    tags: row.tags,
    visibility: row.visibility,
    ...(row.team ? { team: row.team.slug } : {}),
    maxBodyBytes: row.maxBodyBytes,
    plans: row.plans.map((plan) => ({
      slug: plan.slug,
      name: plan.name,
      description: plan.description,
      limits: plan.limits as { requests: number; windowSeconds: number }[],
      approval: plan.approval,
      ...(plan.prices[0] ? { price: planPricingSchema.parse(plan.prices[0].pricing) } : {}),
    })),
    aliases: Object.fromEntries(
      row.aliases.flatMap(({ alias, apiVersionId }) => {
        const version = row.versions.find(({ id }) => id === apiVersionId);
        return version ? [[alias, version.version]] : [];
      }),
    ),
    versions: row.versions.map((version) => ({
      version: version.version,
      state: version.state === 'review' ? 'draft' : version.state,
      changelog: version.changelog,
      ...definitionOf(
        row.kind,
        version.revisions.find((one) => one.number === version.revision),
        promptOf,
      ),
    })),
  }));
}

type VersionInput = NonNullable<NonNullable<DeclarationInput['apis']>[number]['versions']>[number];
type DefinitionInput = Pick<
  VersionInput,
  'routes' | 'prompt' | 'promptVersion' | 'promptLabel' | 'models' | 'policies' | 'openapi'
>;

function definitionOf(
  kind: ApiKind,
  revision: { readonly definition: unknown; readonly openapi: unknown } | undefined,
  promptOf: (stored: StoredPrompt) => Pick<DefinitionInput, 'prompt' | 'promptVersion' | 'promptLabel'>,
): DefinitionInput {
  if (revision === undefined) return {};
  const stored = readStored(kind, revision.definition);
  const openapi = revision.openapi as VersionInput['openapi'] | null;
  const policies = stored.policies ? { policies: stored.policies } : {};
  switch (stored.kind) {
    case 'llm':
      return { models: stored.models, ...policies };
    case 'prompt':
      return { ...promptOf(stored), ...policies };
    case 'rest':
      return {
        ...policies,
        ...(openapi ? { openapi } : {}),
        routes: stored.routes.map(({ upstreamPath, ...route }) => (upstreamPath ? { ...route, upstreamPath } : route)),
      };
  }
}

async function readApplications(
  tx: Transaction,
  tenantId: string,
  tenantSlug: string,
): Promise<DeclarationInput['applications']> {
  const rows = await tx.application.findMany({
    where: { tenantId, deletedAt: null },
    orderBy: { slug: 'asc' },
    include: {
      keys: { where: { revokedAt: null }, orderBy: { name: 'asc' } },
      identities: { orderBy: { name: 'asc' } },
      subscriptions: {
        where: { state: { in: ['requested', 'approved', 'suspended'] } },
        include: { api: { select: { slug: true } }, plan: { select: { slug: true } } },
      },
    },
  });
  const publisherIds = [...new Set(rows.flatMap((row) => row.subscriptions.map((one) => one.tenantId)))];
  const publishers = await tx.tenant.findMany({
    where: { id: { in: publisherIds } },
    select: { id: true, slug: true },
  });
  const slugOf = new Map(publishers.map((publisher) => [publisher.id, publisher.slug]));
  return rows.map((row) => ({
    slug: row.slug,
    name: row.name,
    description: row.description,
    subscriptions: row.subscriptions
      .map((one) => ({
        api: `${slugOf.get(one.tenantId) ?? tenantSlug}/${one.api.slug}`,
        plan: one.plan.slug,
        reason: one.reason,
      }))
      .sort((a, b) => (a.api < b.api ? -1 : 1)),
    keys: row.keys.map((key) => ({
      name: key.name,
      ...(key.expiresAt ? { expiresAt: key.expiresAt.toISOString() } : {}),
      ...(key.scopes.length > 0 ? { scopes: key.scopes } : {}),
    })),
    identities: row.identities.map(({ name, kind, issuer, subject, scopes }) =>
      identityDeclaration({ name, kind, issuer, subject, scopes }),
    ),
  }));
}

type IdentityRow = Readonly<{ name: string; kind: IdentityKind; issuer: string; subject: string; scopes: string[] }>;

/** An identity by what it is registered with; a shared secret has only its scopes to tell. */
function identityDeclaration({ name, kind, issuer, subject, scopes }: IdentityRow) {
  if (kind === 'client') return { name, kind, issuer, subject };
  return kind === 'hmac' ? { name, kind, scopes } : { name, kind, issuer, subject, scopes };
}
