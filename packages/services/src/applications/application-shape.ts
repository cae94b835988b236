import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { isId } from '@parley/kernel/id';
import { z } from 'zod';
import { dayOf, firstIdAt, TWO_HOURS_MS } from '../keys/last-use.ts';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';

/** How inputs name an application: its short name or its id. */
export const applicationRef = z
  .string()
  .min(1, 'Name the application.')
  .max(63)
  .describe('Short name or id of the application.');

export const descriptionShape = z.string().trim().max(2000, 'At most 2,000 characters.');

export const applicationShape = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  createdAt: timeShape,
  updatedAt: timeShape,
  /** Keys that open something today. */
  liveKeys: z.number().int(),
  /** Subscriptions in force, paused ones included. */
  liveSubscriptions: z.number().int(),
  /** Subscriptions that wait for their publisher. */
  waitingSubscriptions: z.number().int(),
  /** Last call: exact for the last two hours, to the hour before that; `null` for none in 90 days. */
  lastUsedAt: optionalTimeShape,
});
export type ApplicationView = z.input<typeof applicationShape>;

/** The application of that short name or id in the open tenant; throws `not_found`. Deleted ones are gone. */
export async function findApplication(tx: Transaction, tenantId: string, ref: string) {
  const found = await tx.application.findFirst({
    where: { tenantId, deletedAt: null, ...(isId(ref) ? { OR: [{ id: ref }, { slug: ref }] } : { slug: ref }) },
  });
  if (!found) throw new Fault('not_found', `There is no application “${ref}” in this tenant.`);
  return found;
}

interface Row {
  id: string;
  slug: string;
  name: string;
  description: string;
  createdAt: Date;
  updatedAt: Date;
  liveKeys: number;
  liveSubscriptions: number;
  waitingSubscriptions: number;
  lastUsedAt: Date | null;
}

/** Applications of the open tenant with their counts, newest first; `before` is the id to continue after. */
export async function readApplications(
  tx: Transaction,
  tenantId: string,
  which: { id?: string; before?: string; text?: string; limit: number },
): Promise<ApplicationView[]> {
  const since = new Date(Date.now() - TWO_HOURS_MS);
  const rows = await tx.$queryRaw<Row[]>`
    WITH used AS (
      SELECT application_id, max(at) AS at FROM (
        SELECT application_id, max(hour) AS at FROM usage_rollups
        WHERE consumer_tenant_id = ${tenantId}::uuid AND hour > now() - interval '90 days' GROUP BY 1
        UNION ALL
        SELECT application_id, max(occurred_at) FROM usage_events
        WHERE consumer_tenant_id = ${tenantId}::uuid AND event_day >= ${dayOf(since)}::date AND id >= ${firstIdAt(since)}::uuid
        GROUP BY 1) uses
      GROUP BY 1)
    SELECT a.id, a.slug, a.name, a.description, a.created_at AS "createdAt", a.updated_at AS "updatedAt",
      (SELECT count(*)::int FROM api_keys k WHERE k.tenant_id = a.tenant_id AND k.application_id = a.id
        AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())) AS "liveKeys",
      s.live AS "liveSubscriptions", s.waiting AS "waitingSubscriptions", used.at AS "lastUsedAt"
    FROM applications a
    LEFT JOIN used ON used.application_id = a.id
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE state IN ('approved', 'suspended'))::int AS live,
        count(*) FILTER (WHERE state = 'requested')::int AS waiting
      FROM subscriptions WHERE consumer_tenant_id = a.tenant_id AND application_id = a.id) s
    WHERE a.tenant_id = ${tenantId}::uuid AND a.deleted_at IS NULL
      AND (${which.id ?? null}::uuid IS NULL OR a.id = ${which.id ?? null}::uuid)
      AND (${which.before ?? null}::uuid IS NULL OR a.id < ${which.before ?? null}::uuid)
      AND (${which.text ?? null}::text IS NULL OR position(lower(${which.text ?? ''}) IN lower(a.name || ' ' || a.slug)) > 0)
    ORDER BY a.id DESC
    LIMIT ${which.limit}`;
  return rows.map((row) => ({
    ...row,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
    lastUsedAt: iso(row.lastUsedAt),
  }));
}

/** One application with its counts. */
export async function readApplication(tx: Transaction, tenantId: string, id: string): Promise<ApplicationView> {
  const [view] = await readApplications(tx, tenantId, { id, limit: 1 });
  if (!view) throw new Fault('not_found', 'This application is gone.');
  return view;
}
