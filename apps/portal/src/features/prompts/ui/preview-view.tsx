'use client';

import { parseAmount } from '@parley/kernel/money';
import { Count } from '@parley/ui/format';
import { moneyText } from '@parley/ui/format-text';
import type { RouterOutputs } from '@/trpc/root.ts';

type Preview = RouterOutputs['prompts']['preview'];

/** The messages as the model would get them, and about what they cost. */
export function PreviewView({ preview }: { preview: Preview }) {
  const { messages, issues, inputTokens, cost } = preview;
  if (issues.length > 0) {
    return (
      <ul className="list-inside list-disc text-muted text-sm">
        {issues.map((issue) => (
          <li key={issue.path + issue.message}>{issue.message}</li>
        ))}
      </ul>
    );
  }
  const money = (amount: string): string => moneyText(parseAmount(amount) ?? 0n, cost?.currency ?? 'USD');
  return (
    <section aria-label="Preview" className="flex flex-col gap-3">
      <p className="text-muted text-xs tabular-nums">
        About <Count value={inputTokens} /> tokens in
        {cost && ` · ${money(cost.input)} for them`}
        {cost?.most && `, ${money(cost.most)} with the longest answer`}
      </p>
      <ol className="flex flex-col gap-2">
        {messages.map(({ role, text }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages are told apart by their place
          <li key={at} className="rounded-md border bg-sunken p-3">
            <span className="text-faint text-xs">{role}</span>
            <pre className="whitespace-pre-wrap break-words font-mono text-xs leading-5">{text}</pre>
          </li>
        ))}
      </ol>
    </section>
  );
}
