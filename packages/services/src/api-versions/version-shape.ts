import type { Transaction } from '@parley/db/client';
import { API_VERSION_LIFECYCLE, API_VERSION_STATES } from '@parley/domain/api-version-lifecycle';
import { movesFrom } from '@parley/domain/lifecycle';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { findApi } from '../apis/api-shape.ts';
import { readOffers } from '../prompts/offers.ts';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';
import { definitionOut, readStored, type StoredDefinition } from './definition-shape.ts';
import { servingProblems } from './serving-problems.ts';

export const changelogInput = z.string().max(10_000, 'At most 10,000 characters.');
export const revisionNoteInput = z.string().trim().max(500, 'At most 500 characters.').default('');

export const apiVersionShape = z.object({
  id: z.uuid(),
  api: z.string(),
  version: z.string(),
  state: z.enum(API_VERSION_STATES),
  /** Number of the revision being served; `null` before it serves anything. */
  revision: z.number().nullable(),
  definition: definitionOut.nullable(),
  changelog: z.string(),
  /** Where it answers once published. */
  url: z.string(),
  /** Moves of its lifecycle that may be made from its state. */
  moves: z.array(z.enum(['submit', 'withdraw', 'publish', 'deprecate', 'restore', 'retire'])),
  /** Why it could not be served if it were published now. */
  blockers: z.array(z.object({ path: z.string(), message: z.string() })),
  createdAt: timeShape,
  updatedAt: timeShape,
  publishedAt: optionalTimeShape,
  deprecatedAt: optionalTimeShape,
  sunsetAt: optionalTimeShape,
  retiredAt: optionalTimeShape,
});

/** A version of one of the open tenant's APIs, with its API. */
export async function findVersion(tx: Transaction, tenantId: string, apiSlug: string, version: string) {
  const api = await findApi(tx, tenantId, apiSlug);
  const row = await tx.apiVersion.findUnique({
    where: { tenantId_apiId_version: { tenantId, apiId: api.id, version } },
  });
  if (!row) throw new Fault('not_found', `“${apiSlug}” has no version “${version}”.`);
  return { api, row };
}

type FoundVersion = Awaited<ReturnType<typeof findVersion>>;

/** What a version serves now, with its imported document; `null` before its first revision. */
export async function servedRevision(
  tx: Transaction,
  { api, row }: FoundVersion,
): Promise<{ definition: StoredDefinition; openapi: unknown } | null> {
  const revision = await tx.apiRevision.findUnique({
    where: { tenantId_apiVersionId_number: { tenantId: row.tenantId, apiVersionId: row.id, number: row.revision } },
  });
  return revision ? { definition: readStored(api.kind, revision.definition), openapi: revision.openapi } : null;
}

/** Where callers reach a version. Model APIs share the gateway's OpenAI address; the key decides what it opens. */
export function versionUrl(
  gatewayUrl: string,
  tenant: string,
  api: { kind: string; slug: string },
  version: string,
): string {
  return api.kind === 'llm' ? `${gatewayUrl}/v1` : `${gatewayUrl}/${tenant}/${api.slug}/${version}`;
}

/** Reads everything a version's page shows. */
export async function apiVersionOut(
  tx: Transaction,
  gatewayUrl: string,
  found: FoundVersion,
): Promise<z.input<typeof apiVersionShape>> {
  const { api, row } = found;
  const { tenantId } = row;
  const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { slug: true } });
  const served = await servedRevision(tx, found);
  const stored = served?.definition ?? null;
  return {
    ...row,
    api: api.slug,
    revision: stored ? row.revision : null,
    definition: stored ? await named(tx, tenantId, stored) : null,
    url: versionUrl(gatewayUrl, tenant.slug, api, row.version),
    moves: movesFrom(API_VERSION_LIFECYCLE, row.state),
    blockers: await servingProblems(tx, tenantId, api.id, stored),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
    publishedAt: iso(row.publishedAt),
    deprecatedAt: iso(row.deprecatedAt),
    sunsetAt: iso(row.sunsetAt),
    retiredAt: iso(row.retiredAt),
  };
}

/** A stored definition with the prompt it points at named. */
export async function named(
  tx: Transaction,
  tenantId: string,
  stored: StoredDefinition,
): Promise<z.output<typeof definitionOut>> {
  if (stored.kind !== 'prompt') return stored;
  const { served } = await readOffers(tx, tenantId, stored);
  const version = await tx.promptVersion.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: served?.id ?? stored.promptVersionId } },
    select: { id: true, number: true, prompt: { select: { slug: true } } },
  });
  return { ...stored, promptVersionId: version.id, prompt: version.prompt.slug, promptVersion: version.number };
}
