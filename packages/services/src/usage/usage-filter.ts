import { z } from 'zod';
import type { SqlValues } from './sql-values.ts';

/** Which calls: of the tenant's own APIs, by its own applications, or both (each call once). */
export const SIDES = ['all', 'published', 'consumed'] as const;
export type Side = (typeof SIDES)[number];

/** Narrows usage down; the fields are columns of events and rollups alike. */
export const usageFilterInput = z.object({
  side: z.enum(SIDES).default('all'),
  apiId: z.uuid().optional(),
  apiVersionId: z.uuid().optional(),
  applicationId: z.uuid().optional(),
  keyId: z.uuid().optional(),
  planId: z.uuid().optional(),
  model: z.string().max(120).optional(),
  /** Tenant whose application calls. */
  consumerTenantId: z.uuid().optional(),
});
export type UsageFilter = z.output<typeof usageFilterInput>;

const UUID_COLUMNS = {
  apiId: 'api_id',
  apiVersionId: 'api_version_id',
  applicationId: 'application_id',
  keyId: 'key_id',
  planId: 'plan_id',
  consumerTenantId: 'consumer_tenant_id',
} as const;

/** Conditions on the filter's columns, as SQL joined by AND; TRUE for none. The side is not among them. */
export function filterSql(filter: UsageFilter, values: SqlValues): string {
  const conditions: string[] = [];
  for (const [field, column] of Object.entries(UUID_COLUMNS)) {
    const value = filter[field as keyof typeof UUID_COLUMNS];
    if (value !== undefined) conditions.push(`${column} = ${values.add(value, 'uuid')}`);
  }
  if (filter.model !== undefined) conditions.push(`model = ${values.add(filter.model, 'text')}`);
  return conditions.join(' AND ') || 'TRUE';
}

/** The condition of the side. The tenant must be given: what row-level security would allow is both sides. */
export function sideSql(side: Side, tenantId: string, values: SqlValues): string {
  const mine = values.add(tenantId, 'uuid');
  if (side === 'published') return `tenant_id = ${mine}`;
  if (side === 'consumed') return `consumer_tenant_id = ${mine}`;
  return `(tenant_id = ${mine} OR consumer_tenant_id = ${mine})`;
}
