import { CAPABILITIES } from '@parley/contracts/capabilities';
import type { Transaction } from '@parley/db/client';
import { priceAt } from '@parley/domain/pricing';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import type { PriceRow } from '../model-prices/price-row.ts';
import { priceOut, priceShape } from '../model-prices/price-shape.ts';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';

export const modelSlugShape = z
  .string()
  .trim()
  .min(1, 'Give it the name callers will use.')
  .max(120, 'At most 120 characters.')
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9._:/-]*[A-Za-z0-9])?$/,
    'Letters, digits and . _ : / - , starting and ending with a letter or digit.',
  );

export const modelFields = {
  name: z.string().trim().min(1, 'Give it a name.').max(120, 'At most 120 characters.').optional(),
  contextTokens: z
    .number()
    .int('A whole number.')
    .min(1, 'At least 1.')
    .max(100_000_000, 'At most 100 million.')
    .nullable()
    .optional(),
  maxOutputTokens: z
    .number()
    .int('A whole number.')
    .min(1, 'At least 1.')
    .max(100_000_000, 'At most 100 million.')
    .nullable()
    .optional(),
  capabilities: z.array(z.enum(CAPABILITIES)).max(CAPABILITIES.length).optional(),
};

export const providerModelInput = z
  .string()
  .trim()
  .min(1, 'Write the name the provider knows it by.')
  .max(200, 'At most 200 characters.');

export const modelShape = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  /** Short name of its provider. */
  provider: z.string(),
  providerModel: z.string(),
  contextTokens: z.number().nullable(),
  maxOutputTokens: z.number().nullable(),
  capabilities: z.array(z.string()),
  /** In force now; `null` means that calls are refused until there is one. */
  price: priceShape.nullable(),
  /** The next one to come into force. */
  nextPrice: priceShape.nullable(),
  createdAt: timeShape,
  updatedAt: timeShape,
  disabledAt: optionalTimeShape,
});

export const modelInclude = {
  provider: { select: { slug: true } },
  prices: { orderBy: { effectiveFrom: 'desc' } },
} as const;

export async function findModel(tx: Transaction, tenantId: string, slug: string) {
  const row = await tx.model.findUnique({ where: { tenantId_slug: { tenantId, slug } }, include: modelInclude });
  if (!row) throw new Fault('not_found', `There is no model “${slug}” here.`);
  return row;
}

type ModelRow = Awaited<ReturnType<typeof findModel>>;

/** The price in force at a moment among a model's rows. */
export function currentPrice<Row extends { readonly effectiveFrom: Date }>(
  prices: readonly Row[],
  nowMs: number,
): Row | null {
  return (
    priceAt(
      prices.map((row) => ({ row, effectiveFromMs: row.effectiveFrom.getTime() })),
      nowMs,
    )?.row ?? null
  );
}

export function modelOut(row: ModelRow): z.input<typeof modelShape> {
  const nowMs = Date.now();
  const price: PriceRow | null = currentPrice(row.prices, nowMs);
  const next = row.prices.findLast((one) => one.effectiveFrom.getTime() > nowMs);
  return {
    ...row,
    provider: row.provider.slug,
    price: price ? priceOut(price) : null,
    nextPrice: next ? priceOut(next) : null,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
    disabledAt: iso(row.disabledAt),
  };
}

/** The model's own limits must agree with each other. */
export function tokenProblem(model: {
  contextTokens?: number | null | undefined;
  maxOutputTokens?: number | null | undefined;
}): string | null {
  const { contextTokens, maxOutputTokens } = model;
  if (!contextTokens || !maxOutputTokens || maxOutputTokens <= contextTokens) return null;
  return 'The longest answer cannot be longer than the whole window.';
}
