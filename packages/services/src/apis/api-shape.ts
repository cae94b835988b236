import type { Transaction } from '@parley/db/client';
import type { Prisma } from '@parley/db/types';
import { API_VERSION_STATES } from '@parley/domain/api-version-lifecycle';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';

export const API_KINDS = ['rest', 'prompt', 'llm'] as const;
export const VISIBILITIES = ['public', 'tenant', 'team'] as const;

/** A subscription in one of these states still means something to its consumer. */
export const LIVE_SUBSCRIPTIONS = ['requested', 'approved', 'suspended'] as const;

export const apiFields = {
  summary: z.string().trim().max(300, 'At most 300 characters.').optional(),
  /** Markdown. */
  description: z.string().max(50_000, 'At most 50,000 characters.').optional(),
  category: z.string().trim().max(60, 'At most 60 characters.').optional(),
  tags: z
    .array(z.string().trim().min(1, 'A tag cannot be empty.').max(40, 'At most 40 characters each.'))
    .max(20, 'At most 20 tags.')
    .optional(),
  visibility: z.enum(VISIBILITIES, 'Choose who may find it.').optional(),
  /** Short name of the team that sees it, with the visibility `team`. */
  team: z.string().nullable().optional(),
  /** Largest request body in bytes. */
  maxBodyBytes: z
    .number()
    .int('A whole number of bytes.')
    .min(1024, 'At least 1,024 bytes.')
    .max(104_857_600, 'At most 100 MiB.')
    .optional(),
};

/** Chats carry images and long histories; other calls rarely need more than a mebibyte. */
export const DEFAULT_MAX_BODY_BYTES: Readonly<Record<(typeof API_KINDS)[number], number>> = {
  rest: 1_048_576,
  prompt: 1_048_576,
  llm: 20_971_520,
};

export const apiShape = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  kind: z.enum(API_KINDS),
  summary: z.string(),
  description: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  visibility: z.enum(VISIBILITIES),
  team: z.string().nullable(),
  maxBodyBytes: z.number(),
  /** First publication; from then on it is where its visibility says. */
  publishedAt: optionalTimeShape,
  createdAt: timeShape,
  updatedAt: timeShape,
  versions: z.array(z.object({ version: z.string(), state: z.enum(API_VERSION_STATES) })),
  /** Plans on offer. */
  planCount: z.number(),
  /** Subscriptions in force, waiting or suspended. */
  subscriberCount: z.number(),
  /** True once anybody ever subscribed; such an API can be retired but not deleted. */
  everSubscribed: z.boolean(),
});

export const apiInclude = {
  team: { select: { slug: true } },
  versions: { select: { version: true, state: true }, orderBy: { createdAt: 'asc' } },
  plans: { select: { id: true }, where: { archivedAt: null } },
  subscriptions: { select: { id: true }, take: 1 },
  _count: { select: { subscriptions: { where: { state: { in: [...LIVE_SUBSCRIPTIONS] } } } } },
} satisfies Prisma.ApiInclude;

/** An API of the open tenant. Public APIs of others are visible to the same role, so the tenant is named. */
export async function findApi(tx: Transaction, tenantId: string, slug: string) {
  const row = await tx.api.findUnique({ where: { tenantId_slug: { tenantId, slug } }, include: apiInclude });
  if (!row) throw new Fault('not_found', `There is no API “${slug}” here.`);
  return row;
}

export function apiOut(row: Awaited<ReturnType<typeof findApi>>): z.input<typeof apiShape> {
  return {
    ...row,
    team: row.team?.slug ?? null,
    planCount: row.plans.length,
    subscriberCount: row._count.subscriptions,
    everSubscribed: row.subscriptions.length > 0,
    publishedAt: iso(row.publishedAt),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}

/** The team an API is shown to: needed with the visibility `team`, dropped with any other. */
export async function teamOf(
  tx: Transaction,
  tenantId: string,
  visibility: (typeof VISIBILITIES)[number],
  team: string | null | undefined,
): Promise<string | null> {
  if (visibility !== 'team') return null;
  if (!team) throw wrongField('team', 'Choose the team that may see it.');
  const row = await tx.team.findUnique({ where: { tenantId_slug: { tenantId, slug: team } }, select: { id: true } });
  if (!row) throw wrongField('team', `There is no team “${team}” here.`);
  return row.id;
}
