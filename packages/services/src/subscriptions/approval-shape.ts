import { SUBSCRIPTION_STATES, type SubscriptionState } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { atTheLimit, readLimits } from '../catalogue/limit-words.ts';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';

/** A request or subscription as the publisher sees it. */
export const approvalShape = z.object({
  id: z.uuid(),
  state: z.enum(SUBSCRIPTION_STATES),
  /** Who asks: the tenant, and the person's name where a person asked. */
  applicant: z.object({ slug: z.string(), name: z.string(), person: z.string().nullable() }),
  application: z.object({ name: z.string(), description: z.string() }),
  api: z.object({ slug: z.string(), name: z.string() }),
  plan: z.object({
    slug: z.string(),
    name: z.string(),
    approval: z.enum(['auto', 'manual']),
    words: z.array(z.string()),
  }),
  reason: z.string(),
  requestedAt: timeShape,
  decidedAt: optionalTimeShape,
  /** Name of the person who decided last; `null` for tokens, the system, or a plan without approval. */
  decidedBy: z.string().nullable(),
  decisionReason: z.string(),
  expiresAt: optionalTimeShape,
  /** What is known of the applicant at this publisher. */
  past: z.object({
    /** Other subscriptions of the same tenant to the publisher's APIs, by how they stand. */
    approved: z.number().int(),
    refused: z.number().int(),
    revoked: z.number().int(),
    /** Calls in the last 30 days and how many of them were answered 4xx or 5xx. */
    calls: z.number().int(),
    clientErrors: z.number().int(),
    serverErrors: z.number().int(),
  }),
});
export type ApprovalView = z.input<typeof approvalShape>;

/** The publisher's subscriptions that match, in the order asked, with names and the applicants' past. */
export async function readApprovals(
  tx: Transaction,
  tenantId: string,
  which: {
    ids?: readonly string[];
    states?: readonly SubscriptionState[];
    api?: string;
    after?: string;
    oldestFirst?: boolean;
    limit: number;
  },
): Promise<ApprovalView[]> {
  const direction = which.oldestFirst ? 'asc' : 'desc';
  const rows = await tx.subscription.findMany({
    where: {
      tenantId,
      ...(which.states ? { state: { in: [...which.states] } } : {}),
      ...(which.api ? { api: { slug: which.api } } : {}),
      ...(which.ids ? { id: { in: [...which.ids] } } : {}),
      ...(which.after ? { id: which.oldestFirst ? { gt: which.after } : { lt: which.after } } : {}),
    },
    orderBy: { id: direction },
    take: which.limit,
    include: { api: true, plan: true, application: true },
  });
  const tenants = await tx.tenant.findMany({ where: { id: { in: rows.map((row) => row.consumerTenantId) } } });
  const tenantNames = new Map(tenants.map(({ id, slug, name }) => [id, { slug, name }]));
  const people = await namesOf(
    tx,
    rows.flatMap((row) => [row.requestedById, row.decidedById]),
  );
  const past = await readPast(tx, tenantId, [...new Set(rows.map((row) => row.consumerTenantId))]);
  return rows.map((row) => ({
    ...row,
    applicant: {
      ...(tenantNames.get(row.consumerTenantId) ?? { slug: '', name: '' }),
      person: people.get(row.requestedById ?? '') ?? null,
    },
    plan: { ...row.plan, words: atTheLimit(readLimits(row.plan.limits)) },
    requestedAt: iso(row.requestedAt),
    decidedAt: iso(row.decidedAt),
    decidedBy: people.get(row.decidedById ?? '') ?? null,
    expiresAt: iso(row.expiresAt),
    past: without(past.get(row.consumerTenantId) ?? NO_PAST, row.state),
  }));
}

async function namesOf(tx: Transaction, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const known = ids.filter((id) => id !== null);
  const users = await tx.user.findMany({ where: { id: { in: known } }, select: { id: true, name: true } });
  return new Map(users.map((user) => [user.id, user.name]));
}

type Past = ApprovalView['past'];
const NO_PAST: Past = { approved: 0, refused: 0, revoked: 0, calls: 0, clientErrors: 0, serverErrors: 0 };

/** Past behaviour per consumer tenant at this publisher. */
async function readPast(tx: Transaction, tenantId: string, consumers: readonly string[]): Promise<Map<string, Past>> {
  const rows = await tx.$queryRaw<(Past & { consumer: string })[]>`
    SELECT c.id AS consumer, d.approved, d.refused, d.revoked, u.calls, u."clientErrors", u."serverErrors"
    FROM unnest(${[...consumers]}::uuid[]) AS c(id)
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE state = 'approved')::int AS approved, count(*) FILTER (WHERE state = 'refused')::int AS refused,
        count(*) FILTER (WHERE state = 'revoked')::int AS revoked
      FROM subscriptions WHERE tenant_id = ${tenantId}::uuid AND consumer_tenant_id = c.id) d
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(requests), 0)::float8 AS calls, coalesce(sum(client_errors), 0)::float8 AS "clientErrors",
        coalesce(sum(server_errors), 0)::float8 AS "serverErrors"
      FROM usage_rollups WHERE tenant_id = ${tenantId}::uuid AND consumer_tenant_id = c.id AND hour > now() - interval '30 days') u`;
  return new Map(rows.map(({ consumer, ...past }) => [consumer, past]));
}

/** The past apart from the row itself. */
function without(past: Past, state: SubscriptionState): Past {
  if (state !== 'approved' && state !== 'refused' && state !== 'revoked') return past;
  return { ...past, [state]: past[state] - 1 };
}
