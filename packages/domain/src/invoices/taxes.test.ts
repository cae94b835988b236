import { NO_DETAILS } from '@parley/contracts/billing-details';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { payable } from './document.ts';
import {
  type ChosenTax,
  chooseTaxes,
  percentText,
  spreadTax,
  sumOfTaxes,
  type TaxRate,
  taxesOn,
  taxGivenBack,
} from './taxes.ts';

const rate = (name: string, percent: number, place: Partial<TaxRate> = {}): TaxRate => ({
  name,
  ppm: percent * 10_000,
  country: '',
  region: '',
  reverseCharge: false,
  ...place,
});
const RATES = [
  rate('USt', 19, { country: 'DE' }),
  rate('USt', 20, { country: 'AT', reverseCharge: true }),
  rate('GST', 5, { country: 'CA' }),
  rate('QST', 9.975, { country: 'CA', region: 'QC' }),
  rate('Elsewhere', 7),
];
const publisher = { ...NO_DETAILS, country: 'DE' };
const names = (customer: Partial<typeof publisher>, exemption: string | null = null) =>
  chooseTaxes(RATES, { publisher, customer: { ...NO_DETAILS, ...customer }, exemption }).map(
    ({ name, ppm, treatment }) => `${name} ${percentText(ppm)} ${treatment}`,
  );

describe('which rates bear on a customer', () => {
  test('those of its country and region, all together; the general one only where none names the country', () => {
    expect(names({ country: 'CA', region: 'QC' })).toEqual(['GST 5 taxed', 'QST 9.975 taxed']);
    expect(names({ country: 'CA', region: 'ON' })).toEqual(['GST 5 taxed']);
    expect(names({ country: 'JP' })).toEqual(['Elsewhere 7 taxed']);
  });

  test('those of the publisher’s country for a customer who said none', () => {
    expect(names({})).toEqual(['USt 19 taxed']);
    expect(names({ taxId: 'ATU1' })).toEqual(['USt 19 taxed']);
  });

  test('a business abroad with a tax number accounts for it itself, where the rate says so', () => {
    expect(names({ country: 'AT', taxId: 'ATU1' })).toEqual(['USt 20 reverse_charge']);
    expect(names({ country: 'AT' })).toEqual(['USt 20 taxed']);
    expect(names({ country: 'DE', taxId: 'DE1' })).toEqual(['USt 19 taxed']);
    expect(names({ country: 'CA', region: 'QC', taxId: '1' })).toEqual(['GST 5 taxed', 'QST 9.975 taxed']);
  });

  test('none are charged to whoever is exempt', () => {
    expect(names({ country: 'AT' }, 'Certificate 7')).toEqual(['USt 20 exempt']);
  });
});

const chosen = (name: string, ppm: number): ChosenTax => ({
  name,
  ppm,
  country: '',
  region: '',
  treatment: 'taxed',
  reason: '',
});

test('each rate is rounded once, half away from zero, to the currency’s smallest coin', () => {
  const of = (ppm: number, net: bigint, currency: string) =>
    taxesOn([chosen('VAT', ppm)], net, currency)[0]?.amountNano;
  expect(of(190_000, 10_000_000_000n, 'EUR')).toBe('1900000000');
  expect(of(99_750, 10_000_000_000n, 'USD')).toBe('1000000000');
  // half a cent rises; a hair less does not, though nano-units would round it up first
  expect(of(50_000, 100_000_000n, 'USD')).toBe('10000000');
  expect(of(49_999, 100_000_000n, 'USD')).toBe('0');
  expect(of(100_000, 1_005_000_000_000n, 'JPY')).toBe('101000000000');
  const free = taxesOn([{ ...chosen('VAT', 190_000), treatment: 'reverse_charge' }], 10_000_000_000n, 'EUR');
  expect(free).toMatchObject([{ baseNano: '10000000000', amountNano: '0' }]);
});

test('whatever is given back in whatever parts: tax lies within each part, and the whole gives back exactly its tax', () => {
  const coin = 10_000_000n;
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 1_000_000n }),
      fc.array(fc.integer({ min: 0, max: 330_000 }), { minLength: 1, maxLength: 3 }),
      fc.array(fc.bigInt({ min: 1n, max: 3_000_000_000_000n }), { maxLength: 8 }),
      (coins, ppms, parts) => {
        const netNano = coins * coin;
        const taxes = taxesOn(
          ppms.map((ppm) => chosen('t', ppm)),
          netNano,
          'USD',
        );
        const taxNano = sumOfTaxes(taxes);
        const invoice = { totalNano: netNano + taxNano, taxNano, currency: 'USD' };
        let before = { grossNano: 0n, taxNano: 0n };
        for (const wished of [...parts, invoice.totalNano]) {
          const left = invoice.totalNano - before.grossNano;
          const gross = wished < left ? wished : left;
          if (gross === 0n) continue;
          const given = taxGivenBack(invoice, before, gross);
          expect(given >= 0n && given <= gross).toBe(true);
          expect(sumOfTaxes(spreadTax(taxes, given, 'USD'))).toBe(taxNano === 0n ? 0n : given);
          before = { grossNano: before.grossNano + gross, taxNano: before.taxNano + given };
          expect(before.grossNano - before.taxNano <= netNano + coin).toBe(true);
        }
        expect(before).toEqual({ grossNano: invoice.totalNano, taxNano });
      },
    ),
    { numRuns: 300 },
  );
});

test('tax of an invoice is whole coins, so that its total can be paid', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), fc.integer({ min: 0, max: 500_000 }), (nano, ppm) => {
      const taxNano = sumOfTaxes(taxesOn([chosen('t', ppm)], payable(nano, 'EUR'), 'EUR'));
      expect(payable(taxNano, 'EUR')).toBe(taxNano);
    }),
  );
});
