import { PROVIDER_FORMATS } from '@parley/contracts/provider-format';
import type { PriceSnapshot } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import { type DataKey, open } from '@parley/kernel/seal';
import { z } from 'zod';
import { priceSnapshot } from '../model-prices/price-row.ts';
import { currentPrice, findModel } from '../models/model-shape.ts';
import type { OpenProvider } from '../providers/call-provider.ts';
import { storedSettings } from '../providers/provider-shape.ts';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';

/** A model ready to be asked: its provider with a key opened, and the price in force. */
export interface OpenModel {
  readonly provider: OpenProvider;
  readonly providerModel: string;
  readonly price: PriceSnapshot | null;
}

export interface OpenModelSettings {
  readonly masterKey: DataKey;
  /** CIDR ranges that providers may use although they are private. */
  readonly allowedPrivate: readonly string[];
}

/** Opens a model of a tenant. Throws `not_found` where there is none of that name. */
export async function openModel(
  tx: Transaction,
  { masterKey, allowedPrivate }: OpenModelSettings,
  tenantId: string,
  slug: string,
): Promise<OpenModel> {
  const model = await findModel(tx, tenantId, slug);
  const provider = await tx.provider.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: model.providerId } },
    include: { keys: { where: { disabledAt: null }, orderBy: { createdAt: 'asc' }, take: 1 } },
  });
  const dataKey = await tenantDataKey(tx, masterKey, tenantId);
  const [key] = provider.keys;
  const price = currentPrice(model.prices, Date.now());
  return {
    provider: {
      baseUrl: provider.baseUrl,
      preset: provider.preset,
      format: z.enum(PROVIDER_FORMATS).parse(provider.format),
      settings: storedSettings(provider.settings),
      secret: key ? open(dataKey, key.sealed, 'provider_key') : null,
      allowedPrivate,
    },
    providerModel: model.providerModel,
    price: price && priceSnapshot(price),
  };
}
