import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { asJson } from '../given.ts';
import { translationOf } from '../policies/translations.ts';
import { readOffers } from '../prompts/offers.ts';
import { buildReference, type ReferenceTarget } from './build-reference.ts';
import { type ApiKind, readStored } from './definition-shape.ts';

/** Writes the reference of one version anew from its current revision. */
export async function writeReference(
  tx: Transaction,
  gatewayUrl: string,
  tenantId: string,
  apiVersionId: string,
): Promise<void> {
  const version = await tx.apiVersion.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: apiVersionId } },
    include: { api: true },
  });
  const revision = await tx.apiRevision.findUnique({
    where: { tenantId_apiVersionId_number: { tenantId, apiVersionId, number: version.revision } },
  });
  if (!revision) return;
  const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { slug: true, name: true } });
  const reference = buildReference({
    gatewayUrl,
    tenant,
    api: version.api,
    version: version.version,
    target: await targetOf(tx, tenantId, version.api.kind, revision),
  });
  await tx.apiVersion.update({
    where: { tenantId_id: { tenantId, id: apiVersionId } },
    data: { reference: asJson(reference) },
  });
}

/** Writes the references of every version of an API anew, after its name or description changed. */
export async function writeReferences(
  tx: Transaction,
  gatewayUrl: string,
  tenantId: string,
  apiId: string,
): Promise<void> {
  const versions = await tx.apiVersion.findMany({ where: { tenantId, apiId }, select: { id: true } });
  for (const { id } of versions) await writeReference(tx, gatewayUrl, tenantId, id);
}

async function targetOf(
  tx: Transaction,
  tenantId: string,
  kind: ApiKind,
  revision: { definition: unknown; openapi: unknown },
): Promise<ReferenceTarget> {
  const stored = readStored(kind, revision.definition);
  switch (stored.kind) {
    case 'rest':
      return {
        kind: 'rest',
        routes: stored.routes.map((route) => ({
          ...route,
          shape: translationOf(stored.policies, route)?.shape ?? null,
        })),
        openapi: revision.openapi,
      };
    case 'prompt': {
      const { served } = await readOffers(tx, tenantId, stored);
      if (!served) throw new Fault('invalid_state', 'Its prompt is gone. Choose another.');
      return { kind: 'prompt', definition: served.definition, labels: stored.policies?.promptLabels?.allow ?? [] };
    }
    case 'llm': {
      const models = await tx.model.findMany({
        where: { tenantId, slug: { in: stored.models } },
        select: { slug: true, name: true, capabilities: true },
        orderBy: { slug: 'asc' },
      });
      return { kind: 'llm', models };
    }
  }
}
