import type { BillingDetails, InvoiceTax } from '@parley/contracts/billing-details';
import { divideRounded, type Nano } from '@parley/kernel/money';
import { smallestCoin } from './document.ts';

const PPM = 1_000_000n;

/** A fraction of an amount, rounded once, half away from zero, to the smallest coin. */
function partOf(amountNano: Nano, fraction: { readonly of: bigint; readonly in: bigint }, currency: string): Nano {
  const coin = smallestCoin(currency);
  return divideRounded(amountNano * fraction.of, fraction.in * coin) * coin;
}

/** A rate as its publisher set it; empty `country`: where no rate names the customer's; empty `region`: all of the country. */
export interface TaxRate {
  readonly name: string;
  readonly ppm: number;
  readonly country: string;
  readonly region: string;
  /** Customers with a tax id in another country than the publisher's account for it themselves. */
  readonly reverseCharge: boolean;
}

export interface TaxedParties {
  readonly publisher: BillingDetails;
  readonly customer: BillingDetails;
  /** Why the customer pays no tax; `null` where it does. */
  readonly exemption: string | null;
}

/** A rate chosen for an invoice, before its amounts are known. */
export type ChosenTax = Omit<InvoiceTax, 'baseNano' | 'amountNano'>;

/**
 * The rates that bear on a customer, in the order given: those of its country that name no region or its own, all of them
 * together; where none names the country, those that name none. A customer who said no country counts as at home.
 */
export function chooseTaxes(rates: readonly TaxRate[], parties: TaxedParties): ChosenTax[] {
  const { publisher, customer, exemption } = parties;
  const country = customer.country || publisher.country;
  const region = customer.country ? customer.region : publisher.region;
  const named = rates.filter((rate) => rate.country !== '' && rate.country === country);
  const meant =
    named.length > 0
      ? named.filter((rate) => rate.region === '' || rate.region === region)
      : rates.filter((rate) => rate.country === '');
  const abroad = customer.taxId !== '' && customer.country !== '' && customer.country !== publisher.country;
  return meant.map(({ name, ppm, country: of, region: part, reverseCharge }) => ({
    name,
    ppm,
    country: of,
    region: part,
    treatment: exemption !== null ? 'exempt' : reverseCharge && abroad ? 'reverse_charge' : 'taxed',
    reason: exemption ?? '',
  }));
}

/** What each chosen rate is of a net amount: rounded once for each rate, half away from zero, to the smallest coin. */
export function taxesOn(chosen: readonly ChosenTax[], netNano: Nano, currency: string): InvoiceTax[] {
  return chosen.map(({ name, ppm, country, region, treatment, reason }) => {
    const charged = treatment === 'taxed' && netNano > 0n;
    const amountNano = charged ? partOf(netNano, { of: BigInt(ppm), in: PPM }, currency) : 0n;
    return {
      name,
      ppm,
      country,
      region,
      treatment,
      reason,
      baseNano: netNano.toString(),
      amountNano: amountNano.toString(),
    };
  });
}

export function sumOfTaxes(taxes: readonly Pick<InvoiceTax, 'amountNano'>[]): Nano {
  return taxes.reduce((sum, { amountNano }) => sum + BigInt(amountNano), 0n);
}

/** How much of an invoice, tax included, and of its tax was given back before. */
export interface GivenBack {
  readonly grossNano: Nano;
  readonly taxNano: Nano;
}

/**
 * The tax in an amount (tax included) that is given back of an invoice: in proportion, rounded over all that was given back so
 * far, so that giving back the whole gives back exactly its tax, in however many parts.
 */
export function taxGivenBack(
  invoice: { readonly totalNano: Nano; readonly taxNano: Nano; readonly currency: string },
  before: GivenBack,
  grossNano: Nano,
): Nano {
  const { totalNano, taxNano, currency } = invoice;
  if (taxNano === 0n || totalNano === 0n) return 0n;
  const givenNano = before.grossNano + grossNano;
  const toDate = givenNano >= totalNano ? taxNano : partOf(taxNano, { of: givenNano, in: totalNano }, currency);
  const due = toDate - before.taxNano;
  if (due < 0n) return 0n;
  return due < grossNano ? due : grossNano;
}

/** A sum of tax split over the rates of an invoice in proportion to what each charged; parts sum to it. */
export function spreadTax(
  taxes: readonly InvoiceTax[],
  taxNano: Nano,
  currency: string,
): { name: string; ppm: number; amountNano: string }[] {
  const charged = taxes.filter(({ amountNano }) => amountNano !== '0');
  const all = sumOfTaxes(charged);
  let left = taxNano;
  return charged.map(({ name, ppm, amountNano }, at) => {
    const part = partOf(taxNano, { of: BigInt(amountNano), in: all }, currency);
    const given = at === charged.length - 1 || part > left ? left : part;
    left -= given;
    return { name, ppm, amountNano: given.toString() };
  });
}

/** Millionths as percent: `19`, `9.975`. */
export function percentText(ppm: number): string {
  return (ppm / 10_000).toFixed(4).replace(/\.?0+$/, '');
}
