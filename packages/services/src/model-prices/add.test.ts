import { parseAmount } from '@parley/kernel/money';
import { testContext } from '@parley/testkit/context';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createModel } from '../models/create.ts';
import { getModel } from '../models/get.ts';
import { faultOf, withModels } from '../test/publisher.ts';
import { addModelPrice } from './add.ts';
import { listModelPrices } from './list.ts';
import { priceInput } from './price-input.ts';
import { priceColumns } from './price-row.ts';
import { priceOut } from './price-shape.ts';

const kit = testContext();
afterAll(() => kit.close());

describe('the price of a model', () => {
  it('is added, never changed: earlier ones stay, and the newest begun one is in force', async () => {
    const { owner, tenantId } = await kit.tenant();
    await withModels(owner);
    const first = await listModelPrices(owner, { model: 'swift' });
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const next = await addModelPrice(owner, { model: 'swift', input: '9', output: '9', effectiveFrom: later });
    const now = await addModelPrice(owner, { model: 'swift', input: '3', output: '12', perRequest: '0.001' });
    expect(now).toMatchObject({ input: '3', cachedInput: '3', output: '12', reasoning: '12', perRequest: '0.001' });
    const { items } = await listModelPrices(owner, { model: 'swift' });
    expect(items.map(({ id }) => id)).toEqual([next.id, now.id, first.items[0]?.id]);
    expect(items[2]).toEqual(first.items[0]);
    const model = await getModel(owner, { model: 'swift' });
    expect([model.price?.id, model.nextPrice?.id]).toEqual([now.id, next.id]);
    const change = kit.db.within({ tenantId }, (tx) =>
      tx.modelPrice.updateMany({ where: { tenantId }, data: { perRequestNano: 0n } }),
    );
    await expect(change).rejects.toThrow(/denied|privilege/i);
    const removal = kit.db.within({ tenantId }, (tx) => tx.modelPrice.deleteMany({ where: { tenantId } }));
    await expect(removal).rejects.toThrow(/denied|privilege/i);
  });

  it('cannot begin in the past, twice at one moment, or be anything but a plain amount', async () => {
    const { owner } = await kit.tenant();
    await withModels(owner);
    const add = (input: object) => faultOf(addModelPrice(owner, { model: 'swift', input: '1', output: '1', ...input }));
    expect((await add({ effectiveFrom: '2020-01-01T00:00:00Z' })).issues[0]?.path).toBe('effectiveFrom');
    expect((await add({ input: '-1' })).issues[0]?.path).toBe('input');
    expect((await add({ output: '1e3' })).issues[0]?.path).toBe('output');
    expect((await add({ reasoning: '0.0000000001' })).issues[0]?.path).toBe('reasoning');
    const effectiveFrom = new Date(Date.now() + 60_000).toISOString();
    await addModelPrice(owner, { model: 'swift', input: '1', output: '1', effectiveFrom });
    expect((await add({ effectiveFrom })).code).toBe('conflict');
  });

  it('may be by units alone, with classes of pictures and rates of long inputs, and comes back whole', async () => {
    const { owner } = await kit.tenant();
    await withModels(owner);
    const price = await addModelPrice(owner, {
      model: 'swift',
      input: '2',
      output: '10',
      imageOutput: '32',
      perImage: '0.04',
      imageClasses: [{ size: '1024x1536', quality: 'high', perImage: '0.25' }],
      perSearch: '0.002',
      tiers: [
        { aboveInputTokens: 500_000, input: '8', output: '20' },
        { aboveInputTokens: 200_000, input: '4', output: '15', cachedInput: '0.4' },
      ],
    });
    expect(price).toMatchObject({
      imageInput: '2',
      imageOutput: '32',
      perImage: '0.04',
      perPage: null,
      imageClasses: [{ size: '1024x1536', quality: 'high', perImage: '0.25' }],
      tiers: [
        { aboveInputTokens: 200_000, input: '4', cachedInput: '0.4', output: '15', reasoning: '15', imageOutput: '32' },
        { aboveInputTokens: 500_000, input: '8', cachedInput: '8', output: '20', imageInput: '8' },
      ],
    });
    const hour = await addModelPrice(owner, { model: 'swift', perAudioHour: '0.36' });
    expect(hour).toMatchObject({ input: '0', output: '0', perAudioHour: '0.36', tiers: [] });
    const { items } = await listModelPrices(owner, { model: 'swift' });
    expect(items.slice(0, 2)).toEqual([hour, price]);
  });

  it('without a rate is none, and says which is missing', async () => {
    const { owner } = await kit.tenant();
    await withModels(owner);
    const path = async (input: object) =>
      (await faultOf(addModelPrice(owner, { model: 'swift', ...input }))).issues[0]?.path;
    const tier = { aboveInputTokens: 1, input: '1', output: '1' };
    expect(await path({})).toBe('input');
    expect(await path({ input: '1' })).toBe('output');
    expect(await path({ perImage: '-1' })).toBe('perImage');
    expect(await path({ input: '1', output: '1', imageClasses: [{ size: 'big', perImage: '1' }] })).toBe('perImage');
    expect(await path({ perImage: '1', imageClasses: [{ perImage: '1' }] })).toBe('imageClasses.0.size');
    expect(await path({ input: '1', output: '1', tiers: [tier, tier] })).toBe('tiers.1.aboveInputTokens');
    expect(await path({ input: '1', output: '1', tiers: [{ ...tier, aboveInputTokens: 0 }] })).toBe(
      'tiers.0.aboveInputTokens',
    );
    const model = { slug: 'none', provider: 'simulator', providerModel: 'x', price: { input: '1' } };
    expect((await faultOf(createModel(owner, model))).issues[0]?.path).toBe('price.output');
  });

  it('is missing until somebody sets it, and says so', async () => {
    const { owner } = await kit.tenant();
    await withModels(owner);
    expect(
      (await createModel(owner, { slug: 'meta/llama-3.1:8b', provider: 'simulator', providerModel: 'x' })).price,
    ).toBeNull();
  });

  it('comes back to the nano-unit as it was typed', () => {
    const amount = fc
      .tuple(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 0, max: 999_999_999 }))
      .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(9, '0')}`);
    fc.assert(
      fc.property(amount, amount, (input, output) => {
        const columns = priceColumns(priceInput.parse({ input, output }));
        const out = priceOut({ ...columns, id: '', effectiveFrom: new Date(0), createdAt: new Date(0) });
        expect(parseAmount(out.input)).toBe(parseAmount(input));
        expect(parseAmount(out.reasoning)).toBe(parseAmount(output));
      }),
    );
  });
});
