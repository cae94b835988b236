import type { PlanPricing } from '@parley/contracts/plan-pricing';
import { outcomesWords, priceWords } from '@parley/domain/rating/price-words';

/** A plan's price in plain lines, the first one large; `null`: free. */
export function PriceLines({ price }: { price: { pricing: PlanPricing; currency: string } | null }) {
  const [first = 'Free', ...more] = price ? priceWords(price.pricing, price.currency) : ['Free'];
  return (
    <div className="flex flex-col gap-1 text-sm">
      <p className="font-semibold text-base">{first}</p>
      {more.length > 0 && (
        <ul className="flex flex-col gap-0.5">
          {more.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {price && price.pricing.rules.length > 0 && (
        <details className="text-faint text-xs">
          <summary>Which calls are billed</summary>
          <p className="mt-1">{outcomesWords(price.pricing)}</p>
        </details>
      )}
    </div>
  );
}
