'use client';

import type { PlanPricing } from '@parley/contracts/plan-pricing';
import { moneyWords } from '@parley/domain/rating/price-words';
import { parseAmount } from '@parley/kernel/money';
import { Button } from '@parley/ui/button';
import { Notice } from '@parley/ui/page';
import { Segmented } from '@parley/ui/segmented';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import type { Api, Plan } from '../types.ts';

type Simulation = RouterOutputs['apis']['simulatePrice'];

/** “What would last month have cost?”: rates real usage under the price being written; saves nothing. */
export function PriceSimulation({ api, plan, pricing }: { api: Api; plan: Plan; pricing: PlanPricing | null }) {
  const trpc = useTRPC();
  const [month, setMonth] = useState<'last' | 'this'>('last');
  const [usageOf, setUsageOf] = useState<'plan' | 'api'>('plan');
  const simulate = useMutation(trpc.apis.simulatePrice.mutationOptions());
  const fault = faultOf(simulate.error);
  const result = simulate.data;
  return (
    <section aria-label="Simulation" className="flex flex-col gap-3">
      <h3 className="font-semibold text-sm">What would it have cost?</h3>
      <p className="text-muted text-sm">
        Rates the calls that were really made under the price on this page. Nothing is saved or charged.
      </p>
      <div className="flex flex-wrap gap-2">
        <Segmented
          label="Month"
          value={month}
          onChange={setMonth}
          segments={[
            { value: 'last', label: 'Last month' },
            { value: 'this', label: 'This month' },
          ]}
        />
        <Segmented
          label="Whose calls"
          value={usageOf}
          onChange={setUsageOf}
          segments={[
            { value: 'plan', label: 'On this plan' },
            { value: 'api', label: 'On the API' },
          ]}
        />
      </div>
      <Button
        className="self-start"
        busy={simulate.isPending}
        disabled={pricing === null}
        onClick={() => pricing && simulate.mutate({ api: api.slug, plan: plan.slug, pricing, month, usageOf })}
      >
        Calculate
      </Button>
      {fault && (
        <Notice tone="danger" title={fault.message}>
          {fault.issues.map(({ message }) => message).join(' ')}
        </Notice>
      )}
      {result && <Result result={result} />}
    </section>
  );
}

function Result({ result }: { result: Simulation }) {
  const money = (amount: string): string => moneyWords(roundedToCents(amount), result.currency);
  if (result.subscriptions === 0) {
    return <p className="text-muted text-sm">No calls were made in {result.month} that this would charge.</p>;
  }
  return (
    <div role="status" className="flex flex-col gap-3 rounded-md border bg-sunken p-3 text-sm">
      <p>
        <span className="block text-muted text-xs">
          {result.month}, {result.subscriptions === 1 ? '1 subscription' : `${result.subscriptions} subscriptions`}
        </span>
        <span className="font-semibold text-lg tabular-nums">{money(result.total)}</span>
        <span className="block text-faint text-xs">{money(result.totalNow)} under the price in force</span>
      </p>
      <table className="w-full text-xs">
        <caption className="sr-only">What it is made of</caption>
        <tbody>
          {result.parts.map((part) => (
            <tr key={part.name} className="border-t">
              <th scope="row" className="py-1.5 pr-2 text-left font-normal">
                {part.name}
                {part.quantity !== '0' && (
                  <span className="block text-faint">
                    {count(part.quantity)} counted, {count(part.included)} included
                  </span>
                )}
              </th>
              <td className="py-1.5 text-right align-top tabular-nums">{money(part.amount)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <details>
        <summary className="text-muted text-xs">The dearest {result.dearest.length}</summary>
        <ul className="mt-1 flex flex-col text-xs">
          {result.dearest.map((one) => (
            <li key={one.subscription} className="flex justify-between gap-2 border-t py-1.5">
              <span className="min-w-0 truncate">
                {one.customer} · {one.application}
              </span>
              <span className="shrink-0 tabular-nums">
                {money(one.amount)} <span className="text-faint">(now {money(one.amountNow)})</span>
              </span>
            </li>
          ))}
        </ul>
      </details>
      {result.uncharged.length > 0 && (
        <Notice tone="warning">Models’ cost in {result.uncharged.join(', ')} cannot be charged by this price.</Notice>
      )}
    </div>
  );
}

function count(units: string): string {
  return BigInt(units).toLocaleString('en');
}

/** Sums are shown in cents, and what is less than one in full. */
function roundedToCents(amount: string): bigint {
  const nano = parseAmount(amount) ?? 0n;
  const cent = 10_000_000n;
  return nano < cent ? nano : ((nano + cent / 2n) / cent) * cent;
}
