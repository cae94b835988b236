import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import type { Context } from '../context.ts';
import { asJson } from '../given.ts';
import { sameJson } from '../text/line-diff.ts';
import { asksContract, refuseUnkeepable } from './contract-of.ts';
import { type DefinitionInput, readStored } from './definition-shape.ts';
import { type Addressed, keptIds } from './kept-route-ids.ts';
import { type ResolvedDefinition, resolveDefinition } from './resolve-definition.ts';
import { definitionProblems } from './serving-problems.ts';
import type { findVersion } from './version-shape.ts';
import { writeReference } from './write-reference.ts';

export interface NewRevision {
  readonly definition: DefinitionInput;
  /** Imported OpenAPI document; `undefined` keeps the one of the revision before, `null` drops it. */
  readonly openapi?: unknown;
  readonly note: string;
}

/**
 * Appends a revision to a version and serves it: routes, reference and pointer follow in the same transaction. Gives back
 * the number; saving what is served already adds nothing. A version that callers can reach needs the right to publish.
 * Throws `invalid_input` beside what is wrong and `invalid_state` when the version's state does not allow a change.
 */
export async function appendRevision(
  tx: Transaction,
  context: Context,
  { api, row }: Awaited<ReturnType<typeof findVersion>>,
  next: NewRevision,
): Promise<{ number: number; added: boolean }> {
  const { tenantId, id: apiVersionId } = row;
  // Revisions come one after another: whoever changes a version waits for its row.
  const [locked] = await tx.$queryRaw<{ state: string }[]>`
    SELECT state::text FROM api_versions WHERE tenant_id = ${tenantId}::uuid AND id = ${apiVersionId}::uuid FOR UPDATE`;
  refuseByState(locked?.state ?? 'retired', context);
  const resolved = await resolveDefinition(tx, tenantId, api.kind, next.definition);
  const latest = await tx.apiRevision.findFirst({ where: { tenantId, apiVersionId }, orderBy: { number: 'desc' } });
  const before = latest ? readStored(api.kind, latest.definition) : null;
  const served = { ...resolved, policies: resolved.policies ?? before?.policies };
  if (locked?.state === 'published' || locked?.state === 'deprecated') await refuseUnservable(tx, tenantId, served);
  const definition = storedForm(served);
  const openapi = next.openapi === undefined ? (latest?.openapi ?? null) : next.openapi;
  if (latest && sameJson(latest.definition, definition) && sameJson(latest.openapi, openapi)) {
    return { number: latest.number, added: false };
  }
  if (asksContract(readStored(api.kind, definition))) refuseUnkeepable(api.kind, openapi);
  const number = (latest?.number ?? 0) + 1;
  await tx.apiRevision.create({
    data: {
      tenantId,
      id: newId(),
      apiVersionId,
      number,
      definition,
      ...(openapi === null ? {} : { openapi: asJson(openapi) }),
      note: next.note,
      createdById: context.userId,
    },
  });
  await tx.apiVersion.update({ where: { tenantId_id: { tenantId, id: apiVersionId } }, data: { revision: number } });
  if (resolved.kind === 'rest') {
    const served = before?.kind === 'rest' ? before.routes : [];
    await replaceRoutes(tx, { tenantId, apiVersionId, served }, resolved);
  }
  await writeReference(tx, context.settings.gatewayUrl, tenantId, apiVersionId);
  return { number, added: true };
}

function refuseByState(state: string, context: Context): void {
  if (state === 'retired')
    throw new Fault('invalid_state', 'This version is retired and stays as it was. Make a new version.');
  if (state === 'review')
    throw new Fault('invalid_state', 'This version is being reviewed. Withdraw it before you change it.');
  if (state !== 'draft' && !context.permissions.has('apis.publish')) {
    throw new Fault('forbidden', 'Callers use this version, so changing it needs the permission “apis.publish”.');
  }
}

async function refuseUnservable(tx: Transaction, tenantId: string, resolved: ResolvedDefinition): Promise<void> {
  const problems = await definitionProblems(tx, tenantId, resolved);
  if (problems.length > 0)
    throw new Fault('invalid_state', 'This could not be served to the callers it has.', problems);
}

function storedForm(resolved: ResolvedDefinition) {
  switch (resolved.kind) {
    case 'rest':
      return asJson({ routes: resolved.routes, policies: resolved.policies });
    case 'prompt':
      return asJson({
        promptVersionId: resolved.promptVersionId,
        ...(resolved.promptLabel ? { promptLabel: resolved.promptLabel } : {}),
        policies: resolved.policies,
      });
    case 'llm':
      return asJson({ models: resolved.models, policies: resolved.policies });
  }
}

/** The rows follow the revision; a route that stays keeps its id, so that its usage stays one line. */
async function replaceRoutes(
  tx: Transaction,
  { tenantId, apiVersionId, served }: { tenantId: string; apiVersionId: string; served: readonly Addressed[] },
  { routes, upstreamIds }: Extract<ResolvedDefinition, { kind: 'rest' }>,
): Promise<void> {
  const rows = await tx.route.findMany({ where: { tenantId, apiVersionId }, orderBy: { position: 'asc' } });
  const ids = keptIds(
    rows.map(({ id, method, path, position }) => {
      const { match, when } = served[position] ?? {};
      return { id, method, path, match, when };
    }),
    routes,
  );
  await tx.route.deleteMany({ where: { tenantId, apiVersionId } });
  await tx.route.createMany({
    data: routes.map((route, position) => ({
      tenantId,
      id: ids[position] ?? newId(),
      apiVersionId,
      method: route.method,
      path: route.path,
      summary: route.summary,
      upstreamId: upstreamIds.get(route.upstream) as string,
      upstreamPath: route.upstreamPath,
      position,
    })),
  });
}
