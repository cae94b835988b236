'use client';

import { parseAmount } from '@parley/kernel/money';
import { Money } from '@parley/ui/format';
import type { RouterOutputs } from '@/trpc/root.ts';

type Preview = RouterOutputs['billing']['preview'];

/** What an account's next invoice would say if its month were closed now. */
export function InvoicePreview({ preview }: { preview: Preview }) {
  const { currency, lines, taxes } = preview;
  const money = (value: string) => <Money nano={parseAmount(value) ?? 0n} currency={currency} />;
  if (lines.length === 0) return <p className="text-muted text-sm">Nothing to invoice for {preview.period} so far.</p>;
  const sums: readonly (readonly [string, string])[] = [
    ['Subtotal', preview.subtotal],
    ...(preview.credit === '0' ? [] : [['Credit', negated(preview.credit)] as const]),
    ...(preview.rounding === '0' ? [] : [['Rounding', preview.rounding] as const]),
    ...taxes.map(({ name, percent, amount }) => [`${name} ${percent} %`, amount] as const),
    ['Total', preview.total],
  ];
  return (
    <div className="rounded-md border bg-surface text-sm">
      <ul className="divide-y">
        {lines.map((line) => (
          <li key={`${line.where} ${line.what} ${line.quantity}`} className="flex flex-wrap gap-x-4 gap-y-1 px-4 py-2">
            <span className="min-w-0 flex-1 break-words">
              {line.what}
              <span className="block text-muted text-xs">{line.where}</span>
            </span>
            <span className="text-muted tabular-nums">{line.quantity}</span>
            <span className="tabular-nums">{line.amount}</span>
          </li>
        ))}
      </ul>
      <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 border-t px-4 py-3">
        {sums.map(([label, value]) => (
          <div key={label} className="col-span-2 grid grid-cols-subgrid">
            <dt className={label === 'Total' ? 'font-medium' : 'text-muted'}>{label}</dt>
            <dd className="text-end tabular-nums">{money(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const negated = (amount: string): string => (amount.startsWith('-') ? amount.slice(1) : `-${amount}`);
