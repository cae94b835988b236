import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import type { Context } from '../context.ts';

const LIVE = ['requested', 'approved', 'suspended'] as const;

/**
 * The published API of that publisher and short name as the caller may see it in the catalogue: public ones everyone;
 * a tenant's own its members; a team's own the team's members and those who may write APIs; any to a tenant with a live
 * subscription. Throws `not_found` otherwise, as if there were none.
 */
export async function visibleApi(tx: Transaction, context: Context, names: { publisher: string; api: string }) {
  const publisher = await tx.tenant.findUnique({ where: { slug: names.publisher } });
  const api = publisher
    ? await tx.api.findFirst({ where: { tenantId: publisher.id, slug: names.api, publishedAt: { not: null } } })
    : null;
  if (!publisher || !api || !(await maySee(tx, context, api))) {
    throw new Fault('not_found', `There is no API “${names.publisher}/${names.api}” in the catalogue.`);
  }
  return { publisher, api };
}

async function maySee(
  tx: Transaction,
  context: Context,
  api: { id: string; tenantId: string; visibility: string; teamId: string | null },
): Promise<boolean> {
  if (api.visibility === 'public') return true;
  if (!context.tenantId) return false;
  if (api.tenantId === context.tenantId) {
    return (
      api.visibility === 'tenant' || context.permissions.has('apis.write') || (await inTeam(tx, context, api.teamId))
    );
  }
  const live = await tx.subscription.count({
    where: { tenantId: api.tenantId, apiId: api.id, consumerTenantId: context.tenantId, state: { in: [...LIVE] } },
  });
  return live > 0;
}

async function inTeam(tx: Transaction, context: Context, teamId: string | null): Promise<boolean> {
  if (!teamId || !context.userId || !context.tenantId) return false;
  const { tenantId, userId } = context;
  return (await tx.teamMember.count({ where: { tenantId, teamId, membership: { userId } } })) > 0;
}
