import { Count, Money } from '@parley/ui/format';
import { type CostLine, costLines } from './cost-lines.ts';
import type { RequestFacts } from './request-item.ts';

const SOURCES: Readonly<Record<RequestFacts['usageSource'], string>> = {
  provider: 'Counted by the provider.',
  estimated: 'Counted by the gateway from what was passed on, as the provider sent no count.',
  none: '',
};

const PER: Readonly<Record<CostLine['per'], string>> = { million: '/ M', hour: '/ h', each: 'each' };

/** Tokens by class, other units, and the cost, with the rates it was worked out from; nothing for a call that used nothing. */
export function RequestCost({ facts }: { facts: RequestFacts }) {
  const price = facts.inside?.price ?? null;
  const lines = costLines(facts, price);
  const isTokens = lines.every(({ unit }) => unit === 'tokens');
  const fee = price && price.perRequestNano !== '0' ? price.perRequestNano : null;
  if (lines.length === 0 && facts.costNano === '0') return null;
  return (
    <section aria-labelledby="cost-title" className="flex flex-col gap-3">
      <h2 id="cost-title" className="font-semibold text-sm">
        {lines.some(({ unit }) => unit !== 'tokens') ? 'Usage and cost' : 'Tokens and cost'}
      </h2>
      <table className="w-full text-sm">
        <thead>
          <tr className="text-muted text-xs">
            <th scope="col" className="border-b py-1.5 text-left font-medium">
              Class
            </th>
            <th scope="col" className="border-b py-1.5 text-right font-medium">
              {isTokens ? 'Tokens' : 'Used'}
            </th>
            {price && (
              <>
                <th scope="col" className="border-b py-1.5 text-right font-medium">
                  {isTokens ? 'Per million' : 'Rate'}
                </th>
                <th scope="col" className="border-b py-1.5 text-right font-medium">
                  Amount
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.label}>
              <th scope="row" className="py-1.5 text-left font-normal">
                {line.label}
              </th>
              <td className="py-1.5 text-right">
                <Count value={line.count} />
                {line.unit !== 'tokens' && <span className="text-faint"> {line.unit}</span>}
              </td>
              {price && (line.rateNano === null || line.amountNano === null) && (
                <td colSpan={2} className="py-1.5 text-right text-faint">
                  not sold by it
                </td>
              )}
              {price && line.rateNano !== null && line.amountNano !== null && (
                <>
                  <td className="py-1.5 text-right text-muted">
                    <Money exact nano={line.rateNano} currency={price.currency} />
                    {!isTokens && <span className="text-faint"> {PER[line.per]}</span>}
                  </td>
                  <td className="py-1.5 text-right">
                    <Money exact nano={line.amountNano} currency={price.currency} />
                  </td>
                </>
              )}
            </tr>
          ))}
          {fee && price && (
            <tr>
              <th scope="row" colSpan={3} className="py-1.5 text-left font-normal">
                Per request
              </th>
              <td className="py-1.5 text-right">
                <Money exact nano={fee} currency={price.currency} />
              </td>
            </tr>
          )}
        </tbody>
        {price && (
          <tfoot>
            <tr className="font-medium">
              <th scope="row" className="border-t py-1.5 text-left font-medium">
                Cost
              </th>
              <td className="border-t py-1.5 text-right">
                {isTokens && <Count value={facts.inputTokens + facts.outputTokens} />}
              </td>
              <td colSpan={2} className="border-t py-1.5 text-right">
                <Money exact nano={facts.costNano} currency={facts.currency} />
              </td>
            </tr>
          </tfoot>
        )}
      </table>
      {!price && (
        <p className="text-sm">
          Cost <Money exact nano={facts.costNano} currency={facts.currency} />
        </p>
      )}
      <p className="text-faint text-xs">
        {SOURCES[facts.usageSource]}
        {price?.aboveInputTokens &&
          ` Its input is longer than ${price.aboveInputTokens.toLocaleString('en')} tokens: dearer rates hold for all of it.`}
        {price && ` Rates of the price version in force at the time (…${price.id.slice(-8)}).`}
      </p>
    </section>
  );
}
