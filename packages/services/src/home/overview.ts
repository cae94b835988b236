import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { iso } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { type Overview, overviewShape } from './overview-shape.ts';
import { readSetup } from './read-setup.ts';
import { readErrors, readTraffic, type View } from './read-traffic.ts';

/**
 * Everything the home page shows, in one call: the first steps and how far they are, and once there is traffic, the
 * last 24 hours against the 24 before, what went wrong, who waits, what was changed. Parts that the caller may not see
 * are `null`.
 */
export const readOverview = defineVerb({
  name: 'home.overview',
  summary: 'First steps, traffic of the last day, errors, approvals waiting and recent changes.',
  kind: 'read',
  access: 'tenant.read',
  rest: { method: 'GET', path: '/overview' },
  input: z.object({
    view: z
      .enum(['published', 'consumed'])
      .optional()
      .describe('Whose calls to count; by default those to the tenant’s own APIs where there are any.'),
  }),
  output: overviewShape,
  run: async ({ tx, input, context, tenantId }) => {
    const now = new Date();
    const setup = await readSetup(tx, tenantId);
    const sides = await readSides(tx, tenantId);
    const view: View = input.view ?? (sides.publisher || !sides.consumer ? 'published' : 'consumed');
    const mayReadUsage = context.permissions.has('usage.read');
    return {
      view,
      bothViews: sides.publisher && sides.consumer,
      established: sides.publisher || sides.consumer,
      setup,
      traffic: mayReadUsage ? await readTraffic(tx, tenantId, view, now) : null,
      errors: mayReadUsage ? await readErrors(tx, tenantId, view, now) : [],
      approvals: context.permissions.has('approvals.read') ? await readWaiting(tx, tenantId) : null,
      audit: context.permissions.has('audit.read') ? await readRecent(tx, tenantId) : null,
    };
  },
});

async function readSides(tx: Transaction, tenantId: string): Promise<{ publisher: boolean; consumer: boolean }> {
  const [row] = await tx.$queryRaw<[{ publisher: boolean; consumer: boolean }]>`
    SELECT
      EXISTS (SELECT 1 FROM usage_rollups WHERE tenant_id = ${tenantId}::uuid AND consumer_tenant_id <> tenant_id)
        OR EXISTS (SELECT 1 FROM usage_rollups WHERE tenant_id = ${tenantId}::uuid
          AND api_id <> '00000000-0000-0000-0000-000000000000') AS publisher,
      EXISTS (SELECT 1 FROM usage_rollups WHERE consumer_tenant_id = ${tenantId}::uuid) AS consumer`;
  return row;
}

async function readWaiting(tx: Transaction, tenantId: string): Promise<Overview['approvals']> {
  const where = { tenantId, state: 'requested' as const };
  const waiting = await tx.subscription.count({ where });
  if (waiting === 0) return { waiting, items: [] };
  const rows = await tx.subscription.findMany({
    where,
    orderBy: { requestedAt: 'asc' },
    take: 4,
    include: { api: { select: { name: true } }, application: { select: { name: true } } },
  });
  const applicants = await tx.tenant.findMany({
    where: { id: { in: rows.map((row) => row.consumerTenantId) } },
    select: { id: true, name: true },
  });
  const names = new Map(applicants.map((tenant) => [tenant.id, tenant.name]));
  return {
    waiting,
    items: rows.map((row) => ({
      id: row.id,
      applicant: names.get(row.consumerTenantId) ?? '',
      application: row.application.name,
      api: row.api.name,
      requestedAt: iso(row.requestedAt),
    })),
  };
}

async function readRecent(tx: Transaction, tenantId: string): Promise<Overview['audit']> {
  const rows = await tx.auditEntry.findMany({
    where: { tenantId },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: 6,
  });
  return rows.map((row) => ({
    id: row.id,
    at: iso(row.at),
    actor: row.actorLabel,
    action: row.action,
    subject: row.subjectLabel,
  }));
}
