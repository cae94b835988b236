import { KEY_TROUBLES, type KeyLimits, keyLimitsSchema } from '@parley/contracts/key-health';
import { PROVIDER_FORMATS, providerSettingsSchema } from '@parley/contracts/provider-format';
import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { timeoutsOutput } from '../outbound/timeouts-shape.ts';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';

export const baseUrlInput = z.string().trim().min(1, 'Write the address.').max(2000, 'At most 2,000 characters.');

export const providerKeyShape = z.object({
  id: z.uuid(),
  label: z.string(),
  /** Enough to recognise the key by; the key itself never leaves. */
  masked: z.string(),
  weight: z.number(),
  limits: keyLimitsSchema,
  /** It is left alone until then, as a gateway last told; `null` while it works. */
  resting: z.object({ until: timeShape, why: z.enum(KEY_TROUBLES) }).nullable(),
  createdAt: timeShape,
  disabledAt: optionalTimeShape,
});

export const providerShape = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  /** The wire format it speaks. */
  format: z.enum(PROVIDER_FORMATS),
  /** Row of the provider table it was picked from. */
  preset: z.string().nullable(),
  settings: providerSettingsSchema,
  baseUrl: z.string(),
  ...timeoutsOutput,
  keys: z.array(providerKeyShape),
  modelCount: z.number(),
  createdAt: timeShape,
  updatedAt: timeShape,
});

/** What a provider is read with, to be written by `providerOut`. */
export const providerInclude = {
  keys: { orderBy: { createdAt: 'asc' } },
  _count: { select: { models: true } },
} as const;

export async function findProvider(tx: Transaction, tenantId: string, slug: string) {
  const row = await tx.provider.findUnique({
    where: { tenantId_slug: { tenantId, slug } },
    include: providerInclude,
  });
  if (!row) throw new Fault('not_found', `There is no provider “${slug}” here.`);
  return row;
}

type ProviderRow = Awaited<ReturnType<typeof findProvider>>;

export function providerKeyOut(key: ProviderRow['keys'][number]): z.input<typeof providerKeyShape> {
  const { id, label, masked, weight } = key;
  return {
    id,
    label,
    masked,
    weight,
    limits: keyLimitsOf(key),
    resting: restingOf(key),
    createdAt: iso(key.createdAt),
    disabledAt: iso(key.disabledAt),
  };
}

type LimitColumns = Readonly<Record<keyof KeyLimits, number | null>>;

/** What a key's row says that the provider allows it. */
export function keyLimitsOf({ requestsPerMinute, tokensPerMinute, concurrency }: LimitColumns): KeyLimits {
  return {
    ...(requestsPerMinute === null ? {} : { requestsPerMinute }),
    ...(tokensPerMinute === null ? {} : { tokensPerMinute }),
    ...(concurrency === null ? {} : { concurrency }),
  };
}

/** The same as columns; without one there is no limit. */
export function keyLimitColumns({ requestsPerMinute, tokensPerMinute, concurrency }: KeyLimits): LimitColumns {
  return {
    requestsPerMinute: requestsPerMinute ?? null,
    tokensPerMinute: tokensPerMinute ?? null,
    concurrency: concurrency ?? null,
  };
}

function restingOf({ restsUntil, restsWhy }: ProviderRow['keys'][number]) {
  const why = z.enum(KEY_TROUBLES).safeParse(restsWhy);
  if (!why.success || restsUntil === null || restsUntil.getTime() <= Date.now()) return null;
  return { until: iso(restsUntil), why: why.data };
}

/** Settings as they are stored; this release wrote them, so they parse. */
export function storedSettings(value: unknown): z.output<typeof providerSettingsSchema> {
  return providerSettingsSchema.parse(value);
}

export function providerOut(row: ProviderRow): z.input<typeof providerShape> {
  return {
    ...row,
    format: z.enum(PROVIDER_FORMATS).parse(row.format),
    settings: storedSettings(row.settings),
    keys: row.keys.map(providerKeyOut),
    modelCount: row._count.models,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}
