import { SUBSCRIPTION_STATES } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import { moveTo } from '@parley/domain/lifecycle';
import { SUBSCRIPTION_LIFECYCLE } from '@parley/domain/subscription-lifecycle';
import { announce, auditSystem } from './record.ts';

/** States from which a subscription can run out. */
const RUNNING = SUBSCRIPTION_STATES.filter((state) => moveTo(SUBSCRIPTION_LIFECYCLE, state, 'expire') !== null);

interface Row {
  tenantId: string;
  id: string;
  consumerTenantId: string;
  applicationId: string;
  apiName: string;
  applicationName: string;
  applicationSlug: string;
  publisherSlug: string;
  consumerSlug: string;
}

/** Moves subscriptions past their end to `expired`; audits, republishes and tells both sides. Returns how many. */
export async function expireSubscriptions(tx: Transaction, now: Date, limit: number): Promise<number> {
  const rows = await tx.$queryRaw<Row[]>`
    WITH due AS (
      SELECT tenant_id, id FROM subscriptions
      WHERE expires_at <= ${now} AND state::text = ANY (${RUNNING}::text[])
      ORDER BY expires_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ), moved AS (
      UPDATE subscriptions s SET state = 'expired', updated_at = ${now}
      FROM due WHERE s.tenant_id = due.tenant_id AND s.id = due.id RETURNING s.*
    )
    SELECT moved.tenant_id AS "tenantId", moved.id, moved.consumer_tenant_id AS "consumerTenantId",
      moved.application_id AS "applicationId", apis.name AS "apiName", applications.name AS "applicationName",
      applications.slug AS "applicationSlug", publisher.slug AS "publisherSlug", consumer.slug AS "consumerSlug"
    FROM moved
    JOIN apis ON apis.tenant_id = moved.tenant_id AND apis.id = moved.api_id
    JOIN applications ON applications.tenant_id = moved.consumer_tenant_id AND applications.id = moved.application_id
    JOIN tenants publisher ON publisher.id = moved.tenant_id
    JOIN tenants consumer ON consumer.id = moved.consumer_tenant_id`;
  for (const row of rows) await follow(tx, row);
  return rows.length;
}

async function follow(tx: Transaction, row: Row): Promise<void> {
  const { tenantId, consumerTenantId, applicationId } = row;
  const label = `${row.applicationName} → ${row.apiName}`;
  const act = { action: 'subscriptions.expire', subject: { kind: 'subscription', id: row.id, label }, detail: {} };
  for (const side of new Set([tenantId, consumerTenantId])) await auditSystem(tx, { ...act, tenantId: side });
  await announce(tx, consumerTenantId, 'snapshot.application', { tenantId: consumerTenantId, applicationId });
  const notice = { userId: null, kind: 'subscription.expired', mail: true };
  await announce(tx, consumerTenantId, 'notify.members', {
    ...notice,
    tenantId: consumerTenantId,
    permission: 'applications.write',
    title: `${row.applicationName}’s access to ${row.apiName} has ended`,
    body: 'The time it was granted for is over: its calls are refused now. Ask for access again to go on.',
    href: `/t/${row.consumerSlug}/applications/${row.applicationSlug}`,
  });
  if (tenantId === consumerTenantId) return;
  await announce(tx, tenantId, 'notify.members', {
    ...notice,
    mail: false,
    tenantId,
    permission: 'approvals.decide',
    title: `${row.applicationName}’s access to ${row.apiName} has ended`,
    body: 'The time it was granted for is over. Its calls are refused now.',
    href: `/t/${row.publisherSlug}/approvals`,
  });
}
