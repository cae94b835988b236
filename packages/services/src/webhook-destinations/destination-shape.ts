import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';

/** A signing secret as it may be shown again. */
export const secretShape = z.object({
  masked: z.string(),
  createdAt: timeShape,
  /** End of the overlap after a rotation; `null` for the current one. */
  expiresAt: optionalTimeShape,
});

/** An upstream that events are delivered to. */
export const destinationShape = z.object({
  /** Short name of the upstream. */
  upstream: z.string(),
  name: z.string(),
  baseUrl: z.string(),
  /** Since when it takes nothing; `null` while it does. */
  disabledAt: optionalTimeShape,
  disabledReason: z.string().nullable(),
  /** Those that sign now, the current one first. None: one is made at the first delivery. */
  secrets: z.array(secretShape),
  /** Deliveries that wait or are being sent. */
  pending: z.number().int(),
});

interface SecretRow {
  readonly masked: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

export function secretOut({ masked, createdAt, expiresAt }: SecretRow): z.input<typeof secretShape> {
  return { masked, createdAt: iso(createdAt), expiresAt: iso(expiresAt) };
}

/** What is known of these upstreams as destinations, by short name. */
export async function readDestinations(
  tx: Transaction,
  tenantId: string,
  slugs: readonly string[],
): Promise<z.input<typeof destinationShape>[]> {
  const rows = await tx.upstream.findMany({
    where: { tenantId, slug: { in: [...slugs] } },
    include: {
      webhookDestination: true,
      webhookSecrets: {
        where: { use: 'sign', OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] },
        orderBy: [{ expiresAt: { sort: 'desc', nulls: 'first' } }, { createdAt: 'desc' }],
      },
    },
    orderBy: { slug: 'asc' },
  });
  const pending = await tx.webhookDelivery.groupBy({
    by: ['upstreamId'],
    where: { tenantId, upstreamId: { in: rows.map(({ id }) => id) }, state: { in: ['waiting', 'sending'] } },
    _count: { _all: true },
  });
  return rows.map((row) => ({
    upstream: row.slug,
    name: row.name,
    baseUrl: row.baseUrl,
    disabledAt: iso(row.webhookDestination?.disabledAt ?? null),
    disabledReason: row.webhookDestination?.disabledAt ? row.webhookDestination.disabledReason : null,
    secrets: row.webhookSecrets.map(secretOut),
    pending: pending.find(({ upstreamId }) => upstreamId === row.id)?._count._all ?? 0,
  }));
}
